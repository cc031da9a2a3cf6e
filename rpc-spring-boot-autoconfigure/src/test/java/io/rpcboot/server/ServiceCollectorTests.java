/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.rpcboot.server;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.server.ServiceCollector.BoundService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ServiceCollector}.
 */
class ServiceCollectorTests {

	@Test
	void whenTheAnnotationIsOnTheTypeOrOnTheBeanMethodThenTheServiceIsFound() {
		assertThat(collect(AnnotatedType.class, false)).containsOnlyKeys("rpc.testing.Echo");
		assertThat(collect(AnnotatedMethod.class, false)).containsOnlyKeys("rpc.testing.Echo");
	}

	@Test
	void whenThereIsNoAnnotationThenTheServiceIsFoundOnlyIfPlainOnesAreServed() {
		assertThat(collect(Plain.class, true)).containsOnlyKeys("rpc.testing.Echo");
		assertThat(collect(Plain.class, false)).isEmpty();
	}

	@Test
	void whenAServiceIsScopedThenItsProxyIsServedOnce() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
			context.register(Scoped.class);
			context.refresh();
			assertThat(new ServiceCollector(context, true).collect(List.of(), new DeduplicatedMethods(),
					new HandlerPools(Map.of()), Map.of()))
				.containsOnlyKeys("rpc.testing.Echo");
		}
	}

	@Test
	void whenAskedWhetherThereIsAnyThenNoBeanIsCreated() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(LazyOne.class)) {
			assertThat(new ServiceCollector(context, true).isEmpty()).isFalse();
			assertThat(context.getBeanFactory().containsSingleton("echo")).isFalse();
		}
	}

	@Test
	void whenTwoBeansServeOneServiceThenTheStartFails() {
		assertThatExceptionOfType(DuplicateServiceException.class).isThrownBy(() -> collect(Twice.class, true))
			.withMessage("The gRPC service 'rpc.testing.Echo' is served by two beans: 'one' and 'two' (expected: one)")
			.satisfies((ex) -> assertThat(ex.serviceName()).isEqualTo("rpc.testing.Echo"))
			.satisfies((ex) -> assertThat(ex.action())
				.isEqualTo("Remove one of the beans. If it is a plain BindableService that is not meant to be served,"
						+ " leave those out:\n\n    rpc.server.plain-services.enabled=false"));
	}

	@Test
	void whenTheAnnotationIsOnABeanThatIsNoServiceThenTheStartFailsAlsoIfItIsTheOnlyOne() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(NoService.class)) {
			ServiceCollector collector = new ServiceCollector(context, true);
			assertThat(collector.isEmpty()).isFalse();
			assertThatExceptionOfType(RpcServerException.class).isThrownBy(
					() -> collector.collect(List.of(), new DeduplicatedMethods(), new HandlerPools(Map.of()), Map.of()))
				.withMessage("The bean 'text' of type class java.lang.String carries @RpcService (expected: an"
						+ " io.grpc.BindableService, such as a generated ImplBase)")
				.satisfies((ex) -> assertThat(ex.action())
					.isEqualTo("Let the bean extend the generated ImplBase of its service, or remove the annotation."));
		}
	}

	@Test
	void whenInterceptorsAreOrderedThenTheyRunOutermostFirstGlobalOrNot() {
		assertThat(intercepted(Interceptors.class)).containsExactly("observation", "authentication", "calls",
				"validation", "unordered");
	}

	@Test
	void whenAGlobalInterceptorIsNamedByAServiceTooThenItRunsOnce() {
		assertThat(intercepted(NamedTwice.class)).containsExactly("calls");
	}

	@Test
	void whenAnInterceptorIsNeitherGlobalNorNamedThenItDoesNotRun() {
		assertThat(intercepted(NotNamed.class)).isEmpty();
	}

	@Test
	void whenANamedInterceptorIsNoBeanThenTheStartFails() {
		assertThatExceptionOfType(NoSuchBeanDefinitionException.class)
			.isThrownBy(() -> collect(MissingBean.class, true))
			.withMessageContaining(Recording.class.getName());
	}

	@Test
	void whenAServiceNamesAnExecutorThenItsHandlersRunThere() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(OwnExecutor.class);
				TestServer server = TestServer.in(context).start();
				EchoClient client = server.client()) {
			assertThat(client.unary("").messages().get(0).getText()).isEqualTo("slow-service");
		}
	}

	@Test
	void whenAServiceIsNonBlockingThenThatIsFoundOnTheTypeAndOnTheBeanMethod() {
		assertThat(collect(NonBlockingType.class, false)).hasEntrySatisfying("rpc.testing.Echo",
				(service) -> assertThat(service.nonBlocking()).isTrue());
		assertThat(collect(NonBlockingMethod.class, false)).hasEntrySatisfying("rpc.testing.Echo",
				(service) -> assertThat(service.nonBlocking()).isTrue());
		assertThat(collect(AnnotatedType.class, false)).hasEntrySatisfying("rpc.testing.Echo",
				(service) -> assertThat(service.nonBlocking()).isFalse());
	}

	@Test
	void whenANonBlockingServiceNamesAnExecutorThenTheStartFails() {
		assertThatExceptionOfType(RpcServerException.class)
			.isThrownBy(() -> collect(NonBlockingWithExecutor.class, true))
			.withMessage("The bean 'echo' carries @NonBlocking and @RpcService(executor = \"slow\") (expected: one of"
					+ " them)")
			.satisfies((ex) -> assertThat(ex.action())
				.isEqualTo("Remove @NonBlocking to run the handlers on the executor, or the executor to run them on the"
						+ " event loop."));
	}

	private static Map<String, BoundService> collect(Class<?> configuration, boolean plainServices) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(configuration)) {
			return new ServiceCollector(context, plainServices).collect(List.of(), new DeduplicatedMethods(),
					new HandlerPools(Map.of()), Map.of());
		}
	}

	/**
	 * Returns which interceptors a call passed, in order.
	 */
	private static List<String> intercepted(Class<?> configuration) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean("passed", List.class, () -> new CopyOnWriteArrayList<String>());
			context.register(configuration);
			context.refresh();
			try (TestServer server = TestServer.in(context).start(); EchoClient client = server.client()) {
				assertThat(client.unary("hello").code()).isEqualTo(Status.Code.OK);
			}
			return List.copyOf(context.getBean("passed", List.class));
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedType {

		@Bean
		AnnotatedEcho echo() {
			return new AnnotatedEcho();
		}

	}

	@RpcService
	static class AnnotatedEcho extends EchoService {

		AnnotatedEcho() {
			super("annotated");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedMethod {

		@Bean
		@RpcService
		BindableService echo() {
			return new EchoService("one");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NonBlockingType {

		@Bean
		NonBlockingEcho echo() {
			return new NonBlockingEcho();
		}

	}

	@RpcService
	@NonBlocking
	static class NonBlockingEcho extends EchoService {

		NonBlockingEcho() {
			super("non-blocking");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NonBlockingMethod {

		@Bean
		@RpcService
		@NonBlocking
		BindableService echo() {
			return new EchoService("one");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NonBlockingWithExecutor {

		@Bean
		@RpcService(executor = "slow")
		@NonBlocking
		EchoService echo() {
			return new EchoService("one");
		}

		@Bean
		Executor slow() {
			return Runnable::run;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Plain {

		@Bean
		EchoService echo() {
			return new EchoService("plain");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped {

		@Bean
		@RpcService
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		ScopedEcho echo() {
			return new ScopedEcho();
		}

	}

	static class ScopedEcho extends EchoService {

		ScopedEcho() {
			super("scoped");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyOne {

		@Bean
		@Lazy
		EchoService echo() {
			return new EchoService("lazy");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Twice {

		@Bean
		EchoService one() {
			return new EchoService("one");
		}

		@Bean
		@RpcService
		EchoService two() {
			return new EchoService("two");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoService {

		@Bean
		@RpcService
		String text() {
			return "no service";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Interceptors {

		@Bean
		@RpcService(interceptors = { Recording.class, OrderedByInterface.class })
		EchoService echo() {
			return new EchoService("one");
		}

		@Bean
		@Order(ServerInterceptorOrder.AUTHENTICATION)
		Recording authentication(List<String> passed) {
			return new Recording("authentication", passed);
		}

		@Bean
		OrderedByInterface calls(List<String> passed) {
			return new OrderedByInterface(passed);
		}

		@Bean
		@GlobalServerInterceptor
		ServerInterceptor unordered(List<String> passed) {
			return new RecordingOnce("unordered", passed);
		}

		@Bean
		@GlobalServerInterceptor
		@Order(ServerInterceptorOrder.VALIDATION)
		ServerInterceptor validation(List<String> passed) {
			return new RecordingOnce("validation", passed);
		}

		@Bean
		OrderedByClass observation(List<String> passed) {
			return new OrderedByClass(passed);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamedTwice {

		@Bean
		@RpcService(interceptors = OrderedByInterface.class)
		EchoService echo() {
			return new EchoService("one");
		}

		@Bean
		@GlobalServerInterceptor
		@Order(ServerInterceptorOrder.VALIDATION)
		OrderedByInterface calls(List<String> passed) {
			return new OrderedByInterface(passed);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NotNamed {

		@Bean
		@RpcService
		EchoService echo() {
			return new EchoService("one");
		}

		@Bean
		OrderedByInterface calls(List<String> passed) {
			return new OrderedByInterface(passed);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MissingBean {

		@Bean
		@RpcService(interceptors = Recording.class)
		EchoService echo() {
			return new EchoService("one");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnExecutor {

		@Bean
		@RpcService(executor = "slow")
		EchoService echo() {
			return new EchoService("one") {
				@Override
				public void unary(Ping request, StreamObserver<Pong> responseObserver) {
					responseObserver.onNext(pong(Thread.currentThread().getName()));
					responseObserver.onCompleted();
				}
			};
		}

		@Bean(destroyMethod = "shutdown")
		ExecutorService slow() {
			return Executors.newSingleThreadExecutor((task) -> new Thread(task, "slow-service"));
		}

		@Bean
		Executor other() {
			return Runnable::run;
		}

	}

	private static class RecordingOnce implements ServerInterceptor {

		private final String name;

		private final List<String> passed;

		RecordingOnce(String name, List<String> passed) {
			this.name = name;
			this.passed = passed;
		}

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			this.passed.add(this.name);
			return next.startCall(call, headers);
		}

	}

	private static final class Recording extends RecordingOnce {

		Recording(String name, List<String> passed) {
			super(name, passed);
		}

	}

	private static final class OrderedByInterface extends RecordingOnce implements Ordered {

		OrderedByInterface(List<String> passed) {
			super("calls", passed);
		}

		@Override
		public int getOrder() {
			return ServerInterceptorOrder.CALLER_LIMIT;
		}

	}

	@GlobalServerInterceptor
	@Order(ServerInterceptorOrder.OBSERVATION)
	private static final class OrderedByClass extends RecordingOnce {

		OrderedByClass(List<String> passed) {
			super("observation", passed);
		}

	}

}
