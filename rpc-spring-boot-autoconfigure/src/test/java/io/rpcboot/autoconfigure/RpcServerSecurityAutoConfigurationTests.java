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
import java.util.Base64;
import java.util.List;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.authentication.RpcAuthentication;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link RpcServerSecurityAutoConfiguration}, over the wire.
 */
class RpcServerSecurityAutoConfigurationTests extends AbstractSecuredServerTests {

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

	private static Metadata basic(String credentials) {
		return header("Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
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

}
