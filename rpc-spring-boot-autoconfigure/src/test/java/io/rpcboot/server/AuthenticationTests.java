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

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.grpc.util.MutableHandlerRegistry;
import io.rpcboot.call.AuthorizationHeader;
import io.rpcboot.call.CallPrincipal;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.admission.AdmissionSettings;
import io.rpcboot.server.admission.AdmissionSettings.Callers;
import io.rpcboot.server.admission.AdmissionSettings.Limit;
import io.rpcboot.server.admission.AdmissionSettings.Rate;
import io.rpcboot.server.admission.CallerIdentity;
import io.rpcboot.server.authentication.AuthenticationSettings;
import io.rpcboot.server.authentication.RpcAuthentication;
import io.rpcboot.server.authentication.RpcAuthenticationException;
import io.rpcboot.testing.CallerEchoService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Who may call what, over the wire.
 */
class AuthenticationTests {

	private static final String UNARY = "rpc.testing.Echo/Unary";

	private static final AuthenticationSettings PROTECTED = new AuthenticationSettings(null, Set.of(), true, true);

	private final WhoEcho service = new WhoEcho();

	private final KeyAuthentication keys = new KeyAuthentication();

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenACallCarriesNoCredentialsThenItIsRefusedUnexecutedAndForGood(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service, this.keys).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			Reply<Pong> reply = client.unary("x");
			assertThat(reply.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(reply.status().getDescription())
				.isEqualTo("The call carries no credentials (rpc.server.authentication)");
			assertThat(reply.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			assertThat(reply.trailers().getAll(RpcMetadata.RETRY_PUSHBACK)).containsExactly("-1");
			assertThat(this.service.calls).hasValue(0);
		}
	}

