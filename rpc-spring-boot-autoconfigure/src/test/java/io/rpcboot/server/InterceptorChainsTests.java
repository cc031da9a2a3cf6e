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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.HeaderCarrier;
import io.rpcboot.call.PerMethodInterceptor;
import io.rpcboot.call.RpcError.Violation;
import io.rpcboot.server.admission.AdmissionSettings;
import io.rpcboot.server.admission.AdmissionSettings.Callers;
import io.rpcboot.server.admission.AdmissionSettings.Rate;
import io.rpcboot.server.admission.CallerIdentity;
import io.rpcboot.server.authentication.AuthenticationSettings;
import io.rpcboot.server.authentication.RpcAuthentication;
import io.rpcboot.server.validation.RequestValidator;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What of the starter stands before a method: what each call needs, and what the method
 * itself uses, but nothing else.
 */
class InterceptorChainsTests {

	private static final MethodDescriptor<Ping, Pong> UNARY = EchoGrpc.getUnaryMethod();

	private static final MethodDescriptor<Ping, Pong> SERVER_STREAM = EchoGrpc.getServerStreamMethod();

	private static final RpcAuthentication ANYBODY = (call, headers) -> () -> "anybody";

	private final Innermost innermost = new Innermost();

	@Test
	void whenAUnaryMethodUsesNothingThenOnlyWhatEachCallNeedsStandsBeforeIt() {
		try (TestServer server = TestServer.with(new EchoService("plain"), this.innermost).start();
				EchoClient client = server.client()) {
			assertThat(before(client, UNARY)).containsExactly("WireGuardInterceptor", "CarriedContext",
					"UnmarkedMethodInterceptor", "ExceptionMappingInterceptor");
		}
	}

	@Test
	void whenAMethodStreamsThenTheLimitsOfStreamsStandBeforeItAlone() {
		try (TestServer server = TestServer.with(new EchoService("plain"), this.innermost).start();
				EchoClient client = server.client()) {
			assertThat(before(client, SERVER_STREAM)).containsExactly("WireGuardInterceptor", "StreamInterceptor",
					"CarriedContext", "UnmarkedMethodInterceptor", "ExceptionMappingInterceptor");
			assertThat(before(client, UNARY)).doesNotContain("StreamInterceptor");
		}
	}

	@Test
	void whenAMethodIsDeduplicatedThenItAloneRunsOnce() {
		try (TestServer server = TestServer.with(new CountedEcho(), this.innermost).start();
				EchoClient client = server.client()) {
			assertThat(before(client, UNARY)).containsExactly("WireGuardInterceptor", "CarriedContext",
					"RunOnceInterceptor", "ExceptionMappingInterceptor");
			assertThat(before(client, SERVER_STREAM)).contains("UnmarkedMethodInterceptor")
				.doesNotContain("RunOnceInterceptor");
		}
	}

	@Test
	void whenAValidatorIsForAMethodThenItsRequestsAloneAreChecked() {
		RequestValidator ofUnary = new RequestValidator() {
			@Override
			public List<Violation> validate(Object message, MethodDescriptor<?, ?> method) {
				return List.of();
			}

			@Override
			public boolean supports(MethodDescriptor<?, ?> method) {
				return method.getType() == MethodType.UNARY;
			}
		};
		try (TestServer server = TestServer.with(new EchoService("plain"), this.innermost, ofUnary).start();
				EchoClient client = server.client()) {
			assertThat(before(client, UNARY)).endsWith("ExceptionMappingInterceptor", "ValidationInterceptor");
			assertThat(before(client, SERVER_STREAM)).doesNotContain("ValidationInterceptor");
		}
	}

	@Test
	void whenCallersAreAskedAndLimitedThenNotThoseOfHealth() {
		AdmissionSettings rates = new AdmissionSettings(false, AdmissionSettings.Limit.NONE, Map.of(), Map.of(),
				TestServer.UNLIMITED.adaptive(),
				new Callers(Map.of(), new Rate(100, 100), 10_000, CallerIdentity.BY_PRINCIPAL));
		try (TestServer server = TestServer.with(new EchoService("plain"), new OwnHealth(), this.innermost, ANYBODY)
			.admission(rates)
			.start(); EchoClient client = server.client()) {
			assertThat(before(client, UNARY)).containsExactly("WireGuardInterceptor", "CarriedContext",
					"AuthenticationInterceptor", "CallerLimitInterceptor", "UnmarkedMethodInterceptor",
					"ExceptionMappingInterceptor");
			client.call(HealthGrpc.getCheckMethod(), HealthCheckRequest.getDefaultInstance()).join();
			assertThat(this.innermost.before()).containsExactly("WireGuardInterceptor", "CarriedContext",
					"UnmarkedMethodInterceptor", "ExceptionMappingInterceptor");
			client.call(HealthGrpc.getWatchMethod(), HealthCheckRequest.getDefaultInstance()).join();
			assertThat(this.innermost.before()).as("a stream that is left alone").doesNotContain("StreamInterceptor");
		}
	}

