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

import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.AuthorizationHeader;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.GlobalServerInterceptor;
import io.rpcboot.server.RpcService;
import io.rpcboot.server.ServerInterceptorOrder;
import io.rpcboot.server.authentication.RpcAuthentication;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link RpcServerSecurityAutoConfiguration}, over the wire.
 */
class RpcServerSecurityAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ApplicationAvailabilityAutoConfiguration.class,
				LifecycleAutoConfiguration.class, RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcServerSecurityAutoConfiguration.class))
		.withClassLoader(new FilteredClassLoader(GrpcServerAutoConfiguration.class))
		.withUserConfiguration(Service.class)
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.registry.type=none",
				"rpc.server.shutdown.quiet-period=0s");

	private final ApplicationContextRunner withJwts = this.runner.withUserConfiguration(Jwts.class);

	@Test
	void whenSpringSecurityKnowsNobodyThenNobodyIsAskedForCredentials() {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean(RpcAuthentication.class);
			assertThat(textOf(context, new Metadata())).isEqualTo("nobody");
		});
	}

	@Test
	void whenThereIsNoSpringSecurityThenNobodyIsAskedForCredentials() {
		this.runner
			.withClassLoader(new FilteredClassLoader("org.springframework.security",
					GrpcServerAutoConfiguration.class.getName()))
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(RpcAuthentication.class);
				assertThat(textOf(context, new Metadata())).isEqualTo("nobody");
			});
	}

	@Test
	void whenThereIsOnlyTheCoreOfSpringSecurityThenOnlyNamesAndPasswordsAreUnderstood() {
		this.runner.withUserConfiguration(Users.class)
			.withClassLoader(new FilteredClassLoader("org.springframework.security.oauth2",
					GrpcServerAutoConfiguration.class.getName()))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context).getBeanNames(RpcAuthentication.class).containsExactly("rpcBasicAuthentication");
				assertThat(textOf(context, basic("alice:secret:with:colons"))).isEqualTo("alice");
			});
	}

	@Test
	void whenThereAreUsersThenNamesAndPasswordsAreUnderstood() {
		this.runner.withUserConfiguration(Users.class).run((context) -> {
			assertThat(textOf(context, basic("alice:secret:with:colons"))).isEqualTo("alice");
			for (Metadata wrong : List.of(basic("alice:wrong"), basic("nobody-known:x"), basic("no colon"),
					header("Basic ???"))) {
				Reply<Pong> refused = unary(context, wrong);
				assertThat(refused.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
				assertThat(refused.status().getDescription()).isEqualTo("The Basic credentials are not accepted");
				assertThat(refused.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			}
			assertThat(unary(context, new Metadata()).code()).isEqualTo(Status.Code.UNAUTHENTICATED);
		});
	}

	@Test
	void whenThereIsAJwtDecoderThenBearerTokensAreUnderstood() {
		this.withJwts.run((context) -> {
			assertThat(textOf(context, bearer("alice"))).isEqualTo("alice");
			Reply<Pong> refused = unary(context, bearer("forged"));
			assertThat(refused.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(refused.status().getDescription()).isEqualTo("The Bearer credentials are not accepted");
			assertThat(unary(context, bearer("unreachable")).code()).as("the keys cannot be read")
				.isEqualTo(Status.Code.UNAVAILABLE);
		});
	}

	@Test
	void whenThereAreTwoOfWhichOneIsNeededThenTheStartFailsAndNobodyIsLetInUnasked() {
		this.withJwts.withUserConfiguration(MoreJwts.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).hasMessageContaining("JwtDecoder")
				.hasMessageContaining("expected single matching bean but found 2");
		});
	}

	@Test
	void whenAMechanismIsDisabledThenItIsNotUnderstood() {
		this.withJwts.withPropertyValues("rpc.server.authentication.bearer.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RpcAuthentication.class));
		this.runner.withUserConfiguration(Users.class)
			.withPropertyValues("rpc.server.authentication.basic.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RpcAuthentication.class));
	}

	@Test
	void whenTheUserHasAnAuthenticationThenItIsAskedBesides() {
		this.withJwts
			.withBean("keys", RpcAuthentication.class,
					() -> (call, headers) -> headers.containsKey(RpcMetadata.CALLER) ? () -> "by-key" : null)
			.run((context) -> {
				Metadata key = new Metadata();
				key.put(RpcMetadata.CALLER, "x");
				assertThat(textOf(context, key)).isEqualTo("by-key");
				assertThat(textOf(context, bearer("alice"))).isEqualTo("alice");
			});
	}

	@ParameterizedTest
	@CsvSource(nullValues = "none", textBlock = """
			# its order, and who calls with a token, with a name and password, with neither
			none, mine,  mine,  mine
			999,  mine,  mine,  mine
			1001, alice, mine,  mine
			2001, alice, alice, mine
			""")
	void theUsersAuthenticationHasItsPlaceAmongTheOthers(@Nullable Integer order, String ofToken, String ofPassword,
			String ofNeither) {
		RpcAuthentication mine = (call, headers) -> () -> "mine";
		this.withJwts.withUserConfiguration(Users.class)
			.withBean(RpcAuthentication.class, () -> (order != null) ? new OrderedAuthentication(order, mine) : mine)
			.run((context) -> {
				assertThat(textOf(context, bearer("alice"))).isEqualTo(ofToken);
				assertThat(textOf(context, basic("alice:secret:with:colons"))).isEqualTo(ofPassword);
				assertThat(textOf(context, new Metadata())).isEqualTo(ofNeither);
			});
	}

	@Test
	void theCertificateComesLastOfTheLibrarysOwn() {
		this.withJwts.withUserConfiguration(Users.class)
			.withPropertyValues("rpc.server.authentication.x509.enabled=true")
			.run((context) -> assertThat(context.getBeanProvider(RpcAuthentication.class).orderedStream())
				.containsExactly(context.getBean("rpcBearerAuthentication", RpcAuthentication.class),
						context.getBean("rpcBasicAuthentication", RpcAuthentication.class),
						context.getBean("rpcCertificateAuthentication", RpcAuthentication.class)));
	}

	@Test
	void whenAMethodIsGuardedThenItRunsForThoseWhoMayCallIt() {
		this.withJwts.withUserConfiguration(MethodSecurity.class)
			.withPropertyValues("rpc.server.authentication.open-methods=rpc.testing.Echo")
			.run((context) -> {
				try (EchoClient client = client(context)) {
					assertThat(stream(client, bearer("admin")).messages()).extracting(Pong::getText)
						.containsExactly("admin");
					Reply<Pong> denied = stream(client, bearer("bob"));
					assertThat(denied.code()).isEqualTo(Status.Code.PERMISSION_DENIED);
					assertThat(denied.status().getDescription()).isEqualTo("Access is denied");
					Reply<Pong> anonymous = stream(client, new Metadata());
					assertThat(anonymous.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
					assertThat(anonymous.status().getDescription()).isEqualTo("The call is not authenticated");
				}
			});
	}

	@Test
	void whenAGuardedServiceIsAProxyOfInterfacesThenTheServerDoesNotStart() {
		this.withJwts.withUserConfiguration(MethodSecurityOfInterfaces.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith("The bean 'service' is a proxy of interfaces, so its advice ["));
	}

	@Test
	void whenUsersAreMixedOverStreamsThenEachCallbackRunsForItsOwnAndLeavesNothingBehind() {
		this.withJwts
			.withPropertyValues("rpc.server.executor.threads=3",
					"rpc.server.authentication.open-methods=rpc.testing.Echo")
			.run((context) -> {
				List<Stream> streams = new ArrayList<>();
				try (EchoClient client = client(context)) {
					for (int i = 0; i < 24; i++) {
						String user = (i % 4 != 0) ? "user-" + i : "nobody";
						streams.add(new Stream(client, user));
					}
					for (int round = 0; round < 50; round++) {
						streams.forEach(Stream::send);
					}
					streams.forEach(Stream::complete);
					for (Stream stream : streams) {
						List<String> texts = stream.texts();
						assertThat(texts).hasSize(51);
						assertThat(texts).containsOnly(stream.user);
					}
				}
				assertThat(context.getBean(Leftovers.class).found).isEmpty();
			});
	}

	@Test
	void whenAHandlerThrowsThenItsCallerIsClearedToo() {
		this.withJwts.withPropertyValues("rpc.server.executor.threads=1").run((context) -> {
			try (EchoClient client = client(context)) {
				assertThat(
						client.call(EchoGrpc.getUnaryMethod(), bearer("alice"), EchoClient.ping("throw")).join().code())
					.isEqualTo(Status.Code.FAILED_PRECONDITION);
				client.call(EchoGrpc.getUnaryMethod(), bearer("bob"), EchoClient.ping("x")).join();
			}
			assertThat(context.getBean(Leftovers.class).found).isEmpty();
		});
	}

	@Test
	void whenACallIsDeduplicatedThenItsHandlerRunsForItsCaller() {
		this.withJwts.withPropertyValues("rpc.server.deduplication.methods=rpc.testing.Echo/Unary")
			.run((context) -> assertThat(textOf(context, identified("alice"))).isEqualTo("alice"));
	}

	@Test
	void whenSomebodyElseSendsTheIdsOfADeduplicatedCallThenItGetsNobodysAnswer() {
		this.withJwts.withPropertyValues("rpc.server.deduplication.methods=rpc.testing.Echo/Unary").run((context) -> {
			assertThat(textOf(context, identified("alice"))).isEqualTo("alice");
			Reply<Pong> stranger = unary(context, identified("bob"));
			assertThat(stranger.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
			assertThat(stranger.messages()).isEmpty();
			assertThat(textOf(context, identified("alice"))).as("again, of the record").isEqualTo("alice");
		});
	}

	@Test
	void whenNoClientIsAskedForACertificateThenTheyCannotBeReadAndTheStartFails() {
		RpcServerProperties properties = new RpcServerProperties();
		properties.getAuthentication().getX509().setEnabled(true);
		assertThatNoException().as("a customizer may have set up TLS")
			.isThrownBy(() -> AuthenticationChecks.settings(properties));
		properties.getSsl().setBundle("web");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> AuthenticationChecks.settings(properties))
			.withMessageContaining("rpc.server.authentication.x509.enabled")
			.withMessageContaining("false, or rpc.server.ssl.client-auth: optional or require");
		properties.getSsl().setClientAuth(ClientAuth.OPTIONAL);
		assertThatNoException().isThrownBy(() -> AuthenticationChecks.settings(properties));
	}

	@Test
	void whenThereIsNoSpringSecurityThenCertificatesCannotBeReadAndTheStartFails() {
		this.runner
			.withClassLoader(new FilteredClassLoader("org.springframework.security",
					GrpcServerAutoConfiguration.class.getName()))
			.withPropertyValues("rpc.server.authentication.x509.enabled=true")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("rpc.server.authentication.x509.enabled")
				.hasMessageContaining("Spring Security, which reads the certificates, is not on the class path"));
	}

	@Test
	void whenThePropertiesAreWrongThenTheStartFails() {
		this.runner.withPropertyValues("rpc.server.authentication.open-methods=/no/such")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("rpc.server.authentication.open-methods"));
		this.runner.withPropertyValues("rpc.server.authentication.required=true")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageStartingWith(
						"rpc.server.authentication.required: true, but nothing understands credentials"));
	}

	private static String textOf(ApplicationContext context, Metadata headers) {
		Reply<Pong> reply = unary(context, headers);
		assertThat(reply.code()).isEqualTo(Status.Code.OK);
		return reply.messages().get(0).getText();
	}

	private static Reply<Pong> unary(ApplicationContext context, Metadata headers) {
		try (EchoClient client = client(context)) {
			return client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("x")).join();
		}
	}

	private static Reply<Pong> stream(EchoClient client, Metadata headers) {
		return client.call(EchoGrpc.getServerStreamMethod(), headers, EchoClient.ping("x")).join();
	}

	private static EchoClient client(ApplicationContext context) {
		return new EchoClient(Integer.parseInt(context.getEnvironment().getRequiredProperty("local.rpc.server.port")));
	}

	private static Metadata identified(String token) {
		Metadata headers = bearer(token);
		headers.put(RpcMetadata.CLIENT_ID, "client-1");
		headers.put(RpcMetadata.REQUEST_ID, "request-1");
		return headers;
	}

	private static Metadata bearer(String token) {
		return header("Bearer " + token);
	}

	private static Metadata basic(String credentials) {
		return header("Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
	}

	private static Metadata header(String value) {
		Metadata headers = new Metadata();
		headers.put(AuthorizationHeader.KEY, value);
		return headers;
	}

	private static String caller() {
		Authentication caller = SecurityContextHolder.getContext().getAuthentication();
		return (caller != null) ? caller.getName() : "nobody";
	}

	/**
	 * A stream of one user.
	 */
	private static final class Stream implements StreamObserver<Pong> {

		private final String user;

		private final Queue<String> texts = new ConcurrentLinkedQueue<>();

		private final CompletableFuture<List<String>> end = new CompletableFuture<>();

		private final StreamObserver<Ping> requests;

		Stream(EchoClient client, String user) {
			this.user = user;
			EchoGrpc.EchoStub stub = EchoGrpc.newStub(client.channel());
			Metadata headers = user.equals("nobody") ? new Metadata() : bearer(user);
			this.requests = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)).bidi(this);
		}

		void send() {
			this.requests.onNext(EchoClient.ping("x"));
		}

		void complete() {
			this.requests.onCompleted();
		}

		List<String> texts() {
			return this.end.orTimeout(20, TimeUnit.SECONDS).join();
		}

		@Override
		public void onNext(Pong value) {
			this.texts.add(value.getText());
		}

		@Override
		public void onError(Throwable ex) {
			this.end.completeExceptionally(ex);
		}

		@Override
		public void onCompleted() {
			this.end.complete(List.copyOf(this.texts));
		}

	}

	private record OrderedAuthentication(int order,
			RpcAuthentication authentication) implements RpcAuthentication, Ordered {

		@Override
		public int getOrder() {
			return this.order;
		}

		@Override
		public Principal authenticate(ServerCall<?, ?> call, Metadata headers) {
			return this.authentication.authenticate(call, headers);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Service {

		@Bean
		@RpcService
		SecuredEcho service() {
			return new SecuredEcho();
		}

		@Bean
		@GlobalServerInterceptor
		@Order(ServerInterceptorOrder.ADMISSION)
		Leftovers leftovers() {
			return new Leftovers();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Users {

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("alice").password("{noop}secret:with:colons").roles("USER").build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MoreJwts {

		@Bean
		JwtDecoder anotherDecoder() {
			return (token) -> {
				throw new BadJwtException("of another issuer");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Jwts {

		@Bean
		JwtDecoder decoder() {
			return (token) -> {
				if (token.equals("forged")) {
					throw new BadJwtException("the signature is wrong");
				}
				if (token.equals("unreachable")) {
					throw new JwtException("the keys cannot be read");
				}
				return new Jwt(token, null, null, Map.of("alg", "none"),
						Map.of("sub", token, "scope", token.equals("admin") ? "admin" : "user"));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity(proxyTargetClass = true)
	static class MethodSecurity {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	static class MethodSecurityOfInterfaces {

	}

	/**
	 * Looks at the thread before and after each callback of a call.
	 */
	static class Leftovers implements ServerInterceptor {

		private final Queue<String> found = new ConcurrentLinkedQueue<>();

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			look();
			ServerCall.Listener<Q> listener = next.startCall(call, headers);
			look();
			return new SimpleForwardingServerCallListener<>(listener) {
				@Override
				public void onMessage(Q message) {
					look();
					super.onMessage(message);
					look();
				}

				@Override
				public void onHalfClose() {
					look();
					super.onHalfClose();
					look();
				}

				@Override
				public void onComplete() {
					look();
					super.onComplete();
					look();
				}
			};
		}

		private void look() {
			String caller = caller();
			if (!caller.equals("nobody")) {
				this.found.add(caller);
			}
		}

	}

	/**
	 * Answers with the user of the security context. Public, as its proxy is defined by
	 * another class loader.
	 */
	public static class SecuredEcho extends EchoService {

		SecuredEcho() {
			super("secured");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			if (request.getText().equals("throw")) {
				throw new IllegalStateException("thrown");
			}
			responseObserver.onNext(pong(caller()));
			responseObserver.onCompleted();
		}

		@Override
		@PreAuthorize("hasAuthority('SCOPE_admin')")
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(pong(caller()));
			responseObserver.onCompleted();
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					responseObserver.onNext(pong(caller()));
				}

				@Override
				public void onError(Throwable ex) {
					// The caller is gone.
				}

				@Override
				public void onCompleted() {
					responseObserver.onNext(pong(caller()));
					responseObserver.onCompleted();
				}
			};
		}

	}

}
