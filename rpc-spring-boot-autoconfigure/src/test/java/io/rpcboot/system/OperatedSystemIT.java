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

import io.rpcboot.testing.LoopbackPorts;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two processes with all that there is to operate them: client certificates, tokens,
 * limits, deduplication, access log, meters, traces, the endpoint and health. What they
 * tell is read as a platform reads it, in each phase of the life of the one that serves.
 */
@EtcdTest
class OperatedSystemIT {

	private static final String UNARY = "method=rpc.testing.Echo/Unary status=";

	private static final String METHOD = "grpc_method=\"rpc.testing.Echo/Unary\"";

	private static final String OK = "grpc_status=\"OK\"";

	private static final String REFUSED = "grpc_status=\"UNAUTHENTICATED\"";

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final String BAD_TOKEN = "stolen-token";

	private static final int CALLS = 20;

	private final String namespace = "operated-" + UUID.randomUUID();

	private final int port = LoopbackPorts.free();

	private final EtcdServer etcd;

	@TempDir
	private Path directory;

	OperatedSystemIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@Test
	void whatTwoProcessesTellOfThemselvesIsRightInEachPhaseOfTheirLife() throws Exception {
		TestCertificates authority = TestCertificates.createIn(this.directory.resolve("authority"));
		PemFiles server = authority.named("server", "orders");
		PemFiles client = authority.client("client");
		this.etcd.stop();
		try (OperatedProcess provider = provider(TlsScene.bundle("web", authority.authority(), server));
				OperatedProcess consumer = consumer(TlsScene.bundle("mesh", authority.authority(), client))) {
			starts(provider, consumer);
			serves(provider, consumer);
			tellsOfItsCalls(provider, consumer);
			tellsOfItsPeers(provider, consumer);
			CompletableFuture<HttpAnswer> held = holdsOneCallAndRefusesTheNext(provider, consumer);
			staysUpWithoutTheRegistry(provider, consumer);
			drains(provider, consumer, held);
			isGone(consumer);
			List.of(provider, consumer).forEach(OperatedSystemIT::keepsItsSecrets);
		}
	}

	/**
	 * It listens before it is ready, and is ready before it is registered: etcd is away.
	 */
	private void starts(OperatedProcess provider, OperatedProcess consumer) {
		await(() -> {
			assertThat(provider.get("/actuator/health/rpcServer").at("details/port")).as("%s", provider.output())
				.isEqualTo(String.valueOf(this.port));
			assertStatus(provider, "health/readiness", 503, "OUT_OF_SERVICE");
		});
		// HTTP answers before Boot has said that the application is alive.
		await(() -> assertStatus(provider, "health/liveness", 200, "UP"));
		assertThat(provider.get("/actuator/rpc").at("server/registration/state")).isNotEqualTo("REGISTERED");
		assertThat(provider.post("/ready").status()).isEqualTo(200);
		await(() -> assertStatus(provider, "health/readiness", 200, "UP"));
		await(() -> assertStatus(provider, "health", 200, "UP"));
		assertThat(provider.get("/actuator/health/rpcServer").at("details/registration")).isEqualTo("PENDING");
		await(() -> assertThat(consumer.get("/actuator/health/rpcReferences").at("status")).isEqualTo("DEGRADED"));
		assertThat(consumer.get("/call").body()).startsWith("UNAVAILABLE: ");
		this.etcd.start();
	}

	private void serves(OperatedProcess provider, OperatedProcess consumer) {
		await(() -> assertThat(provider.get("/actuator/health/rpcServer").at("details/registration"))
			.isEqualTo("REGISTERED"));
		await(() -> assertStatus(consumer, "health/rpcReferences", 200, "UP"));
		assertThat(consumer.get("/actuator/health/rpcReferences").at("details/applications/orders/usable"))
			.isEqualTo("1");
		for (OperatedProcess process : List.of(provider, consumer)) {
			assertStatus(process, "health", 200, "UP");
			assertStatus(process, "health/readiness", 200, "UP");
			assertStatus(process, "health/rpcRegistry", 200, "UP");
		}
		assertThat(provider.scraped("rpc_registration_registered")).isEqualTo(1);
	}

