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

package io.rpcboot.system;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rpcboot.autoconfigure.RpcClientSecurityAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerSecurityAutoConfiguration;
import io.rpcboot.call.AuthorizationHeader;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OAuth2IntrospectionException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Applications that say who they are over real TLS, by a certificate or by a token that
 * the server asks somebody about, and one that asks on behalf of its caller.
 */
class AuthenticationOverTlsTests {

	private static final String CREDENTIALS = "rpc.client.references.echo.credentials.";

	@TempDir
	private static Path directory;

	private static TestCertificates authority;

	private static ConfigurableApplicationContext provider;

	@BeforeAll
	static void start() {
		authority = TestCertificates.createIn(directory.resolve("ours"));
		PemFiles server = authority.named("server", "echo");
		provider = RpcApplications.run(Provider.class,
				TlsScene.with(TlsScene.bundle("web", authority.authority(), server), "spring.application.name=echo",
						"rpc.registry.type=none", "rpc.server.ssl.bundle=web", "rpc.server.ssl.client-auth=optional",
						"rpc.server.authentication.x509.enabled=true"));
	}

	@AfterAll
	static void stop() {
		provider.close();
	}

	@Test
	void aCertificateSaysWhoCallsAndTheUsersWhatItMayDo() {
		try (ConfigurableApplicationContext consumer = consumer(authority.client("alice"))) {
			assertThat(unary(consumer)).isEqualTo("alice");
			assertThat(guarded(consumer)).isEqualTo("alice");
		}
		try (ConfigurableApplicationContext consumer = consumer(authority.client("bob"))) {
			assertThat(unary(consumer)).isEqualTo("bob");
			Status denied = failureOf(() -> guarded(consumer));
			assertThat(denied.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
			assertThat(denied.getDescription()).startsWith("Access is denied");
		}
	}

	@Test
	void whenTheCertificateIsThatOfNoUserThenItIsNotAccepted() {
		try (ConfigurableApplicationContext consumer = consumer(authority.client("mallory"))) {
			Status refused = failureOf(() -> unary(consumer));
			assertThat(refused.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(refused.getDescription()).startsWith("The client's certificate is not that of a user");
		}
	}

	@Test
	void whenThereIsNeitherCertificateNorTokenThenTheCallIsRefused() {
		try (ConfigurableApplicationContext consumer = consumer(null)) {
			Status refused = failureOf(() -> unary(consumer));
			assertThat(refused.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(refused.getDescription())
				.startsWith("The call carries no credentials (rpc.server.authentication)");
		}
	}

	@Test
	void aTokenIsSentOverTlsAndTheServerAsksWhatItMeans() {
		try (ConfigurableApplicationContext consumer = consumer(null, bearer("token-of-alice"))) {
			assertThat(unary(consumer)).isEqualTo("alice");
			assertThat(guarded(consumer)).isEqualTo("alice");
		}
		try (ConfigurableApplicationContext consumer = consumer(null, bearer("token-of-bob"))) {
			assertThat(failureOf(() -> guarded(consumer)).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
		}
	}

	@Test
	void whenATokenIsUnknownThenItIsNotAccepted() {
		try (ConfigurableApplicationContext consumer = consumer(null, bearer("stolen"))) {
			Status refused = failureOf(() -> unary(consumer));
			assertThat(refused.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(refused.getDescription()).startsWith("The Bearer credentials are not accepted");
		}
	}

	@Test
	void whenWhoeverKnowsTheTokensIsAwayThenTheTokenIsNotBlamed() {
		try (ConfigurableApplicationContext consumer = consumer(null, bearer("away"))) {
			assertThat(failureOf(() -> unary(consumer)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		}
	}

	@Test
	void whenThereAreACertificateAndATokenThenTheCallIsThatOfTheToken() {
		try (ConfigurableApplicationContext consumer = consumer(authority.client("carol"), bearer("token-of-bob"))) {
			assertThat(unary(consumer)).isEqualTo("bob");
		}
	}

	@Test
	void aTokenIsRelayedByAnApplicationThatIsCalledWithIt() {
		try (ConfigurableApplicationContext gateway = RpcApplications.run(Gateway.class,
				TlsScene.with(consuming(null, CREDENTIALS + "type=relay"), "spring.application.name=gateway",
						"rpc.registry.type=none",
						"rpc.client.references.echo.addresses=" + TlsScene.address(provider)));
				EchoClient client = new EchoClient(RpcApplications.port(gateway))) {
			assertThat(through(client, "Bearer token-of-alice")).isEqualTo("alice");
			assertThat(through(client, "Bearer token-of-bob")).isEqualTo("bob");
		}
	}

	private static String through(EchoClient gateway, String header) {
		Metadata headers = new Metadata();
		headers.put(AuthorizationHeader.KEY, header);
		Reply<Pong> reply = gateway.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("x")).join();
		assertThat(reply.code()).isEqualTo(Status.Code.OK);
		return reply.messages().get(0).getText();
	}

	private static String[] bearer(String token) {
		return new String[] { CREDENTIALS + "type=bearer", CREDENTIALS + "token=" + token };
	}

	private static ConfigurableApplicationContext consumer(@Nullable PemFiles own, String... properties) {
		return TlsScene.consumer(TlsScene.address(provider), consuming(own, properties));
	}

	private static String[] consuming(@Nullable PemFiles own, String... properties) {
		return TlsScene.with(TlsScene.with(TlsScene.bundle("mesh", authority.authority(), own), properties),
				"rpc.client.references.echo.ssl.bundle=mesh");
	}

	private static String unary(ConfigurableApplicationContext consumer) {
		return consumer.getBean(EchoBlockingStub.class).unary(EchoClient.ping("x")).getText();
	}

	private static String guarded(ConfigurableApplicationContext consumer) {
		return consumer.getBean(EchoBlockingStub.class).serverStream(EchoClient.ping("x")).next().getText();
	}

	private static Status failureOf(Runnable call) {
		return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus();
	}

	private static OpaqueTokenIntrospector introspector() {
		Map<String, String> users = Map.of("token-of-alice", "alice", "token-of-bob", "bob");
		return (token) -> {
			if (token.equals("away")) {
				throw new OAuth2IntrospectionException("the authorization server is away");
			}
			String user = users.get(token);
			if (user == null) {
				throw new BadOpaqueTokenException("not active");
			}
			return new DefaultOAuth2AuthenticatedPrincipal(user, Map.of("sub", user), AuthorityUtils
				.createAuthorityList(user.equals("alice") ? List.of("ROLE_ADMIN") : List.of("ROLE_USER")));
		};
	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity(proxyTargetClass = true)
	@ImportAutoConfiguration(RpcServerSecurityAutoConfiguration.class)
	static class Provider {

		@Bean
		@RpcService
		GuardedEcho echo() {
			return new GuardedEcho();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(User.withUsername("alice").password("").roles("ADMIN").build(),
					User.withUsername("bob").password("").roles("USER").build(),
					User.withUsername("carol").password("").roles("USER").build());
		}

		@Bean
		OpaqueTokenIntrospector tokens() {
			return introspector();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ RpcServerSecurityAutoConfiguration.class, RpcClientSecurityAutoConfiguration.class })
	static class Gateway {

		@Bean
		@RpcService
		EchoService gateway(@RpcReference("echo") EchoBlockingStub echo) {
			return new EchoService("gateway") {
				@Override
				public void unary(Ping request, StreamObserver<Pong> responseObserver) {
					responseObserver.onNext(echo.unary(request));
					responseObserver.onCompleted();
				}
			};
		}

		@Bean
		OpaqueTokenIntrospector tokens() {
			return introspector();
		}

	}

	/**
	 * Answers with the user of the security context. Public, as its proxy is defined by
	 * another class loader.
	 */
	public static class GuardedEcho extends EchoService {

		GuardedEcho() {
			super("guarded");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			answer(responseObserver);
		}

		@Override
		@PreAuthorize("hasRole('ADMIN')")
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			answer(responseObserver);
		}

		private void answer(StreamObserver<Pong> responseObserver) {
			Authentication caller = SecurityContextHolder.getContext().getAuthentication();
			responseObserver.onNext(pong((caller != null) ? caller.getName() : "nobody"));
			responseObserver.onCompleted();
		}

	}

}
