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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

import io.etcd.jetcd.KeyValue;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.actuate.RpcRegistryHealthIndicator;
import io.rpcboot.autoconfigure.RpcHealthContributorAutoConfiguration;
import io.rpcboot.client.RpcReference;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.testing.ChildJvm;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdStore;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Providers of the application {@code echo} and a consumer, all of them whole
 * applications on one etcd under a namespace and with a snapshot of their own, with
 * callers that call all the time, and with listeners to what the consumer discovers.
 */
final class EchoScene implements AutoCloseable {

	private static final Duration START_LIMIT = Duration.ofSeconds(20);

	private final String namespace = "fault-" + UUID.randomUUID();

	private final Path snapshots = temporaryDirectory();

	private final Map<String, ConfigurableApplicationContext> providers = new LinkedHashMap<>();

	private final List<ChildJvm> processes = new ArrayList<>();

	private final List<String> endpoints;

	private final Duration leaseTtl;

	private EtcdStore store;

	private int newsCount;

	private @Nullable ConfigurableApplicationContext consumer;

	private @Nullable Discovered discovered;

	private @Nullable Discovered news;

	private @Nullable EchoCallers callers;

	EchoScene(List<String> endpoints, Duration leaseTtl) {
		this.endpoints = endpoints;
		this.leaseTtl = leaseTtl;
		this.store = new EtcdStore(endpoints.get(0));
	}

	/** Starts a provider in this JVM; it need not be registered when this returns. */
	ConfigurableApplicationContext provider(String name) {
		ConfigurableApplicationContext application = RpcApplications.run(EchoProvider.class, properties(name));
		this.providers.put(name, application);
		return application;
	}

	/** Starts a provider as a process, and returns when it is registered. */
	ChildJvm providerProcess(String name) {
		ChildJvm process = ChildJvm.start(EchoProvider.class, List.of(properties(name)));
		this.processes.add(process);
		process.awaitLine("Registered echo");
		return process;
	}

	EchoGrpc.EchoBlockingStub consumer() {
		return consumer(this.endpoints);
	}

	EchoGrpc.EchoBlockingStub consumer(List<String> seenEndpoints) {
		ConfigurableApplicationContext application = RpcApplications.run(Consumer.class,
				"spring.application.name=consumer", namespaceProperty(), endpointsProperty(seenEndpoints),
				leaseTtlProperty(), "rpc.registry.snapshot.directory=" + this.snapshots);
		this.consumer = application;
		this.discovered = watch("echo");
		this.news = watch("news");
		return application.getBean(Caller.class).echo();
	}

	/** Lets a consumer discover all providers and end; its snapshot stays. */
	void earlierRun() {
		consumer();
		Awaitility.await().atMost(START_LIMIT).until(this::isWell);
		started(this.consumer, "consumer").close();
	}

	/** Returns what the consumer's health says of the set of {@code echo}. */
	@Nullable Object discoveryState() {
		Health health = started(this.consumer, "consumer").getBean(RpcRegistryHealthIndicator.class).health();
		return assertThat((Object) health.getDetails()).extracting("discovery.applications.echo.state").actual();
	}

	/** Watches an application through the consumer's registry. */
	Discovered watch(String application) {
		ServiceDiscovery discovery = started(this.consumer, "consumer").getBean(ServiceDiscovery.class);
		return new Discovered(discovery, application, prefix(application));
	}

	/** Begins to call, and returns when all is well and everybody was called. */
	EchoCallers callers(EchoGrpc.EchoBlockingStub echo, String... servers) {
		echo.withWaitForReady().unary(Ping.getDefaultInstance());
		Awaitility.await().atMost(START_LIMIT).until(this::isWell);
		return callersAtOnce(echo, servers);
	}

	/** Begins to call, whether all is well or not, and returns when all were called. */
	EchoCallers callersAtOnce(EchoGrpc.EchoBlockingStub echo, String... servers) {
		EchoCallers started = new EchoCallers(echo);
		this.callers = started;
		started.start();
		Awaitility.await()
			.atMost(START_LIMIT)
			.until(() -> List.of(servers).stream().allMatch((server) -> started.answers(server) > 0));
		return started;
	}

	/** Starts providers and a consumer that calls them. */
	EchoCallers play(String... servers) {
		for (String server : servers) {
			provider(server);
		}
		return callers(consumer(), servers);
	}

	/**
	 * Waits, for three times the bound, until all providers are registered, the consumer
	 * knows exactly what etcd holds, and sees what is new. From the first call until then
	 * none may have failed; the callers stop.
	 */
	void recovers(Duration bound, String fault) {
		recoversSoFar(bound, fault);
		noCallFailed(fault);
	}

	/** Does the same, and the callers go on. */
	void recoversSoFar(Duration bound, String fault) {
		Measured.within(bound, fault + ": registered and resolved", newsAnd(this::isWell));
	}

