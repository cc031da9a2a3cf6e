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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdStore;
import io.rpcboot.testing.etcd.EtcdTest;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two processes with all that there is to operate them: client certificates, tokens,
 * limits, rates, deduplication, hedging, throttling, fallbacks, subsets, access log,
 * meters, traces, the endpoint and health. What they tell is read as a platform reads it,
 * in each phase of the life of the one that serves.
 */
@EtcdTest
class OperatedSystemIT {

	private static final String[] SECRETS = { OperatedApplications.TOKEN, OperatedApplications.BATCH_TOKEN,
			OperatedApplications.CLERKS_PASSWORD, OperatedPair.BAD_TOKEN };

	private final EtcdServer etcd;

	@TempDir
	private Path directory;

	OperatedSystemIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@Test
	void whatTwoProcessesTellOfThemselvesIsRightInEachPhaseOfTheirLife() throws Exception {
		this.etcd.stop();
		try (OperatedPair pair = new OperatedPair(this.etcd.endpoint(), this.directory)) {
			starts(pair);
			serves(pair);
			new OperatedCalls(pair).areToldOf();
			tellsOfItsPeers(pair);
			OperatedProtection protection = new OperatedProtection(pair);
			protection.works();
			stopsAndStartsAgain(pair);
			CompletableFuture<HttpAnswer> held = protection.holdsOneCallAndRefusesTheNext();
			staysUpWithoutTheRegistry(pair);
			drains(pair, held);
			isGone(pair);
			pair.both().forEach(OperatedSystemIT::keepsItsSecrets);
		}
	}

	/**
	 * It listens before it is ready, and is ready before it is registered: etcd is away.
	 */
	private void starts(OperatedPair pair) {
		await(() -> {
			assertThat(pair.provider().get("/actuator/health/rpcServer").at("details/port"))
				.as("%s", pair.provider().output())
				.isEqualTo(String.valueOf(pair.port()));
			assertStatus(pair.provider(), "health/readiness", 503, "OUT_OF_SERVICE");
		});
		assertThat(pair.health().of("")).isEqualTo("NOT_SERVING");
		// HTTP answers before Boot has said that the application is alive.
		await(() -> assertStatus(pair.provider(), "health/liveness", 200, "UP"));
		assertThat(pair.provider().get("/actuator/rpc").at("server/registration/state")).isNotEqualTo("REGISTERED");
		assertThat(pair.provider().post("/ready").status()).isEqualTo(200);
		await(() -> assertStatus(pair.provider(), "health/readiness", 200, "UP"));
		await(() -> assertStatus(pair.provider(), "health", 200, "UP"));
		assertThat(pair.provider().get("/actuator/health/rpcServer").at("details/registration")).isEqualTo("PENDING");
		await(() -> assertThat(pair.consumer().get("/actuator/health/rpcReferences").at("status"))
			.isEqualTo("DEGRADED"));
		assertThat(pair.consumer().get("/call").body()).startsWith("UNAVAILABLE: ");
		this.etcd.start();
	}

	private void serves(OperatedPair pair) {
		await(() -> assertThat(pair.provider().get("/actuator/health/rpcServer").at("details/registration"))
			.isEqualTo("REGISTERED"));
		// It is up as soon as it connects to somebody.
		await(() -> assertStatus(pair.consumer(), "health/rpcReferences", 200, "UP"));
		await(() -> assertThat(
				pair.consumer().get("/actuator/health/rpcReferences").at("details/applications/orders/usable"))
			.isEqualTo("1"));
		for (OperatedProcess process : pair.both()) {
			assertStatus(process, "health", 200, "UP");
			assertStatus(process, "health/readiness", 200, "UP");
			assertStatus(process, "health/rpcRegistry", 200, "UP");
		}
		assertThat(pair.provider().scraped("rpc_registration_registered")).isEqualTo(1);
		await(() -> assertThat(pair.health().of("")).isEqualTo("SERVING"));
		await(() -> assertThat(pair.health().of("front")).as("a health group").isEqualTo("SERVING"));
		await(() -> assertThat(snapshots(pair)).as("snapshots").isPositive());
		try (EtcdStore store = new EtcdStore(this.etcd.endpoint())) {
			await(() -> assertThat(store.all(pair.consumers())).as("consumers, for subsets").hasSize(1));
		}
	}

