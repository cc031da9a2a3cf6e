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
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.StreamObserver;
import io.grpc.testing.StreamRecorder;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc.EchoStub;
import io.rpcboot.testing.echo.Ping;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What health says over HTTP in each phase of an application that serves and calls.
 */
class HealthOverHttpTests {

	private static final CountDownLatch NOTHING = new CountDownLatch(0);

	private static volatile CountDownLatch runner = NOTHING;

	private final String namespace = "health-" + UUID.randomUUID();

	@TempDir
	private Path directory;

	@Test
	void whileItStartsTheServerIsOutOfServiceAndTheProcessAlive() {
		runner = new CountDownLatch(1);
		WebApplication application = WebApplication.start(Both.class, properties());
		try {
			Awaitility.await()
				.until(() -> "OUT_OF_SERVICE".equals(application.get("health/rpcServer").at("status"))
						&& application.get("health/rpcServer").at("details/accepting") != null);
			assertThat(application.get("health/rpcServer").status()).isEqualTo(503);
			assertThat(application.get("health/readiness").status()).isEqualTo(503);
			// HTTP answers before Boot has said that the application is alive.
			awaitStatus(application, "health/liveness", "UP");
			assertThat(application.get("health/liveness").status()).isEqualTo(200);
			runner.countDown();
			awaitStatus(application, "health/rpcServer", "UP");
		}
		finally {
			runner.countDown();
			runner = NOTHING;
			application.close();
		}
	}

	@Test
	void whileItServesAllIsUp() {
		try (WebApplication callee = callee(); WebApplication application = application()) {
			awaitStatus(application, "health/rpcReferences", "UP");
			Awaitility.await()
				.until(() -> "REGISTERED".equals(application.get("health/rpcRegistry").at("details/registration")));
			HttpAnswer server = application.get("health/rpcServer");
			assertThat(server.at("status")).isEqualTo("UP");
			assertThat(server.at("details/accepting")).isEqualTo("true");
			assertThat(server.at("details/registration")).isEqualTo("REGISTERED");
			// It is up as soon as it connects to somebody.
			Awaitility.await()
				.until(() -> "1"
					.equals(application.get("health/rpcReferences").at("details/applications/callee/usable")));
			assertThat(application.get("health/rpcRegistry").at("status")).isEqualTo("UP");
			assertThat(application.get("health").status()).isEqualTo(200);
			assertThat(application.get("health/readiness").status()).isEqualTo(200);
			assertThat(callee.get("health").status()).as("calls nobody").isEqualTo(200);
		}
	}

	@Test
	void whenACalleeIsGoneThenNobodyGoesWithItUnlessItIsRequired() {
		try (WebApplication application = application();
				WebApplication strict = application("rpc.health.required-references=callee")) {
			try (WebApplication callee = callee()) {
				awaitStatus(strict, "health/readiness", "UP");
				awaitStatus(application, "health/rpcReferences", "UP");
				assertThat(callee.get("health").status()).isEqualTo(200);
			}
			awaitStatus(application, "health/rpcReferences", "DEGRADED");
			assertThat(application.get("health/rpcReferences").status()).isEqualTo(200);
			assertThat(application.get("health/readiness").status()).isEqualTo(200);
			assertThat(application.get("health").status()).isEqualTo(200);
			awaitStatus(strict, "health/rpcReferences", "OUT_OF_SERVICE");
			assertThat(strict.get("health/readiness").status()).isEqualTo(503);
			assertThat(strict.get("health/liveness").status()).isEqualTo(200);
		}
	}

	@Test
	void whileItDrainsTheServerIsOutOfServiceAndTheProcessAlive() {
		WebApplication application = application();
		try (EchoClient client = new EchoClient(port(application))) {
			StreamObserver<Ping> stream = client.bidi(StreamRecorder.create());
			Awaitility.await().until(() -> "1".equals(application.get("health/rpcServer").at("details/activeCalls")));
			// On two processors the common pool of newer JDKs has one thread.
			CompletableFuture<Void> closed = CompletableFuture.runAsync(application::close,
					(task) -> new Thread(task).start());
			Awaitility.await().until(() -> "true".equals(application.get("health/rpcServer").at("details/draining")));
			assertThat(application.get("health/rpcServer").at("status")).isEqualTo("OUT_OF_SERVICE");
			assertThat(application.get("health/readiness").status()).isEqualTo(503);
			assertThat(application.get("health/liveness").status()).isEqualTo(200);
			assertThat(application.get("rpc").at("server/draining")).isEqualTo("true");
			stream.onCompleted();
			assertThat(closed).succeedsWithin(Duration.ofSeconds(30));
		}
	}