	@Test
	void whenTheCredentialsAreWrongThenTheCallIsRefusedWithTheReason() {
		try (TestServer server = TestServer.with(this.service, this.keys).start();
				EchoClient client = server.client()) {
			Reply<Pong> reply = unary(client, "wrong");
			assertThat(reply.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(reply.status().getDescription()).isEqualTo("The key is not known");
			assertThat(reply.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			assertThat(this.service.calls).hasValue(0);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheyAreRightThenTheServiceKnowsTheCallerInAllItsCallbacks(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service, this.keys).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			assertThat(texts(unary(client, "alice"))).containsExactly("alice");
			Reply<Pong> stream = client
				.call(EchoGrpc.getBidiMethod(), key("bob"), EchoClient.ping("1"), EchoClient.ping("2"))
				.join();
			assertThat(texts(stream)).containsExactly("bob", "bob", "bob");
		}
	}

	@Test
	void whenTheCallerCannotBeAuthenticatedThenItMayTryElsewhere() {
		try (TestServer server = TestServer.with(this.service, this.keys).start();
				EchoClient client = server.client()) {
			Reply<Pong> reply = unary(client, "down");
			assertThat(reply.code()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(reply.status().getDescription()).isEqualTo("The caller cannot be authenticated at the moment");
			assertThat(reply.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			assertThat(reply.trailers().containsKey(RpcMetadata.RETRY_PUSHBACK)).isFalse();
		}
	}

	@Test
	void whenAMethodIsOpenThenItNeedsNoCredentialsButNoWrongOnesEither() {
		AuthenticationSettings open = new AuthenticationSettings(null, Set.of(UNARY), false, false);
		try (TestServer server = TestServer.with(this.service, this.keys, open).start();
				EchoClient client = server.client()) {
			assertThat(texts(client.unary("x"))).containsExactly("nobody");
			assertThat(texts(unary(client, "alice"))).containsExactly("alice");
			assertThat(unary(client, "wrong").code()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(client.call(EchoGrpc.getServerStreamMethod(), EchoClient.ping("x")).join().code())
				.isEqualTo(Status.Code.UNAUTHENTICATED);
		}
	}

	@Test
	void whenCredentialsAreNotRequiredThenCallsPassWithoutThem() {
		AuthenticationSettings optional = new AuthenticationSettings(false, Set.of(), false, false);
		try (TestServer server = TestServer.with(this.service, this.keys, optional).start();
				EchoClient client = server.client()) {
			assertThat(texts(client.unary("x"))).containsExactly("nobody");
			assertThat(texts(unary(client, "alice"))).containsExactly("alice");
		}
	}

	@Test
	void whenNothingUnderstandsCredentialsThenNobodyIsAskedForThem() {
		try (TestServer server = TestServer.with(this.service).start(); EchoClient client = server.client()) {
			assertThat(texts(unary(client, "wrong"))).containsExactly("nobody");
		}
	}

	@Test
	void whenNothingUnderstandsTheCredentialsThatAreAskedForThenTheServerDoesNotStart() {
		assertThatExceptionOfType(RpcServerException.class)
			.isThrownBy(() -> TestServer.with(this.service, PROTECTED).start())
			.withMessage("rpc.server.authentication.protect-reflection: true, but nothing understands credentials "
					+ "(expected: a bean of type RpcAuthentication, or Spring Security with a JwtDecoder, an "
					+ "OpaqueTokenIntrospector or a UserDetailsService)");
	}

	@Test
	void healthAndReflectionAreOpenUnlessToldOtherwise() {
		try (TestServer server = TestServer.with(this.service, this.keys).start();
				EchoClient client = server.client()) {
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			assertThat(client.health("rpc.testing.Echo")).isEqualTo(ServingStatus.SERVING);
			assertThat(reflect(client, new Metadata()).code()).isEqualTo(Status.Code.OK);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenHealthDetailIsProtectedThenWithoutCredentialsOnlyTheWholeServersIsTold(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service, this.keys, PROTECTED).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			assertThat(check(client, "", new Metadata()).messages()).extracting(HealthCheckResponse::getStatus)
				.containsExactly(ServingStatus.SERVING);
			assertThat(check(client, "", key("wrong")).code()).as("a probe with an old key").isEqualTo(Status.Code.OK);
			Reply<HealthCheckResponse> refused = check(client, "rpc.testing.Echo", new Metadata());
			assertThat(refused.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(refused.messages()).isEmpty();
			assertThat(check(client, "no.such.Service", new Metadata()).code()).as("not even which there are")
				.isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(client
				.call(HealthGrpc.getWatchMethod(),
						HealthCheckRequest.newBuilder().setService("rpc.testing.Echo").build())
				.join()
				.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(check(client, "rpc.testing.Echo", key("alice")).messages())
				.extracting(HealthCheckResponse::getStatus)
				.containsExactly(ServingStatus.SERVING);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenHealthDetailIsProtectedAndTheCallerCannotBeAuthenticatedThenItMayTryElsewhere(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service, this.keys, PROTECTED).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			Reply<HealthCheckResponse> refused = check(client, "rpc.testing.Echo", key("down"));
			assertThat(refused.code()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(refused.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenACustomizerAddsAServiceThenItsCallersAreAskedToo(Dispatch dispatch) {
		assertAsked(dispatch, "added.Echo/Unary", NettyServerBuilder::addService);
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAFallbackRegistryServesMoreMethodsOfABeansServiceThenTheirCallersAreAskedToo(Dispatch dispatch) {
		assertAsked(dispatch, "rpc.testing.Echo/NotInTheBean",
				(builder, service) -> builder.fallbackHandlerRegistry(fallback(service)));
	}

	@Test
	void whenAFallbackRegistryServesTheServiceOfABeanTooThenThatOfTheBeanIsServed() {
		WhoEcho unguarded = new WhoEcho();
		try (TestServer server = TestServer.with(this.service, this.keys)
			.customizer((builder) -> builder.fallbackHandlerRegistry(fallback(unguarded.bindService())))
			.start(); EchoClient client = server.client()) {
			assertThat(client.unary("x").code()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(texts(unary(client, "alice"))).containsExactly("alice");
			assertThat(this.service.calls).hasValue(1);
			assertThat(unguarded.calls).hasValue(0);
		}
	}

	@Test
	void whenACustomizerReplacesHealthThenWhatWasProtectedStays() {
		RpcServerCustomizer customizer = (builder) -> builder.addService(new HealthStatusManager().getHealthService());
		try (TestServer server = TestServer.with(this.service, this.keys, PROTECTED).customizer(customizer).start();
				EchoClient client = server.client()) {
			assertThat(check(client, "rpc.testing.Echo", new Metadata()).code()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(check(client, "", new Metadata()).messages()).hasSize(1);
		}
	}

	@Test
	void whenACustomizerAddsTheServiceOfABeanAgainThenTheStartFails() {
		WhoEcho unguarded = new WhoEcho();
		TestServer.Builder server = TestServer.with(this.service, this.keys)
			.customizer((builder) -> builder.addService(unguarded));
		assertThatExceptionOfType(DuplicateServiceException.class).isThrownBy(server::start)
			.withMessage("The gRPC service 'rpc.testing.Echo' is served by a bean, and an RpcServerCustomizer adds it"
					+ " again (expected: one of them)")
			.satisfies((ex) -> assertThat(ex.serviceName()).isEqualTo("rpc.testing.Echo"))
			.satisfies((ex) -> assertThat(ex.action())
				.isEqualTo("Remove the bean, or the call of addService() from the customizer."));
	}

	@Test
	void whenReflectionIsProtectedThenItIsForCallersWithCredentials() {
		try (TestServer server = TestServer.with(this.service, this.keys, PROTECTED).start();
				EchoClient client = server.client()) {
			Reply<ServerReflectionResponse> refused = reflect(client, new Metadata());
			assertThat(refused.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(refused.messages()).isEmpty();
			assertThat(reflect(client, key("alice")).messages()).hasSize(1);
		}
	}

	@Test
	void whenAuthenticationMayBlockThenNonBlockingServicesLeaveTheEventLoop() {
		ThreadEcho threads = new ThreadEcho();
		try (TestServer server = TestServer.with(threads, this.keys).start(); EchoClient client = server.client()) {
			assertThat(texts(unary(client, "alice")).get(0)).startsWith("rpc-handler-");
		}
		RpcAuthentication quick = new RpcAuthentication() {
			@Override
			public Principal authenticate(ServerCall<?, ?> call, Metadata headers) {
				return () -> "anybody";
			}

			@Override
			public boolean isBlocking() {
				return false;
			}
		};
		try (TestServer server = TestServer.with(threads, quick).start(); EchoClient client = server.client()) {
			assertThat(texts(client.unary("x")).get(0)).startsWith("rpc-server-loop-");
		}
	}

	@Test
	void ratesGoByTheAuthenticatedCallerWhateverItCallsItself() {
		AdmissionSettings rates = new AdmissionSettings(false, AdmissionSettings.Limit.NONE, Map.of(), Map.of(),
				TestServer.UNLIMITED.adaptive(),
				new Callers(Map.of(), new Rate(0.001, 1), 10_000, CallerIdentity.BY_PRINCIPAL));
		try (TestServer server = TestServer.with(this.service, this.keys).admission(rates).start();
				EchoClient client = server.client()) {
			assertThat(unary(client, "alice").code()).isEqualTo(Status.Code.OK);
			Metadata disguised = key("alice");
			disguised.put(RpcMetadata.CALLER, "somebody-else");
			Reply<Pong> refused = client.call(EchoGrpc.getUnaryMethod(), disguised, EchoClient.ping("x")).join();
			assertThat(refused.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(refused.status().getDescription())
				.isEqualTo("The caller alice is over its rate (rpc.server.admission.callers)");
			assertThat(unary(client, "bob").code()).isEqualTo(Status.Code.OK);
		}
	}

	@Test
	void whenTheServiceIsAtItsLimitThenNobodyIsAskedWhoACallerIs() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		BindableService held = new EchoService("held") {
			@Override
			public void unary(Ping request, StreamObserver<Pong> responseObserver) {
				entered.countDown();
				await(release);
				super.unary(request, responseObserver);
			}
		};
		AdmissionSettings one = new AdmissionSettings(false, new Limit(1, 0, null, null), Map.of(), Map.of(),
				TestServer.UNLIMITED.adaptive(), TestServer.UNLIMITED.callers());
		try (TestServer server = TestServer.with(held, this.keys).admission(one).start();
				EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> first = client.call(EchoGrpc.getUnaryMethod(), key("alice"),
					EchoClient.ping("x"));
			await(entered);
			assertThat(unary(client, "wrong").code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(this.keys.asked).hasValue(1);
			release.countDown();
			assertThat(first.get(10, TimeUnit.SECONDS).code()).isEqualTo(Status.Code.OK);
		}
	}

	@Test
	void whenATokenStandsBesideOtherCredentialsThenItIsNotTheCallers() {
		Metadata both = key("alice");
		both.put(AuthorizationHeader.KEY, "Bearer stolen");
		try (TestServer server = TestServer.with(this.service, this.keys).start();
				EchoClient client = server.client()) {
			assertThat(texts(client.call(EchoGrpc.getUnaryMethod(), both, EchoClient.ping("token")).join()))
				.containsExactly("no token");
		}
		RpcAuthentication bearer = new RpcAuthentication() {
			@Override
			public Principal authenticate(ServerCall<?, ?> call, Metadata headers) {
				return () -> "whoever has it";
			}

			@Override
			public boolean isBearer() {
				return true;
			}
		};
		try (TestServer server = TestServer.with(this.service, bearer).start(); EchoClient client = server.client()) {
			assertThat(texts(client.call(EchoGrpc.getUnaryMethod(), both, EchoClient.ping("token")).join()))
				.containsExactly("stolen");
		}
	}

	/**
	 * Serves a method that is not one of the bean's.
	 */
	private void assertAsked(Dispatch dispatch, String fullMethodName,
			BiConsumer<NettyServerBuilder, ServerServiceDefinition> customizer) {
		WhoEcho added = new WhoEcho();
		MethodDescriptor<Ping, Pong> method = EchoGrpc.getUnaryMethod()
			.toBuilder()
			.setFullMethodName(fullMethodName)
			.build();
		ServerServiceDefinition service = ServerServiceDefinition
			.builder(Objects.requireNonNull(method.getServiceName()))
			.addMethod(method, ServerCalls.asyncUnaryCall(added::unary))
			.build();
		try (TestServer server = TestServer.with(this.service, this.keys)
			.dispatch(dispatch)
			.customizer((builder) -> customizer.accept(builder, service))
			.start(); EchoClient client = server.client()) {
			Reply<Pong> refused = client.call(method, new Metadata(), EchoClient.ping("x")).join();
			assertThat(refused.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(refused.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			assertThat(added.calls).hasValue(0);
			assertThat(texts(client.call(method, key("alice"), EchoClient.ping("x")).join())).containsExactly("alice");
		}
	}

	private static MutableHandlerRegistry fallback(ServerServiceDefinition service) {
		MutableHandlerRegistry registry = new MutableHandlerRegistry();
		registry.addService(service);
		return registry;
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Reply<Pong> unary(EchoClient client, String key) {
		return client.call(EchoGrpc.getUnaryMethod(), key(key), EchoClient.ping("x")).join();
	}

	private static Reply<HealthCheckResponse> check(EchoClient client, String service, Metadata headers) {
		return client
			.call(HealthGrpc.getCheckMethod(), headers, HealthCheckRequest.newBuilder().setService(service).build())
			.join();
	}

	private static Reply<ServerReflectionResponse> reflect(EchoClient client, Metadata headers) {
		return client
			.call(ServerReflectionGrpc.getServerReflectionInfoMethod(), headers,
					ServerReflectionRequest.newBuilder().setListServices("").build())
			.join();
	}

	private static List<String> texts(Reply<Pong> reply) {
		assertThat(reply.code()).isEqualTo(Status.Code.OK);
		return reply.messages().stream().map(Pong::getText).toList();
	}

	private static Metadata key(String key) {
		Metadata headers = new Metadata();
		headers.put(KeyAuthentication.KEY, key);
		return headers;
	}

	/**
	 * Knows callers by a header of its own.
	 */
	private static final class KeyAuthentication implements RpcAuthentication {

		private static final Metadata.Key<String> KEY = Metadata.Key.of("x-key", Metadata.ASCII_STRING_MARSHALLER);

		private final AtomicInteger asked = new AtomicInteger();

		@Override
		public @Nullable Principal authenticate(ServerCall<?, ?> call, Metadata headers) {
			this.asked.incrementAndGet();
			String key = headers.get(KEY);
			if (key == null) {
				return null;
			}
			return switch (key) {
				case "wrong" -> throw new RpcAuthenticationException("The key is not known", null);
				case "down" -> throw new IllegalStateException("the database of keys is away");
				default -> () -> key;
			};
		}

	}

	/**
	 * Answers with the name of the caller, also in the callbacks of streams.
	 */
	private static final class WhoEcho extends CallerEchoService {

		private final AtomicInteger calls = new AtomicInteger();

		WhoEcho() {
			super("who");
		}

		@Override
		protected String caller() {
			Principal caller = CallPrincipal.current();
			return (caller != null) ? caller.getName() : "nobody";
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			this.calls.incrementAndGet();
			if (!request.getText().equals("token")) {
				super.unary(request, responseObserver);
				return;
			}
			responseObserver.onNext(pong(Objects.requireNonNullElse(CallPrincipal.currentToken(), "no token")));
			responseObserver.onCompleted();
		}

	}

	/**
	 * Answers with the name of its thread.
	 */
	@NonBlocking
	private static final class ThreadEcho extends EchoService {

		ThreadEcho() {
			super("thread");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(pong(Thread.currentThread().getName()));
			responseObserver.onCompleted();
		}

	}

}