	private static void tellsOfItsPeers(OperatedPair pair) {
		HttpAnswer served = pair.provider().get("/actuator/rpc");
		assertThat(served.at("server/port")).isEqualTo(String.valueOf(pair.port()));
		assertThat(served.at("server/draining")).isEqualTo("false");
		assertThat(served.at("server/registration/instance/state")).isEqualTo("UP");
		assertThat(served.at("server/registration/instance/zone")).isEqualTo("az1");
		assertThat(served.at("server/services")).contains("\"rpc.testing.Echo\"", "\"rpc.testing.Plain\"",
				"\"SERVING\"", "\"ServerStream\"", "\"grpc.reflection.v1.ServerReflection\"");
		assertThat(pair.consumer().get("/actuator/rpc").at("server")).isNull();
		assertThat(pair.consumer().get("/actuator/rpc").at("registry/applications/orders/state")).isEqualTo("CURRENT");
		HttpAnswer called = pair.consumer().get("/actuator/rpc/orders");
		assertThat(called.at("application")).isEqualTo("orders");
		assertThat(called.at("injected/0/settings/subset.enabled/value")).isEqualTo("true");
		String timeout = "injected/0/settings/timeout/";
		assertThat(called.at(timeout + "value")).isEqualTo("7s");
		assertThat(called.at(timeout + "origin")).isEqualTo("rpc.client.references[orders].timeout");
		assertThat(called.at(timeout + "source")).contains("commandLineArgs");
		String instance = "channels/0/instances/0/";
		assertThat(called.at(instance + "instance/id")).isEqualTo(served.at("server/registration/instance/id"));
		assertThat(called.at(instance + "instance/address")).endsWith(":" + pair.port());
		assertThat(called.at(instance + "instance/state")).isEqualTo("UP");
		assertThat(called.at(instance + "connection")).isEqualTo("READY");
		assertThat(called.at(instance + "candidate")).isEqualTo("true");
	}

	/**
	 * The server is stopped, and the process lives: this takes nothing from its health
	 * but what it serves.
	 */
	private static void stopsAndStartsAgain(OperatedPair pair) {
		assertThat(pair.provider().post("/stop").status()).isEqualTo(200);
		assertStatus(pair.provider(), "health/rpcServer", 503, "OUT_OF_SERVICE");
		assertThat(pair.provider().get("/actuator/health/rpcServer").at("details/server")).isEqualTo("does not listen");
		assertStatus(pair.provider(), "health/rpcRegistry", 200, "UP");
		assertStatus(pair.provider(), "health/liveness", 200, "UP");
		assertThat(pair.provider().get("/actuator/rpc").at("server")).isNull();
		assertThat(pair.health().of("")).as("who listens").isEqualTo("UNAVAILABLE");
		await(() -> assertStatus(pair.consumer(), "health/rpcReferences", 200, "DEGRADED"));
		assertThat(pair.provider().post("/start").status()).isEqualTo(200);
		await(() -> assertThat(pair.provider().get("/actuator/health/rpcServer").at("details/registration"))
			.isEqualTo("REGISTERED"));
		assertStatus(pair.provider(), "health/rpcServer", 200, "UP");
		await(() -> assertThat(pair.health().of("")).isEqualTo("SERVING"));
		await(() -> assertStatus(pair.consumer(), "health/rpcReferences", 200, "UP"));
	}

