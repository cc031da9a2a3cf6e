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

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rpcboot.actuate.RpcEndpoint;
import io.rpcboot.call.AuthorizationHeader;
import io.rpcboot.call.CallPrincipal;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.RpcReference;
import io.rpcboot.client.credentials.AccessToken;
import io.rpcboot.client.credentials.TokenRegistrations;
import io.rpcboot.client.credentials.TokenRelay;
import io.rpcboot.client.credentials.TokenSource;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import org.assertj.core.util.Throwables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The credentials of references, from {@code rpc.client.references.<application>} to the
 * header that a server gets.
 */
class RpcClientCredentialsTests {

	private static final String KEY = "rpc.client.references.[echo].credentials.";

	private final EchoServer server = EchoServer.start("a");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class,
				RpcClientSecurityAutoConfiguration.class))
		.withUserConfiguration(Consumer.class)
		.withPropertyValues("rpc.registry.type=none",
				"rpc.client.references.[echo].addresses=127.0.0.1:" + this.server.port());

	private final ApplicationContextRunner plaintext = this.runner.withPropertyValues(KEY + "allow-plaintext=true");

	@AfterEach
	void close() {
		SecurityContextHolder.clearContext();
		this.server.close();
	}

	@Test
	void whenNothingIsSetThenACallHasNone() {
		this.runner.run((context) -> assertThat(headerOf(context)).isNull());
	}

	@Test
	void whenTheConnectionIsNotEncryptedThenACallFailsAndNothingIsSent() {
		this.runner.withPropertyValues(KEY + "type=bearer", KEY + "token=abc").run((context) -> {
			StatusRuntimeException failure = failureOf(context);
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(failure.getStatus().getDescription())
				.startsWith("The credentials of the calls to echo are not sent over plaintext "
						+ "(rpc.client.references[echo].credentials.allow-plaintext: false)");
			assertThat(this.server.calls()).isZero();
		});
	}

	@Test
	void aTokenIsSentWithEachAttempt() {
		Metadata trailers = new Metadata();
		trailers.put(RpcMetadata.NOT_EXECUTED, "1");
		this.server.failWith(Status.UNAVAILABLE, trailers);
		this.plaintext
			.withPropertyValues(KEY + "type=bearer", KEY + "token=abc",
					"rpc.client.references.[echo].retry.max-attempts=2")
			.run((context) -> {
				failureOf(context);
				assertThat(this.server.nextHeaders().get(AuthorizationHeader.KEY)).isEqualTo("Bearer abc");
				assertThat(this.server.nextHeaders().get(AuthorizationHeader.KEY)).isEqualTo("Bearer abc");
			});
	}

	@Test
	void aNameAndPasswordAreSent() {
		this.plaintext.withPropertyValues(KEY + "type=basic", KEY + "username=Aladdin", KEY + "password=open sesame")
			.run((context) -> assertThat(headerOf(context)).as("the example of RFC 7617")
				.isEqualTo("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
	}

	@Test
	void aTokenOfABeanIsFetchedOnce() {
		AtomicInteger fetched = new AtomicInteger();
		this.plaintext
			.withBean("vault", TokenSource.class,
					() -> () -> new AccessToken("token-" + fetched.incrementAndGet(),
							Instant.now().plus(Duration.ofHours(1))))
			.withPropertyValues(KEY + "type=bearer", KEY + "token-source=vault")
			.run((context) -> {
				assertThat(headerOf(context)).isEqualTo("Bearer token-1");
				assertThat(headerOf(context)).isEqualTo("Bearer token-1");
			});
	}

	@Test
	void whenABeanHasNoTokenThenTheCallSaysSo() {
		this.plaintext.withBean("vault", TokenSource.class, () -> () -> {
			throw new IllegalStateException("the vault is sealed");
		}).withPropertyValues(KEY + "type=bearer", KEY + "token-source=vault").run((context) -> {
			Status failure = failureOf(context).getStatus();
			assertThat(failure.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
			assertThat(failure.getDescription()).startsWith("The credentials of the calls to echo cannot be had "
					+ "(rpc.client.references[echo].credentials): the vault is sealed");
			assertThat(this.server.calls()).isZero();
		});
	}

	@Test
	void aTokenOfAnOAuth2RegistrationIsSent() {
		this.plaintext.withUserConfiguration(Registrations.class)
			.withPropertyValues(KEY + "type=oauth2", KEY + "registration=internal")
			.run((context) -> assertThat(headerOf(context)).isEqualTo("Bearer for-internal"));
	}

	@Test
	void aTokenOfAnOAuth2RegistrationIsAskedForByHttpOnce() throws IOException {
		Queue<String> asked = new ConcurrentLinkedQueue<>();
		HttpServer authorization = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		authorization.createContext("/token", (exchange) -> {
			asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
			byte[] answer = "{\"access_token\":\"over-http\",\"token_type\":\"Bearer\",\"expires_in\":3600}"
				.getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(200, answer.length);
			exchange.getResponseBody().write(answer);
			exchange.close();
		});
		authorization.start();
		try {
			String uri = "http://127.0.0.1:" + authorization.getAddress().getPort() + "/token";
			this.plaintext.withBean(ClientRegistrationRepository.class, () -> Registrations.at(uri))
				.withPropertyValues(KEY + "type=oauth2", KEY + "registration=internal")
				.run((context) -> {
					assertThat(headerOf(context)).isEqualTo("Bearer over-http");
					assertThat(headerOf(context)).isEqualTo("Bearer over-http");
				});
			assertThat(asked).singleElement().asString().contains("grant_type=client_credentials");
		}
		finally {
			authorization.stop(0);
		}
	}

	@Test
	void whenTheRegistrationIsUnknownThenTheStartFails() {
		this.plaintext.withUserConfiguration(Registrations.class)
			.withPropertyValues(KEY + "type=oauth2", KEY + "registration=other")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("registration: 'other' is unknown (expected: one of "
						+ "spring.security.oauth2.client.registration)"));
	}

	@Test
	void theTokenOfTheCallThatIsServedIsRelayed() {
		this.plaintext.withPropertyValues(KEY + "type=relay").run((context) -> {
			Context served = CallPrincipal.with(Context.ROOT, () -> "alice", "token-of-alice");
			assertThat(served.call(() -> headerOf(context))).isEqualTo("Bearer token-of-alice");
			assertThat(headerOf(context)).as("nobody's").isNull();
		});
	}

	@Test
	void theTokenOfAnHttpRequestIsRelayedButNotIntoAnAnonymousCall() {
		OAuth2AccessToken token = new OAuth2AccessToken(OAuth2AccessToken.TokenType.BEARER, "token-of-bob", null, null);
		SecurityContextHolder
			.setContext(new SecurityContextImpl(UsernamePasswordAuthenticationToken.unauthenticated("bob", token)));
		this.plaintext.withPropertyValues(KEY + "type=relay").run((context) -> {
			assertThat(headerOf(context)).isEqualTo("Bearer token-of-bob");
			Context anonymous = CallPrincipal.with(Context.ROOT, null, null);
			assertThat(anonymous.call(() -> headerOf(context) == null)).isTrue();
		});
	}

	@Test
	void whenThereIsNoSpringSecurityThenOnlyTheTokenOfTheCallIsRelayed() {
		this.plaintext.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.withPropertyValues(KEY + "type=relay")
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(TokenRelay.class);
				Context served = CallPrincipal.with(Context.ROOT, () -> "alice", "token-of-alice");
				assertThat(served.call(() -> headerOf(context))).isEqualTo("Bearer token-of-alice");
			});
	}

	@Test
	void whenThereIsOnlyTheCoreOfSpringSecurityThenAnOAuth2RegistrationSaysWhatItNeeds() {
		this.plaintext.withClassLoader(new FilteredClassLoader("org.springframework.security.oauth2"))
			.withPropertyValues(KEY + "type=oauth2", KEY + "registration=internal")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("registration: 'internal', but there are no OAuth2 client registrations (expected: "
						+ "spring-boot-starter-security-oauth2-client and "
						+ "spring.security.oauth2.client.registration.internal)"));
	}

	@ParameterizedTest
	@CsvSource({ "CallingRelay, type=relay, Bearer relayed-by-sts",
			"CallingRegistrations, type=oauth2 registration=internal, Bearer internal-by-sts" })
	void whatFindsTokensMayHaveReferencesItself(String beans, String properties, String header) throws Exception {
		try (EchoServer tokens = EchoServer.start("sts")) {
			this.plaintext.withUserConfiguration(Class.forName(getClass().getName() + "$" + beans))
				.withPropertyValues("rpc.client.references.[sts].addresses=127.0.0.1:" + tokens.port())
				.withPropertyValues(
						Arrays.stream(properties.split(" ")).map((property) -> KEY + property).toArray(String[]::new))
				.run((context) -> assertThat(headerOf(context)).isEqualTo(header));
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void noSecretIsInLogsInErrorsOrInTheEndpoint(CapturedOutput output) {
		Logger library = (Logger) LoggerFactory.getLogger("io.rpcboot");
		library.setLevel(Level.TRACE);
		try {
			ApplicationContextRunner shown = this.runner
				.withConfiguration(AutoConfigurations.of(RpcEndpointAutoConfiguration.class))
				.withPropertyValues("management.endpoints.web.exposure.include=rpc",
						"management.endpoint.rpc.show-values=always");
			for (String[] credentials : List.of(new String[] { KEY + "type=bearer", KEY + "token=s3cret" },
					new String[] { KEY + "type=basic", KEY + "username=x", KEY + "password=s3cret" })) {
				shown.withPropertyValues(credentials).run(this::assertThatNothingSecretIsTold);
				this.server.failWith(Status.UNAUTHENTICATED);
				shown.withPropertyValues(credentials)
					.withPropertyValues(KEY + "allow-plaintext=true")
					.run(this::assertThatNothingSecretIsTold);
			}
			assertThat(output.getAll()).doesNotContain("s3cret").doesNotContain("eDpzM2NyZXQ");
		}
		finally {
			library.setLevel(null);
		}
	}

	private void assertThatNothingSecretIsTold(AssertableApplicationContext context) {
		assertThat(Throwables.getStackTrace(failureOf(context))).contains("UNAUTHENTICATED")
			.doesNotContain("s3cret")
			.doesNotContain("eDpzM2NyZXQ");
		RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
		assertThat(endpoint.rpc().toString()).contains("echo").doesNotContain("s3cret");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			type=bearer                                  | a token or a token-source
			type=bearer token=s3cret token-source=x      | a token or a token-source, not both
			type=basic username=x                        | a username and a password
			type=basic username=a:b password=s3cret      | a username without a colon
			type=bearer token=s3cret password=s3cret     | neither username nor password, which are for basic
			type=oauth2                                  | a registration
			type=relay token=s3cret                      | neither token nor token-source, which are for bearer
			token=s3cret                                 | bearer, basic, oauth2 or relay
			""")
	void whatDoesNotFitIsRefusedWithoutNamingASecret(String properties, String expected) {
		String[] values = properties.strip().split(" +");
		for (int i = 0; i < values.length; i++) {
			values[i] = KEY + values[i];
		}
		this.runner.withPropertyValues(values)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("rpc.client.references[echo].credentials.type")
				.hasMessageContaining(expected)
				.message()
				.doesNotContain("s3cret"));
	}

	private @Nullable String headerOf(ApplicationContext context) {
		context.getBean(Consumer.class).echo.unary(EchoClient.ping("x"));
		return this.server.nextHeaders().get(AuthorizationHeader.KEY);
	}

	private static StatusRuntimeException failureOf(ApplicationContext context) {
		EchoBlockingStub echo = context.getBean(Consumer.class).echo;
		return catchThrowableOfType(StatusRuntimeException.class, () -> echo.unary(EchoClient.ping("x")));
	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		private final EchoBlockingStub echo;

		Consumer(@RpcReference("echo") EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Registrations {

		@Bean
		ClientRegistrationRepository registrations() {
			return at("http://127.0.0.1:1/token");
		}

		static ClientRegistrationRepository at(String uri) {
			return new InMemoryClientRegistrationRepository(ClientRegistration.withRegistrationId("internal")
				.authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
				.clientId("consumer")
				.clientSecret("s3cret")
				.tokenUri(uri)
				.build());
		}

		@Bean
		OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> tokens() {
			return (request) -> OAuth2AccessTokenResponse
				.withToken("for-" + request.getClientRegistration().getRegistrationId())
				.tokenType(OAuth2AccessToken.TokenType.BEARER)
				.expiresIn(60)
				.additionalParameters(Map.of())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CallingRelay {

		@Bean
		TokenRelay relay(@RpcReference("sts") EchoBlockingStub sts) {
			return () -> "relayed-by-" + sts.unary(EchoClient.ping("token")).getServer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CallingRegistrations {

		@Bean
		TokenRegistrations registrations(@RpcReference("sts") EchoBlockingStub sts) {
			return (id) -> () -> new AccessToken(id + "-by-" + sts.unary(EchoClient.ping("token")).getServer(),
					Instant.now().plus(Duration.ofHours(1)));
		}

	}

}
