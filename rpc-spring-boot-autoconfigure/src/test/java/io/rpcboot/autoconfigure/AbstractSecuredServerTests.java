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

import java.util.Map;

import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.AuthorizationHeader;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Pong;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the tests of a secured server share: an application that answers with the user of
 * the security context, and calls with credentials, over the wire.
 */
abstract class AbstractSecuredServerTests {

	final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ApplicationAvailabilityAutoConfiguration.class,
				LifecycleAutoConfiguration.class, RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcServerSecurityAutoConfiguration.class))
		.withClassLoader(new FilteredClassLoader(GrpcServerAutoConfiguration.class))
		.withUserConfiguration(Service.class)
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.registry.type=none",
				"rpc.server.shutdown.quiet-period=0s");

	final ApplicationContextRunner withJwts = this.runner.withUserConfiguration(Jwts.class);

	static String textOf(ApplicationContext context, Metadata headers) {
		Reply<Pong> reply = unary(context, headers);
		assertThat(reply.code()).isEqualTo(Status.Code.OK);
		return reply.messages().get(0).getText();
	}

	static Reply<Pong> unary(ApplicationContext context, Metadata headers) {
		try (EchoClient client = client(context)) {
			return client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("x")).join();
		}
	}

	static EchoClient client(ApplicationContext context) {
		return new EchoClient(Integer.parseInt(context.getEnvironment().getRequiredProperty("local.rpc.server.port")));
	}

	static Metadata bearer(String token) {
		return header("Bearer " + token);
	}

	static Metadata header(String value) {
		Metadata headers = new Metadata();
		headers.put(AuthorizationHeader.KEY, value);
		return headers;
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
	static class Service {

		@Bean
		@RpcService
		SecuredEcho service() {
			return new SecuredEcho();
		}

	}

}