	private void staysUpWithoutTheRegistry(OperatedPair pair) {
		this.etcd.stop();
		await(() -> assertThat(pair.consumer().get("/actuator/rpc").at("registry/applications/orders/state"))
			.isEqualTo("STALE"));
		await(() -> assertThat(pair.consumer().scraped("rpc_discovery_stale", "rpc_application=\"orders\""))
			.isEqualTo(1));
		assertThat(pair.consumer().get("/actuator/health/rpcRegistry").at("details/discovery/states/STALE"))
			.isEqualTo("1");
		for (OperatedProcess process : pair.both()) {
			assertStatus(process, "health", 200, "UP");
			assertStatus(process, "health/readiness", 200, "UP");
			assertStatus(process, "health/rpcRegistry", 200, "UP");
		}
		await(() -> assertThat(pair.health().of("")).isEqualTo("SERVING"));
		assertStatus(pair.consumer(), "health/rpcReferences", 200, "UP");
		assertThat(pair.consumer().get("/call").body()).as("the last set serves").hasSize(OperatedCalls.TRACE.length());
		this.etcd.start();
		await(() -> assertThat(pair.consumer().get("/actuator/rpc").at("registry/applications/orders/state"))
			.isEqualTo("CURRENT"));
		await(() -> assertThat(pair.provider().get("/actuator/health/rpcServer").at("details/registration"))
			.isEqualTo("REGISTERED"));
	}

	private static void drains(OperatedPair pair, CompletableFuture<HttpAnswer> held) throws InterruptedException {
		List<String> watched = pair.health().watched();
		await(() -> assertThat(watched).containsExactly("SERVING"));
		pair.provider().signal();
		await(() -> assertThat(watched).startsWith("SERVING", "NOT_SERVING"));
		await(() -> {
			assertStatus(pair.provider(), "health/rpcServer", 503, "OUT_OF_SERVICE");
			assertThat(pair.provider().get("/actuator/health/rpcServer").at("details/draining")).isEqualTo("true");
			assertStatus(pair.provider(), "health/readiness", 503, "OUT_OF_SERVICE");
		});
		assertStatus(pair.provider(), "health/liveness", 200, "UP");
		assertThat(pair.provider().get("/actuator/rpc").at("server/draining")).isEqualTo("true");
		assertThat(pair.provider().scraped("rpc_server_draining")).isEqualTo(1);
		assertThat(pair.provider().scraped("rpc_server_calls_active")).isEqualTo(1);
		assertStatus(pair.consumer(), "health/liveness", 200, "UP");
		assertThat(held).as("the call in flight").isNotDone();
		assertThat(pair.provider().post("/release").status()).isEqualTo(200);
		assertThat(held).succeedsWithin(Duration.ofSeconds(20)).extracting(HttpAnswer::body).isEqualTo("released");
		assertThat(pair.provider().exitCode()).as("exit code of SIGTERM").isEqualTo(143);
		await(() -> assertThat(pair.provider().logged("method=rpc.testing.Plain/Say status=OK "))
			.as("lines of the call that was held, in %s", pair.provider().output())
			.satisfiesExactlyInAnyOrder((line) -> assertThat(line).contains("rpc.access", "INFO"),
					(line) -> assertThat(line).contains("rpc.slow", "WARN")));
	}

	private static void isGone(OperatedPair pair) {
		assertThat(pair.health().of("")).as("who listens").isEqualTo("UNAVAILABLE");
		await(() -> {
			HttpAnswer references = pair.consumer().get("/actuator/health/rpcReferences");
			assertThat(references.at("status")).isEqualTo("DEGRADED");
			assertThat(references.at("details/applications/orders/usable")).isEqualTo("0");
		});
		assertStatus(pair.consumer(), "health/liveness", 200, "UP");
		assertThat(pair.consumer().get("/call").body()).startsWith("UNAVAILABLE: ");
	}

	private static void keepsItsSecrets(OperatedProcess process) {
		assertThat(process.output()).doesNotContain(SECRETS);
		if (process.isAlive()) {
			assertThat(process.get("/actuator/rpc").body()).doesNotContain(SECRETS);
			assertThat(process.get("/actuator/prometheus").body()).doesNotContain(SECRETS);
		}
	}

	private static long snapshots(OperatedPair pair) throws IOException {
		try (Stream<Path> files = Files.walk(pair.snapshots())) {
			return files.filter(Files::isRegularFile).count();
		}
	}

	private static void assertStatus(OperatedProcess process, String path, int http, String status) {
		OperatedPair.assertStatus(process, path, http, status);
	}

	private static void await(ThrowingRunnable assertion) {
		OperatedPair.await(assertion);
	}

}
