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

package io.rpcboot.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.RpcServerSettings.OnBlock;
import io.rpcboot.server.admission.AdmissionSettings;
import io.rpcboot.server.admission.CallerIdentity;
import io.rpcboot.server.connection.ConnectionSettings;
import io.rpcboot.server.stream.StreamSettings;
import io.rpcboot.testing.EchoClient;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

/**
 * A real server on a random loopback port, without an application context: the test tells
 * it what the context would.
 */
final class TestServer implements AutoCloseable {

	/** What the properties say by default. */
	static final AdmissionSettings UNLIMITED = new AdmissionSettings(false, AdmissionSettings.Limit.NONE, Map.of(),
			Map.of(), new AdmissionSettings.Adaptive(false, 20, 200, 0.9, Duration.ofMillis(20)),
			new AdmissionSettings.Callers(Map.of(), null, 10_000, CallerIdentity.BY_HEADER));

	/** What the properties say by default. */
	static final ConnectionSettings CONNECTIONS = new ConnectionSettings(10_000, 1000, Duration.ofSeconds(10),
			Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(60), 10_000, Duration.ofSeconds(5));

	/** The whole suite runs through either dispatch. */
	private static final String DISPATCH = System.getProperty("rpc.server.dispatch", "one-hop");

	private final List<Object> events = new CopyOnWriteArrayList<>();

	private final List<Boolean> readiness = new CopyOnWriteArrayList<>();

	private final RpcServerLifecycle lifecycle;

	private final Runnable onReadiness;

	private TestServer(Builder builder) {
		this.onReadiness = builder.onReadiness;
		this.lifecycle = new RpcServerLifecycle(builder.settings(), builder.beans, builder.customizers,
				builder.registry, this::publishReadiness, this.events::add, builder.nanoTime);
	}

	static Builder with(Object... beans) {
		StaticListableBeanFactory factory = new StaticListableBeanFactory();
		for (Object bean : beans) {
			factory.addBean("bean" + factory.getBeanDefinitionCount(), bean);
		}
		return in(factory);
	}

	/**
	 * Serves the beans of a factory.
	 */
	static Builder in(ListableBeanFactory beans) {
		return new Builder(beans);
	}

	/**
	 * Tells that the application accepts traffic or does not, as its readiness would.
	 */
	TestServer accepting(boolean accepting) {
		this.lifecycle.acceptingTraffic(accepting);
		return this;
	}

	RpcServerLifecycle lifecycle() {
		return this.lifecycle;
	}

	EchoClient client() {
		return new EchoClient(this.lifecycle.port());
	}

	/**
	 * Returns what the server published as application events.
	 */
	List<Object> events() {
		return this.events;
	}

	/**
	 * Returns what the server published as the application's readiness.
	 */
	List<Boolean> readiness() {
		return this.readiness;
	}

	@Override
	public void close() {
		this.lifecycle.stop();
	}

	private void publishReadiness(boolean accepting) {
		this.readiness.add(accepting);
		this.onReadiness.run();
		this.lifecycle.acceptingTraffic(accepting);
	}

	/**
	 * How the server is to be; by default it drains at once.
	 */
	static final class Builder {

		private final ListableBeanFactory beans;

		private final List<RpcServerCustomizer> customizers = new ArrayList<>();

		private RpcServerSettings.Shutdown shutdown = new RpcServerSettings.Shutdown(Duration.ZERO,
				Duration.ofSeconds(10), Duration.ofSeconds(30));

		private RpcServerSettings.Pool pool = new RpcServerSettings.Pool(8, 100);

		private Dispatch dispatch = Dispatch.valueOf(DISPATCH.toUpperCase(Locale.ROOT).replace('-', '_'));

		private RpcServerSettings.NonBlockingServices nonBlocking = new RpcServerSettings.NonBlockingServices(
				Duration.ofMillis(20), OnBlock.WARN);

		private RpcServerSettings.Advertised advertised = new RpcServerSettings.Advertised(null, null, List.of(), true);