	/** Stops the callers, none of which may have failed. */
	void noCallFailed(String fault) {
		EchoCallers current = started(this.callers, "callers");
		current.stop();
		Measured.note(fault + ": " + current.failures().size() + " of "
				+ (current.answers() + current.failures().size()) + " calls failed");
		assertThat(current.failureCounts()).as("failed calls").isEmpty();
	}

	/** Whether all providers are registered and the consumer knows what etcd holds. */
	boolean isWell() {
		return isRegistered() && knowsTheStore();
	}

	boolean isRegistered() {
		SortedMap<String, String> records = records();
		return this.providers.values().stream().allMatch((provider) -> isRegistered(provider, records));
	}

	/** Whether the consumer's last set is exactly what etcd holds. */
	boolean knowsTheStore() {
		return knows("echo", discovered());
	}

	/** Whether the last set of a watch is exactly what etcd holds. */
	boolean knows(String application, Discovered watched) {
		return this.store.all(prefix(application)).equals(watched.records());
	}

	/** Whether all providers answer health calls with SERVING. */
	boolean isServing() {
		return this.providers.values().stream().allMatch((provider) -> {
			try (EchoClient client = new EchoClient(RpcApplications.port(provider))) {
				return client.health("") == ServingStatus.SERVING;
			}
		});
	}

	Discovered discovered() {
		return started(this.discovered, "consumer");
	}

	/** Returns the key of a provider, registered now. */
	String key(String name) {
		String address = address(started(this.providers.get(name), "provider " + name));
		return records().entrySet()
			.stream()
			.filter((record) -> record.getValue().contains(address))
			.map(Map.Entry::getKey)
			.findFirst()
			.orElseThrow();
	}

	KeyValue record(String name) {
		return this.store.existing(key(name));
	}

	/** Returns what etcd holds of {@code echo}. */
	SortedMap<String, String> records() {
		return this.store.all(prefix("echo"));
	}

	String prefix(String application) {
		return "/rpc/" + this.namespace + "/" + application + "/";
	}

	String namespace() {
		return this.namespace;
	}

	EtcdStore store() {
		return this.store;
	}

	/** Reads and writes through another store, which ends with the scene. */
	void useStore(EtcdStore newStore) {
		this.store.close();
		this.store = newStore;
	}

	/** Makes the store dial anew, which an outage may have taught to wait. */
	void reconnectStore() {
		this.store.close();
	}

	@Override
	public void close() {
		if (this.callers != null) {
			this.callers.close();
		}
		this.processes.forEach(ChildJvm::close);
		if (this.consumer != null) {
			this.consumer.close();
		}
		this.providers.values().forEach(ConfigurableApplicationContext::close);
		this.store.close();
		try {
			FileSystemUtils.deleteRecursively(this.snapshots);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** A set that did not change proves nothing: something new must be seen as well. */
	private Callable<Boolean> newsAnd(Callable<Boolean> condition) {
		String id = "news-" + this.newsCount++;
		String value = ServiceInstanceJson.write(ServiceInstance.of(id, "news", "10.0.0.1", this.newsCount));
		AtomicBoolean written = new AtomicBoolean();
		return () -> {
			// May fail while etcd elects a leader, and is then tried again.
			if (!written.get()) {
				this.store.put(prefix("news") + id, value);
				written.set(true);
			}
			return condition.call() && knows("news", started(this.news, "consumer"));
		};
	}

	private boolean isRegistered(ConfigurableApplicationContext provider, SortedMap<String, String> records) {
		return provider.getBean(RpcServerLifecycle.class).registration() == RegistrationState.REGISTERED
				&& records.values().stream().anyMatch((record) -> record.contains(address(provider)));
	}

	private static <T> T started(@Nullable T part, String what) {
		if (part == null) {
			throw new IllegalStateException(what + ": none (expected: started)");
		}
		return part;
	}

	private String[] properties(String name) {
		return new String[] { "spring.application.name=echo", "echo.name=" + name, namespaceProperty(),
				endpointsProperty(this.endpoints), leaseTtlProperty() };
	}

	private String leaseTtlProperty() {
		return "rpc.registry.etcd.lease-ttl=" + this.leaseTtl.toSeconds() + "s";
	}

	private String namespaceProperty() {
		return "rpc.registry.namespace=" + this.namespace;
	}

	private static String endpointsProperty(List<String> endpoints) {
		return "rpc.registry.etcd.endpoints=" + String.join(",", endpoints);
	}

	private static Path temporaryDirectory() {
		try {
			return Files.createTempDirectory("snapshots");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String address(ConfigurableApplicationContext provider) {
		return "\"127.0.0.1:" + RpcApplications.port(provider) + "\"";
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RpcHealthContributorAutoConfiguration.class)
	static class Consumer {

		@Bean
		Caller caller(@RpcReference("echo") EchoGrpc.EchoBlockingStub echo) {
			return new Caller(echo);
		}

	}

	record Caller(EchoGrpc.EchoBlockingStub echo) {

	}

}