	@Test
	void whenTheServerIsStoppedThenItIsOutOfServiceUntilItStartsAgain() {
		try (WebApplication application = application()) {
			RpcServerLifecycle server = application.context().getBean(RpcServerLifecycle.class);
			server.stop();
			HttpAnswer stopped = application.get("health/rpcServer");
			assertThat(stopped.status()).isEqualTo(503);
			assertThat(stopped.at("status")).isEqualTo("OUT_OF_SERVICE");
			assertThat(stopped.at("details/server")).isEqualTo("does not listen");
			assertThat(application.get("health/liveness").status()).isEqualTo(200);
			assertThat(application.get("rpc").at("server")).isNull();
			server.start();
			awaitStatus(application, "health/rpcServer", "UP");
		}
	}

	@Test
	void whenReadinessIsMappedOntoGrpcThenBothSayTheSame() {
		try (WebApplication application = application("rpc.health.required-references=callee",
				"rpc.health.group=readiness", "rpc.health.services.alive=liveness", "rpc.health.interval=50ms");
				EchoClient client = new EchoClient(port(application))) {
			awaitHealth(client, "alive", ServingStatus.SERVING);
			awaitStatus(application, "health/readiness", "OUT_OF_SERVICE");
			awaitHealth(client, "", ServingStatus.NOT_SERVING);
			try (WebApplication callee = callee()) {
				awaitStatus(application, "health/readiness", "UP");
				awaitHealth(client, "", ServingStatus.SERVING);
				assertThat(callee.get("health").status()).isEqualTo(200);
			}
			awaitHealth(client, "", ServingStatus.NOT_SERVING);
			assertThat(client.health("alive")).isEqualTo(ServingStatus.SERVING);
		}
	}

	private WebApplication application(String... properties) {
		return WebApplication.run(Both.class,
				Stream.concat(Stream.of(properties()), Stream.of(properties)).toArray(String[]::new));
	}

	private WebApplication callee() {
		return WebApplication.run(Callee.class, registry("spring.application.name=callee"));
	}

	private String[] properties() {
		return registry("spring.application.name=both", "management.endpoint.health.show-details=always",
				"management.endpoint.health.group.readiness.include=readinessState,rpcServer,rpcRegistry,rpcReferences");
	}

	private String[] registry(String... properties) {
		return Stream
			.concat(Stream.of(properties),
					List.of("rpc.registry.type=local", "rpc.registry.local.directory=" + this.directory,
							"rpc.registry.namespace=" + this.namespace)
						.stream())
			.toArray(String[]::new);
	}

	private static int port(WebApplication application) {
		return application.context().getEnvironment().getRequiredProperty("local.rpc.server.port", Integer.class);
	}

	private static void awaitStatus(WebApplication application, String path, String status) {
		Awaitility.await().untilAsserted(() -> assertThat(application.get(path).at("status")).isEqualTo(status));
	}

	private static void awaitHealth(EchoClient client, String name, ServingStatus status) {
		Awaitility.await().untilAsserted(() -> assertThat(client.health(name)).isEqualTo(status));
	}

	@Configuration(proxyBeanMethods = false)
	static class Callee {

		@Bean
		@RpcService
		static EchoService service() {
			return new EchoService("one");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Both {

		Both(@RpcReference("callee") EchoStub callee) {
			assertThat(callee).isNotNull();
		}

		@Bean
		@RpcService
		static EchoService service() {
			return new EchoService("one");
		}

		@Bean
		static ApplicationRunner runner() {
			return (arguments) -> runner.await(20, TimeUnit.SECONDS);
		}

	}

}
