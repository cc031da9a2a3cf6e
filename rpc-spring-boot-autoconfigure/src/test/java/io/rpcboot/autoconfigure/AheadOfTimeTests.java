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

package io.rpcboot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rpcboot.actuate.RpcDescriptor;
import io.rpcboot.call.RpcError;
import io.rpcboot.client.HashKey;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.Deduplicated;
import io.rpcboot.server.RpcAdvice;
import io.rpcboot.server.RpcExceptionHandler;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.LoopbackPorts;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingV2Stub;
import io.rpcboot.testing.echo.EchoGrpc.EchoFutureStub;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc;
import io.rpcboot.testing.echo.PlainGrpc.PlainBlockingStub;
import io.rpcboot.testing.echo.Pong;
import io.rpcboot.testing.echo.ReactorEchoGrpc;
import io.rpcboot.testing.echo.ReactorEchoGrpc.ReactorEchoStub;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An application is processed ahead of time, and works from what was generated.
 */
class AheadOfTimeTests {

	private static final Ping HELLO = Ping.newBuilder().setText("hello").build();

	private final int port = LoopbackPorts.free();

	@Test
	@CompileWithForkedClassLoader
	void referencesAreInjectedAndServicesAreServed() {
		run((context) -> {
			Caller consumer = context.getBean(Caller.class);
			assertThat(consumer.constructor.unary(HELLO).getServer()).isEqualTo("type");
			assertThat(unary(consumer.field).getServer()).isEqualTo("type");
			assertThat(consumer.setter.say(HELLO).getServer()).isEqualTo("bean method");
			assertThat(context.getBean(OfBeanMethod.class).reactor().unary(HELLO).block(Duration.ofSeconds(10)))
				.extracting(Pong::getServer)
				.isEqualTo("type");
		});
	}