	/**
	 * The same calls in meters, traces and logs, of those who made them and those who
	 * answered.
	 */
	private void tellsOfItsCalls(OperatedProcess provider, OperatedProcess consumer) {
		await(() -> assertThat(
				consumer.scraped("grpc_client_call_duration_seconds_count", METHOD, "grpc_status=\"UNAVAILABLE\""))
			.as("the call without an instance")
			.isEqualTo(1));
		assertThat(consumer.get("/call", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01").body())
			.as("trace in the logging context of the handler")
			.isEqualTo(TRACE);
		for (int i = 1; i < CALLS; i++) {
			assertThat(consumer.get("/call").body()).hasSize(TRACE.length()).isNotEqualTo(TRACE);
		}
		assertThat(consumer.get("/stranger").body()).startsWith("UNAUTHENTICATED: ");
		await(() -> {
			String count = "grpc_server_call_duration_seconds_count";
			assertThat(provider.scraped(count, METHOD, OK)).isEqualTo(CALLS);
			assertThat(provider.scraped(count, METHOD, REFUSED)).isEqualTo(1);
			assertThat(provider.scraped("grpc_server_call_started_calls_total", METHOD)).isEqualTo(CALLS + 1);
			assertThat(provider.scraped("rpc_server_deduplication_attempts_total", "rpc_result=\"executed\""))
				.isEqualTo(CALLS);
		});
		await(() -> {
			String count = "grpc_client_call_duration_seconds_count";
			String orders = "grpc_target=\"rpc:///orders\"";
			assertThat(consumer.scraped(count, METHOD, OK, orders)).isEqualTo(CALLS);
			assertThat(consumer.scraped(count, METHOD, REFUSED, "grpc_target=\"rpc:///stranger\"")).isEqualTo(1);
			assertThat(consumer.scraped("grpc_client_attempt_duration_seconds_count", METHOD, OK, orders))
				.isEqualTo(CALLS);
			assertThat(consumer.scraped("rpc_client_instances", "rpc_application=\"orders\"", "rpc_state=\"usable\""))
				.isEqualTo(1);
		});
		await(() -> {
			assertThat(provider.logged(UNARY + "OK ")).filteredOn((line) -> line.contains("rpc.access")).hasSize(CALLS);
			assertThat(provider.logged(UNARY + "OK ")).filteredOn((line) -> line.endsWith("trace=" + TRACE))
				.isNotEmpty();
			assertThat(provider.logged(UNARY + "UNAUTHENTICATED ")).singleElement()
				.asString()
				.matches(".* rpc\\.access .*millis=[0-9.]+ received=\\d+ sent=0 peer=127\\.0\\.0\\.1:\\d+ .*");
		});
		assertOneTrace(provider, consumer);
	}

	/**
	 * The span of the handler is a child of that of the call, in the trace that came in
	 * over HTTP.
	 */
	private static void assertOneTrace(OperatedProcess provider, OperatedProcess consumer) {
		await(() -> {
			String call = span(consumer, "CLIENT");
			String service = span(provider, "SERVER");
			String id = call.replaceAll(".* (\\w+) child of .*", "$1");
			assertThat(service).endsWith("child of " + id);
		});
	}

	private static String span(OperatedProcess process, String kind) {
		String start = TRACE + " " + kind + " rpc.testing.Echo/Unary ";
		List<String> spans = process.get("/spans").body().lines().filter((line) -> line.startsWith(start)).toList();
		assertThat(spans).hasSize(1);
		return spans.get(0);
	}

	private void tellsOfItsPeers(OperatedProcess provider, OperatedProcess consumer) {
		HttpAnswer served = provider.get("/actuator/rpc");
		assertThat(served.at("server/port")).isEqualTo(String.valueOf(this.port));
		assertThat(served.at("server/draining")).isEqualTo("false");
		assertThat(served.at("server/registration/instance/state")).isEqualTo("UP");
		assertThat(served.at("server/registration/instance/zone")).isEqualTo("az1");
		assertThat(served.at("server/services")).contains("\"rpc.testing.Echo\"", "\"rpc.testing.Plain\"",
				"\"SERVING\"", "\"ServerStream\"");
		HttpAnswer called = consumer.get("/actuator/rpc");
		assertThat(called.at("server")).isNull();
		assertThat(called.at("references/0/application")).isEqualTo("orders");
		String timeout = "references/0/injected/0/settings/timeout/";
		assertThat(called.at(timeout + "value")).isEqualTo("7s");
		assertThat(called.at(timeout + "origin")).isEqualTo("rpc.client.references[orders].timeout");
		assertThat(called.at(timeout + "source")).contains("commandLineArgs");
		String instance = "references/0/channels/0/instances/0/";
		assertThat(called.at(instance + "instance/id")).isEqualTo(served.at("server/registration/instance/id"));
		assertThat(called.at(instance + "instance/address")).endsWith(":" + this.port);
		assertThat(called.at(instance + "instance/state")).isEqualTo("UP");
		assertThat(called.at(instance + "connection")).isEqualTo("READY");
		assertThat(called.at(instance + "candidate")).isEqualTo("true");
		assertThat(called.at("registry/applications/orders/state")).isEqualTo("CURRENT");
	}

	private static CompletableFuture<HttpAnswer> holdsOneCallAndRefusesTheNext(OperatedProcess provider,
			OperatedProcess consumer) {
		CompletableFuture<HttpAnswer> held = consumer.sent("/hold");
		await(() -> assertThat(provider.get("/actuator/rpc").at("server/activeCalls")).isEqualTo("1"));
		assertThat(consumer.get("/hold").body()).startsWith("RESOURCE_EXHAUSTED: ");
		await(() -> {
			assertThat(provider.scraped("rpc_server_admission_refused_total", "rpc_reason=\"limit\"",
					"rpc_scope=\"rpc.testing.Plain/Say\""))
				.isPositive();
			assertThat(provider.logged("method=rpc.testing.Plain/Say status=RESOURCE_EXHAUSTED ")).isNotEmpty();
		});
		assertThat(provider.scraped("rpc_server_calls_active")).isEqualTo(1);
		return held;
	}

	private void staysUpWithoutTheRegistry(OperatedProcess provider, OperatedProcess consumer) {
		this.etcd.stop();
		await(() -> assertThat(consumer.get("/actuator/rpc").at("registry/applications/orders/state"))
			.isEqualTo("STALE"));
		await(() -> assertThat(consumer.scraped("rpc_discovery_stale", "rpc_application=\"orders\"")).isEqualTo(1));
		assertThat(consumer.get("/actuator/health/rpcRegistry").at("details/discovery/states/STALE")).isEqualTo("1");
		for (OperatedProcess process : List.of(provider, consumer)) {
			assertStatus(process, "health", 200, "UP");
			assertStatus(process, "health/readiness", 200, "UP");
			assertStatus(process, "health/rpcRegistry", 200, "UP");
		}
		assertStatus(consumer, "health/rpcReferences", 200, "UP");
		assertThat(consumer.get("/call").body()).as("the last set serves").hasSize(TRACE.length());
		this.etcd.start();
		await(() -> assertThat(consumer.get("/actuator/rpc").at("registry/applications/orders/state"))
			.isEqualTo("CURRENT"));
		await(() -> assertThat(provider.get("/actuator/health/rpcServer").at("details/registration"))
			.isEqualTo("REGISTERED"));
	}

	private static void drains(OperatedProcess provider, OperatedProcess consumer, CompletableFuture<HttpAnswer> held)
			throws InterruptedException {
		provider.signal();
		await(() -> {
			assertStatus(provider, "health/rpcServer", 503, "OUT_OF_SERVICE");
			assertThat(provider.get("/actuator/health/rpcServer").at("details/draining")).isEqualTo("true");
			assertStatus(provider, "health/readiness", 503, "OUT_OF_SERVICE");
		});
		assertStatus(provider, "health/liveness", 200, "UP");
		assertThat(provider.get("/actuator/rpc").at("server/draining")).isEqualTo("true");
		assertThat(provider.scraped("rpc_server_draining")).isEqualTo(1);
		assertThat(provider.scraped("rpc_server_calls_active")).isEqualTo(1);
		assertStatus(consumer, "health/liveness", 200, "UP");
		assertThat(held).as("the call in flight").isNotDone();
		assertThat(provider.post("/release").status()).isEqualTo(200);
		assertThat(held).succeedsWithin(Duration.ofSeconds(20)).extracting(HttpAnswer::body).isEqualTo("released");
		assertThat(provider.exitCode()).as("exit code of SIGTERM").isEqualTo(143);
		await(() -> assertThat(provider.logged("method=rpc.testing.Plain/Say status=OK "))
			.as("lines of the call that was held, in %s", provider.output())
			.satisfiesExactlyInAnyOrder((line) -> assertThat(line).contains("rpc.access", "INFO"),
					(line) -> assertThat(line).contains("rpc.slow", "WARN")));
	}

	private static void isGone(OperatedProcess consumer) {
		await(() -> {
			HttpAnswer references = consumer.get("/actuator/health/rpcReferences");
			assertThat(references.at("status")).isEqualTo("DEGRADED");
			assertThat(references.at("details/applications/orders/usable")).isEqualTo("0");
		});
		assertStatus(consumer, "health/liveness", 200, "UP");
		assertThat(consumer.get("/call").body()).startsWith("UNAVAILABLE: ");
	}

	private static void keepsItsSecrets(OperatedProcess process) {
		assertThat(process.output()).doesNotContain(OperatedApplications.TOKEN, BAD_TOKEN);
		if (process.isAlive()) {
			assertThat(process.get("/actuator/rpc").body()).doesNotContain(OperatedApplications.TOKEN, BAD_TOKEN);
			assertThat(process.get("/actuator/prometheus").body()).doesNotContain(OperatedApplications.TOKEN,
					BAD_TOKEN);
		}
	}

	private OperatedProcess provider(String[] bundle) {
		return new OperatedProcess(OperatedApplications.Provider.class,
				common(bundle, "spring.application.name=orders", "rpc.server.port=" + this.port,
						"rpc.server.address=127.0.0.1", "rpc.server.advertised.host=127.0.0.1",
						"rpc.server.shutdown.quiet-period=100ms", "rpc.server.ssl.bundle=web",
						"rpc.server.ssl.client-auth=require", "rpc.server.authentication.protect-reflection=true",
						"rpc.server.admission.defaults.max-concurrent=50", "rpc.server.admission.adaptive.enabled=true",
						"rpc.server.admission.methods.[rpc.testing.Plain/Say].max-concurrent=1",
						"rpc.server.admission.methods.[rpc.testing.Plain/Say].queue-capacity=0",
						"rpc.server.deduplication.methods=rpc.testing.Echo/Unary", "rpc.server.access-log.enabled=true",
						"rpc.server.access-log.slow-threshold=200ms", "rpc.server.mdc.enabled=true",
						"rpc.registry.instance.zone=az1",
						"management.endpoint.health.group.readiness.include=readinessState,rpcServer,rpcRegistry"));
	}

	private OperatedProcess consumer(String[] bundle) {
		String orders = "rpc.client.references.orders.";
		String stranger = "rpc.client.references.stranger.";
		return new OperatedProcess(OperatedApplications.Consumer.class,
				common(bundle, "spring.application.name=shop", "rpc.client.defaults.ssl.bundle=mesh",
						orders + "timeout=7s", orders + "credentials.type=bearer",
						orders + "credentials.token=" + OperatedApplications.TOKEN,
						orders + "methods.[rpc.testing.Echo/Unary].deduplicated=true",
						orders + "methods.[rpc.testing.Plain/Say].timeout=60s",
						stranger + "addresses=127.0.0.1:" + this.port, stranger + "authority=orders",
						stranger + "credentials.type=bearer", stranger + "credentials.token=" + BAD_TOKEN));
	}

	private String[] common(String[] bundle, String... properties) {
		return TlsScene.with(TlsScene.with(bundle, properties), "rpc.registry.etcd.endpoints=" + this.etcd.endpoint(),
				"rpc.registry.namespace=" + this.namespace, "rpc.registry.etcd.lease-ttl=5s",
				"rpc.registry.snapshot.directory=" + this.directory.resolve("snapshots"),
				"management.endpoints.web.exposure.include=health,rpc,prometheus",
				"management.endpoint.health.show-details=always", "management.endpoint.rpc.show-values=always",
				"management.tracing.sampling.probability=1.0");
	}

	private static void assertStatus(OperatedProcess process, String path, int http, String status) {
		HttpAnswer answer = process.get("/actuator/" + path);
		assertThat(answer.at("status")).as("%s: %s", path, answer).isEqualTo(status);
		assertThat(answer.status()).as(path).isEqualTo(http);
	}

	/**
	 * Waits for long enough that two processes start on a busy machine.
	 */
	private static void await(ThrowingRunnable assertion) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(assertion);
	}

}