		private StreamSettings streams = new StreamSettings(new StreamSettings.Limits(null, null, null, 0), Map.of());

		private RpcServerSettings.Deduplication deduplication = new RpcServerSettings.Deduplication(List.of(),
				List.of(), 64 << 20, Duration.ofSeconds(60), Duration.ofSeconds(60));

		private String address = "127.0.0.1";

		private int port;

		private boolean reflection = true;

		private RpcServerSettings.Executors executors = new RpcServerSettings.Executors(Map.of(), Map.of());

		private AdmissionSettings admission = UNLIMITED;

		private ConnectionSettings connections = CONNECTIONS;

		private String application = "echo";

		private @Nullable ServiceRegistry registry;

		private LongSupplier nanoTime = System::nanoTime;

		private Runnable onReadiness = () -> {
		};

		private Builder(ListableBeanFactory beans) {
			this.beans = beans;
		}

		Builder shutdown(Duration quietPeriod, Duration quietPeriodMax, Duration gracePeriod) {
			this.shutdown = new RpcServerSettings.Shutdown(quietPeriod, quietPeriodMax, gracePeriod);
			return this;
		}

		Builder pool(int threads, int queueCapacity) {
			this.pool = new RpcServerSettings.Pool(threads, queueCapacity);
			return this;
		}

		Builder dispatch(Dispatch newDispatch) {
			this.dispatch = newDispatch;
			return this;
		}

		Builder onBlock(OnBlock onBlock) {
			this.nonBlocking = new RpcServerSettings.NonBlockingServices(this.nonBlocking.maxDelay(), onBlock);
			return this;
		}

		Builder executors(Map<String, RpcServerSettings.Pool> pools, Map<String, String> services) {
			this.executors = new RpcServerSettings.Executors(pools, services);
			return this;
		}

		Builder admission(AdmissionSettings newAdmission) {
			this.admission = newAdmission;
			return this;
		}

		Builder connections(ConnectionSettings newConnections) {
			this.connections = newConnections;
			return this;
		}

		Builder advertised(RpcServerSettings.Advertised newAdvertised) {
			this.advertised = newAdvertised;
			return this;
		}

		Builder streams(StreamSettings.Limits limits) {
			this.streams = new StreamSettings(limits, Map.of());
			return this;
		}

		Builder deduplication(RpcServerSettings.Deduplication newDeduplication) {
			this.deduplication = newDeduplication;
			return this;
		}

		Builder address(String newAddress) {
			this.address = newAddress;
			return this;
		}

		Builder port(int newPort) {
			this.port = newPort;
			return this;
		}

		Builder application(String newApplication) {
			this.application = newApplication;
			return this;
		}

		Builder registry(ServiceRegistry newRegistry) {
			this.registry = newRegistry;
			return this;
		}

		Builder reflection(boolean newReflection) {
			this.reflection = newReflection;
			return this;
		}

		Builder nanoTime(LongSupplier newNanoTime) {
			this.nanoTime = newNanoTime;
			return this;
		}

		/**
		 * Sets what a listener of the application's readiness does.
		 */
		Builder onReadiness(Runnable newOnReadiness) {
			this.onReadiness = newOnReadiness;
			return this;
		}

		Builder customizer(RpcServerCustomizer customizer) {
			this.customizers.add(customizer);
			return this;
		}

		TestServer build() {
			return new TestServer(this);
		}

		/**
		 * Listens, and accepts traffic.
		 */
		TestServer start() {
			TestServer server = build();
			server.lifecycle.start();
			return server.accepting(true);
		}

		private RpcServerSettings settings() {
			return new RpcServerSettings(this.address, this.port, true, this.reflection, this.dispatch, this.pool, null,
					this.nonBlocking, this.shutdown,
					new RpcServerSettings.Instance(this.application, 100, "az1", "1.4.2", Map.of("lane", "blue"),
							Map.of("team", "payments")),
					this.advertised, this.streams, this.deduplication, this.executors, this.admission,
					this.connections);
		}

	}

}