	@Test
	@CompileWithForkedClassLoader
	void adviceAnswersForExceptions() {
		run((context) -> {
			EchoBlockingStub echo = context.getBean(Caller.class).constructor;
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> echo.unary(Ping.newBuilder().setText("fail").build()))
				.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION));
		});
	}

	@Test
	@CompileWithForkedClassLoader
	void propertiesAreReadWhenTheApplicationStarts() {
		run((context) -> assertThat(context.getBean(RpcServerLifecycle.class).port()).isEqualTo(this.port));
	}

	@Test
	@CompileWithForkedClassLoader
	void whenBuiltForALocalRegistryThenItDoesNotStartWithoutOne() {
		assertNoStart("local", "none");
	}

	@Test
	@CompileWithForkedClassLoader
	void whenBuiltWithoutARegistryThenItDoesNotStartWithEtcd() {
		assertNoStart("none", "etcd");
	}

	@Test
	@CompileWithForkedClassLoader
	void whenBuiltWithoutARegistryThenItDoesNotStartWithALocalOne() {
		assertNoStart("none", "local");
	}

	@Test
	void stubsOfAllInjectionPointsCanBeMade() {
		RuntimeHints hints = hints();
		assertThat(List.of(EchoGrpc.class, PlainGrpc.class, ReactorEchoGrpc.class))
			.allSatisfy((generated) -> assertThat(RuntimeHintsPredicates.reflection()
				.onType(generated)
				.withMemberCategories(MemberCategory.INVOKE_PUBLIC_METHODS, MemberCategory.ACCESS_PUBLIC_FIELDS))
				.accepts(hints));
		assertThat(List.of(EchoBlockingStub.class, EchoBlockingV2Stub.class, PlainBlockingStub.class,
				ReactorEchoStub.class))
			.allSatisfy((stub) -> assertThat(RuntimeHintsPredicates.reflection()
				.onType(stub)
				.withMemberCategory(MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS)).accepts(hints));
		assertThat(RuntimeHintsPredicates.reflection().onType(EchoFutureStub.class)).rejects(hints);
	}

	@Test
	void fieldsOfMessagesCanBeReadByName() {
		RuntimeHints hints = hints();
		assertThat(List.of(Ping.class, Ping.Builder.class, Pong.class, Pong.Builder.class))
			.allSatisfy((type) -> assertThat(RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS)).accepts(hints));
	}

	@Test
	void methodsOfServicesAndAdviceAreFoundAndCalled() {
		RuntimeHints hints = hints();
		assertThat(List.of(Echo.class, EchoService.class, EchoGrpc.EchoImplBase.class, Plain.class, Advice.class))
			.allSatisfy((type) -> assertThat(RuntimeHintsPredicates.reflection().onType(type)).as(type.getName())
				.accepts(hints));
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Advice.class, "full")).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Echo.class, "unary")).accepts(hints);
	}

	@Test
	void propertiesCanBeBoundAndTheEndpointCanBeWritten() {
		RuntimeHints hints = hints();
		assertThat(List.of(RpcServerProperties.class, RpcRegistryProperties.class, RpcClientProperties.class,
				RpcClientProperties.Reference.class, RpcServerProperties.Admission.Limit.class))
			.allSatisfy((type) -> assertThat(
					RuntimeHintsPredicates.reflection().onConstructorInvocation(type.getDeclaredConstructor()))
				.as(type.getName())
				.accepts(hints));
		assertThat(List.of(RpcDescriptor.class, RpcDescriptor.Application.class, RpcDescriptor.Setting.class,
				RpcDescriptor.Watch.class))
			.allSatisfy((type) -> assertThat(RuntimeHintsPredicates.reflection()
				.onMethodInvocation(type, type.getRecordComponents()[0].getName())).as(type.getName()).accepts(hints));
	}

	private void assertNoStart(String built, String asked) {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> run(built, asked, (context) -> {
		}))
			.havingRootCause()
			.isInstanceOf(BuiltForRegistryException.class)
			.withMessage("rpc.registry.type: " + asked + " (expected: " + built
					+ ", which was set when the application was processed ahead of time)")
			.satisfies((ex) -> assertThat(((BuiltForRegistryException) ex).action())
				.isEqualTo("Process the application ahead of time once more, with rpc.registry.type=" + asked
						+ " among the arguments of the goal process-aot, or set what it was built for:\n\n"
						+ "    rpc.registry.type=" + built));
	}

	private static Pong unary(EchoBlockingV2Stub stub) {
		try {
			return stub.unary(HELLO);
		}
		catch (StatusException ex) {
			throw new AssertionError(ex);
		}
	}

	private void run(Consumer<ConfigurableApplicationContext> test) {
		run("none", "none", test);
	}

	/**
	 * Processes the application with one registry, and runs it with another one.
	 */
	private void run(String built, String asked, Consumer<ConfigurableApplicationContext> test) {
		TestGenerationContext generation = processed(built);
		generation.writeGeneratedContent();
		TestCompiler.forSystem().with(generation).compile((compiled) -> {
			try (GenericApplicationContext context = new GenericApplicationContext()) {
				TestPropertyValues.of(Map.of("rpc.registry.type", asked, "rpc.server.address", "127.0.0.1",
						"rpc.server.port", Integer.toString(this.port), "rpc.server.shutdown.quiet-period", "0s",
						"rpc.client.references.echo.addresses", "127.0.0.1:" + this.port))
					.applyTo(context);
				initialize(context, compiled.getInstance(ApplicationContextInitializer.class));
				context.refresh();
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				EchoBlockingStub echo = context.getBean(Caller.class).constructor;
				Awaitility.await().ignoreExceptions().until(() -> echo.unary(HELLO).isInitialized());
				test.accept(context);
			}
		});
	}

	private static TestGenerationContext processed(String registry) {
		TestGenerationContext generation = new TestGenerationContext(Application.class);
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues.of("rpc.registry.type=" + registry, "management.endpoints.web.exposure.include=rpc")
				.applyTo(context);
			context.register(Application.class);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		return generation;
	}

	/**
	 * What the processed application may do by reflection. Nothing is compiled for it.
	 */
	private static RuntimeHints hints() {
		return processed("none").getRuntimeHints();
	}

	@SuppressWarnings("unchecked")
	private static void initialize(GenericApplicationContext context, ApplicationContextInitializer<?> generated) {
		((ApplicationContextInitializer<GenericApplicationContext>) generated).initialize(context);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ RpcServerAutoConfiguration.class, RpcClientAutoConfiguration.class,
			RpcRegistryAutoConfiguration.class, RpcEndpointAutoConfiguration.class, EndpointAutoConfiguration.class,
			WebEndpointAutoConfiguration.class, LifecycleAutoConfiguration.class, SslAutoConfiguration.class })
	@Import({ Echo.class, Advice.class, Caller.class })
	static class Application {

		@Bean
		@RpcService
		Plain plain() {
			return new Plain();
		}

		@Bean
		OfBeanMethod ofBeanMethod(@RpcReference("echo") ReactorEchoStub reactor) {
			return new OfBeanMethod(reactor);
		}

	}

	@RpcService
	static class Echo extends EchoService {

		Echo() {
			super("type");
		}

		@Override
		@Deduplicated
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			if (request.getText().equals("fail")) {
				throw new Full();
			}
			super.unary(request, responseObserver);
		}

	}

	static class Plain extends PlainGrpc.PlainImplBase {

		@Override
		public void say(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(Pong.newBuilder().setServer("bean method").build());
			responseObserver.onCompleted();
		}

	}

	@RpcAdvice
	static class Advice {

		@RpcExceptionHandler
		RpcError full(Full ex) {
			return RpcError.of(Status.Code.FAILED_PRECONDITION, "full");
		}

	}

	static class Caller {

		private final EchoBlockingStub constructor;

		@RpcReference("echo")
		private EchoBlockingV2Stub field;

		private PlainBlockingStub setter;

		Caller(@RpcReference("echo") @HashKey("text") EchoBlockingStub constructor) {
			this.constructor = constructor;
		}

		@RpcReference("echo")
		void setSetter(PlainBlockingStub setter) {
			this.setter = setter;
		}

	}

	record OfBeanMethod(ReactorEchoStub reactor) {

	}

	static class Full extends RuntimeException {

	}

}
