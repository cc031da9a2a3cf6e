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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import io.rpcboot.testing.LoopbackPorts;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The two processes of {@link OperatedSystemIT}, with every feature on that can be
 * switched.
 */
final class OperatedPair implements AutoCloseable {

	static final String BAD_TOKEN = "stolen-token";

	private final String namespace = "operated-" + UUID.randomUUID();

	private final int port = LoopbackPorts.free();

	private final String registry;

	private final Path directory;

	private final OperatedProcess provider;

	private final OperatedProcess consumer;

	private final OperatedHealth health;

	OperatedPair(String registry, Path directory) {
		this.registry = registry;
		this.directory = directory;
		TestCertificates authority = TestCertificates.createIn(directory.resolve("authority"));
		PemFiles client = authority.client("client");
		this.provider = provider(TlsScene.bundle("web", authority.authority(), authority.named("server", "orders")));
		this.consumer = consumer(TlsScene.bundle("mesh", authority.authority(), client));
		this.health = new OperatedHealth(this.port, authority.authority(), client);
	}

	OperatedProcess provider() {
		return this.provider;
	}

	OperatedProcess consumer() {
		return this.consumer;
	}

	/**
	 * Returns what {@code grpc.health.v1} of the provider says.
	 */
	OperatedHealth health() {
		return this.health;
	}

	List<OperatedProcess> both() {
		return List.of(this.provider, this.consumer);
	}

	/**
	 * Returns where the provider serves.
	 */
	int port() {
		return this.port;
	}

	Path snapshots() {
		return this.directory.resolve("snapshots");
	}

	/**
	 * Returns what the consumers of the provider have in etcd in front of their keys.
	 */
	String consumers() {
		return "/rpc/" + this.namespace + "/.consumers/orders/";
	}

	@Override
	public void close() {
		this.consumer.close();
		this.provider.close();
	}

	static void assertStatus(OperatedProcess process, String path, int http, String status) {
		HttpAnswer answer = process.get("/actuator/" + path);
		assertThat(answer.at("status")).as("%s: %s", path, answer).isEqualTo(status);
		assertThat(answer.status()).as(path).isEqualTo(http);
	}

	/**
	 * Waits for long enough that two processes start on a busy machine.
	 */
	static void await(ThrowingRunnable assertion) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(assertion);
	}

	private OperatedProcess provider(String[] bundle) {
		return new OperatedProcess(OperatedProvider.Application.class, common(bundle, "spring.application.name=orders",
				"rpc.server.port=" + this.port, "rpc.server.address=127.0.0.1", "rpc.server.advertised.host=127.0.0.1",
				"rpc.server.shutdown.quiet-period=100ms", "rpc.server.ssl.bundle=web",
				"rpc.server.ssl.client-auth=require", "rpc.server.authentication.protect-reflection=true",
				"rpc.server.authentication.x509.enabled=true", "rpc.server.admission.defaults.max-concurrent=50",
				"rpc.server.admission.adaptive.enabled=true",
				"rpc.server.admission.methods.[rpc.testing.Plain/Say].max-concurrent=1",
				"rpc.server.admission.methods.[rpc.testing.Plain/Say].queue-capacity=0",
				"rpc.server.admission.callers.named.batch.rate=0.01",
				"rpc.server.admission.callers.named.batch.burst=1", "rpc.server.executors.reports.threads=2",
				"rpc.server.services.[rpc.testing.Plain].executor=reports",
				"rpc.server.streams.methods.[rpc.testing.Echo/ServerStream].max-age=1s",
				"rpc.server.deduplication.methods=rpc.testing.Echo/Unary", "rpc.server.access-log.enabled=true",
				"rpc.server.access-log.slow-threshold=200ms", "rpc.server.mdc.enabled=true",
				"rpc.registry.instance.zone=az1", "rpc.health.services.front=readiness", "rpc.health.interval=200ms",
				"management.endpoint.health.group.readiness.include=readinessState,rpcServer,rpcRegistry"));
	}

	private OperatedProcess consumer(String[] bundle) {
		String orders = "rpc.client.references.orders.";
		String direct = "127.0.0.1:" + this.port;
		List<String[]> parts = List.of(
				common(bundle, "spring.application.name=shop", "rpc.client.defaults.ssl.bundle=mesh",
						"rpc.client.subset.enabled=true", orders + "timeout=7s"),
				new String[] { orders + "credentials.type=bearer",
						orders + "credentials.token=" + OperatedApplications.TOKEN,
						orders + "methods.[rpc.testing.Echo/Unary].deduplicated=true",
						orders + "methods.[rpc.testing.Plain/Say].timeout=60s" },
				direct("stranger", direct, BAD_TOKEN, "methods.[rpc.testing.Plain/Say].fallback.bean=instead",
						"methods.[rpc.testing.Plain/Say].fallback.statuses=unauthenticated"),
				direct("pair", direct + ",localhost:" + this.port, OperatedApplications.TOKEN, "idempotent=true",
						"hedging.enabled=true", "hedging.max-extra-percent=100"),
				direct("batch", direct, OperatedApplications.BATCH_TOKEN, "retry.max-attempts=1",
						"throttling.enabled=true"),
				direct("certified", direct, null), direct("desk", direct, null, "credentials.type=basic",
						"credentials.username=clerk", "credentials.password=" + OperatedApplications.CLERKS_PASSWORD));
		return new OperatedProcess(OperatedConsumer.Application.class,
				parts.stream().flatMap(Stream::of).toArray(String[]::new));
	}

	/**
	 * The properties of a reference to the provider that goes without the registry.
	 */
	private static String[] direct(String name, String addresses, @Nullable String token, String... more) {
		String reference = "rpc.client.references." + name + ".";
		List<String> properties = new ArrayList<>(List.of("addresses=" + addresses, "authority=orders"));
		if (token != null) {
			properties.addAll(List.of("credentials.type=bearer", "credentials.token=" + token));
		}
		properties.addAll(List.of(more));
		return properties.stream().map(reference::concat).toArray(String[]::new);
	}

	private String[] common(String[] bundle, String... properties) {
		return TlsScene.with(TlsScene.with(bundle, properties), "rpc.registry.etcd.endpoints=" + this.registry,
				"rpc.registry.namespace=" + this.namespace, "rpc.registry.etcd.lease-ttl=5s",
				"rpc.registry.snapshot.directory=" + snapshots(),
				"management.endpoints.web.exposure.include=health,rpc,prometheus",
				"management.endpoint.health.show-details=always", "management.endpoint.rpc.show-values=always",
				"management.tracing.sampling.probability=1.0");
	}

}