	@Test
	void whenAMethodIsOpenThenItsCallersAreAskedAllTheSame() {
		AuthenticationSettings open = new AuthenticationSettings(null, Set.of(UNARY.getFullMethodName()), false, false);
		try (TestServer server = TestServer.with(new EchoService("plain"), this.innermost, ANYBODY, open).start();
				EchoClient client = server.client()) {
			assertThat(before(client, UNARY)).contains("AuthenticationInterceptor");
		}
	}

	@Test
	void whenHeadersAreListedThenTheyAreCarriedAndElseNothingStandsThereForThem() {
		assertThat(beforeUnary(new HeaderCarrier(List.of(), List.of()))).containsExactly("WireGuardInterceptor",
				"CarriedContext", "UnmarkedMethodInterceptor", "ExceptionMappingInterceptor");
		assertThat(beforeUnary(new HeaderCarrier(List.of("x-request-id"), List.of()))).containsExactly(
				"WireGuardInterceptor", "CarriedContext", "HeaderCarrier", "UnmarkedMethodInterceptor",
				"ExceptionMappingInterceptor");
		assertThat(beforeUnary(new HeaderCarrier(List.of(), List.of("x-feature")))).contains("HeaderCarrier");
	}

	@Test
	void anInterceptorIsAskedOnceForEachMethodAndTheMethodsStayTheSame() {
		List<String> asked = new ArrayList<>();
		PerMethodInterceptor ofUnary = (method) -> {
			asked.add(String.valueOf(method.getBareMethodName()));
			return (method.getType() == MethodType.UNARY) ? this.innermost : null;
		};
		ServerServiceDefinition service = new EchoService("plain").bindService();
		ServerServiceDefinition intercepted = InterceptorChains.intercept(service, List.of(ofUnary));
		assertThat(asked).containsExactlyInAnyOrder("Unary", "ServerStream", "ClientStream", "Bidi");
		assertThat(intercepted.getServiceDescriptor()).isSameAs(service.getServiceDescriptor());
		for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
			MethodDescriptor<?, ?> descriptor = method.getMethodDescriptor();
			ServerMethodDefinition<?, ?> same = intercepted.getMethod(descriptor.getFullMethodName());
			assertThat(same.getMethodDescriptor()).isSameAs(descriptor);
			assertThat(same.getServerCallHandler() != method.getServerCallHandler()).as("is intercepted")
				.isEqualTo(descriptor.getType() == MethodType.UNARY);
		}
	}

	private static List<String> beforeUnary(HeaderCarrier carrier) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean("headers", AtomicReference.class, () -> new AtomicReference<>(carrier));
			context.register(Carrying.class);
			context.refresh();
			try (TestServer server = TestServer.in(context).start(); EchoClient client = server.client()) {
				assertThat(client.unary("x").code()).isEqualTo(Status.Code.OK);
			}
			return context.getBean(Innermost.class).before();
		}
	}

	/**
	 * Makes a call, and returns what of the starter stands before the method, outermost
	 * first.
	 */
	private List<String> before(EchoClient client, MethodDescriptor<Ping, Pong> method) {
		assertThat(client.call(method, EchoClient.ping("x")).join().code()).isEqualTo(Status.Code.OK);
		return this.innermost.before();
	}

	/**
	 * Sees through which interceptors a call has come: each calls the next.
	 */
	@GlobalServerInterceptor
	private static final class Innermost implements ServerInterceptor {

		private final List<String> before = new CopyOnWriteArrayList<>();

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			List<String> inward = new ArrayList<>(StackWalker.getInstance()
				.walk((frames) -> frames.filter((frame) -> frame.getMethodName().equals("interceptCall"))
					.map(StackWalker.StackFrame::getClassName)
					.filter((name) -> name.startsWith("io.rpcboot.") && !name.equals(Innermost.class.getName()))
					.map((name) -> name.substring(name.lastIndexOf('.') + 1))
					.toList()));
			Collections.reverse(inward);
			this.before.clear();
			this.before.addAll(inward.subList(inward.indexOf("WireGuardInterceptor"), inward.size()));
			return next.startCall(call, headers);
		}

		List<String> before() {
			return List.copyOf(this.before);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Carrying {

		@Bean
		@GlobalServerInterceptor
		@Order(ServerInterceptorOrder.CARRIED_CONTEXT + 1)
		HeaderCarrier carrier(AtomicReference<HeaderCarrier> headers) {
			return headers.get();
		}

		@Bean
		Innermost innermost() {
			return new Innermost();
		}

		@Bean
		EchoService echo() {
			return new EchoService("plain");
		}

	}

	private static final class OwnHealth extends HealthGrpc.HealthImplBase {

		@Override
		public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> responseObserver) {
			responseObserver.onNext(HealthCheckResponse.getDefaultInstance());
			responseObserver.onCompleted();
		}

		@Override
		public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> responseObserver) {
			check(request, responseObserver);
		}

	}

}
