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

import java.security.Principal;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.CallPrincipal;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc.PlainImplBase;
import io.rpcboot.testing.echo.Pong;
import org.slf4j.MDC;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves, in a process of its own with all auto-configuration that there is. It is not
 * ready until it is told, and holds a call until it is told.
 */
final class OperatedProvider {

	private OperatedProvider() {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableMethodSecurity
	@Import(OperatedApplications.Spans.class)
	public static class Application {

		public static void main(String[] properties) {
			OperatedApplications.run(Application.class, properties);
		}

		@Bean
		static Orders orders() {
			return new Orders();
		}

		@Bean
		static Held held() {
			return new Held();
		}

		@Bean
		static Readiness readiness() {
			return new Readiness();
		}

		@Bean
		static ServerSwitch serverSwitch(RpcServerLifecycle server) {
			return new ServerSwitch(server);
		}

		@Bean
		static OpaqueTokenIntrospector tokens() {
			return (token) -> {
				String caller = OperatedApplications.CALLERS.get(token);
				if (caller == null) {
					throw new BadOpaqueTokenException("not active");
				}
				return new DefaultOAuth2AuthenticatedPrincipal(caller, Map.of("sub", caller),
						AuthorityUtils.createAuthorityList("ROLE_USER"));
			};
		}

		/** Certificates are those of users, too, once there are any. */
		@Bean
		static UserDetailsService users() {
			return new InMemoryUserDetailsManager(User.withUsername("client").password("{noop}none").roles().build(),
					User.withUsername("clerk")
						.password("{noop}" + OperatedApplications.CLERKS_PASSWORD)
						.roles("CLERK")
						.build());
		}

	}

	/**
	 * Answers with the id of the trace in its logging context, or with who calls, which
	 * may be asked for in a way that only clerks have; one stream is answered at the
	 * second attempt only, and one never ends.
	 */
	@RpcService
	static class Orders extends EchoService {

		private final AtomicBoolean slow = new AtomicBoolean(true);

		Orders() {
			super("orders");
		}

		@Override
		@PreAuthorize("#p0.text != 'which clerk' or hasRole('CLERK')")
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			Principal caller = CallPrincipal.current();
			String name = (caller != null) ? caller.getName() : "nobody";
			responseObserver
				.onNext(pong(request.getText().startsWith("wh") ? name : String.valueOf(MDC.get("traceId"))));
			responseObserver.onCompleted();
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			switch (request.getText()) {
				case "endless" -> responseObserver.onNext(pong("begun"));
				case "slow" -> {
					if (!this.slow.getAndSet(false)) {
						super.serverStream(request, responseObserver);
					}
				}
				default -> super.serverStream(request, responseObserver);
			}
		}

	}

	/**
	 * Answers when it is told.
	 */
	@RpcService
	@RestController
	static class Held extends PlainImplBase {

		private final CountDownLatch released = new CountDownLatch(1);

		@Override
		public void say(Ping request, StreamObserver<Pong> responseObserver) {
			if (!OperatedApplications.awaited(this.released)) {
				responseObserver.onError(Status.INTERNAL.withDescription("was not released").asRuntimeException());
				return;
			}
			responseObserver.onNext(Pong.newBuilder().setText("released").build());
			responseObserver.onCompleted();
		}

		@PostMapping("/release")
		String release() {
			this.released.countDown();
			return "ok";
		}

	}

	/**
	 * Is the last step of a start, which takes as long as the test wants.
	 */
	@RestController
	static class Readiness implements ApplicationRunner {

		private final CountDownLatch ready = new CountDownLatch(1);

		@Override
		public void run(ApplicationArguments arguments) {
			OperatedApplications.awaited(this.ready);
		}

		@PostMapping("/ready")
		String ready() {
			this.ready.countDown();
			return "ok";
		}

	}

	/**
	 * Stops the server while the process lives on.
	 *
	 * @param server the server
	 */
	@RestController
	record ServerSwitch(RpcServerLifecycle server) {

		@PostMapping("/stop")
		String stop() {
			this.server.stop();
			return "ok";
		}

		@PostMapping("/start")
		String start() {
			this.server.start();
			return "ok";
		}

	}

}
