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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.GetOption;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance that is taken offline by hand and brought back, in a real etcd.
 */
@EtcdTest
class OfflineIT {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private final String namespace = "offline-" + UUID.randomUUID();

	private final EtcdServer etcd;

	OfflineIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@Test
	void whenTakenOfflineAndBroughtBackUnderLoadThenNoCallFails() {
		Seen seen = new Seen();
		try (ConfigurableApplicationContext one = provider("one");
				ConfigurableApplicationContext two = provider("two");
				ConfigurableApplicationContext consumer = run(EchoConsumer.class, "spring.application.name=consumer");
				InstanceWatch watch = consumer.getBean(ServiceDiscovery.class).watch("echo", seen);
				EchoClient direct = new EchoClient(RpcApplications.port(one))) {
			String id = id(direct);
			RpcServerLifecycle server = registered(one);
			registered(two);
			EchoLoad load = load(consumer);
			await(() -> load.calls("one") > 50 && load.calls("two") > 50);

			assertThat(server.offline()).succeedsWithin(BOUND);
			assertThat(ids()).hasSize(1).doesNotContain(id);
			await(() -> seen.latest(id) == null);
			assertThat(seen.statesOf(id)).as("before it went").endsWith(InstanceState.DRAINING);
			awaitMore(load, "two", 100);
			long calls = load.calls("one");
			awaitMore(load, "two", 100);
			assertThat(load.calls("one")).as("calls of an instance that is offline").isEqualTo(calls);
			assertThat(direct.unary("still here").code()).isEqualTo(Status.Code.OK);
			assertThat(direct.health("")).isEqualTo(ServingStatus.SERVING);

			assertThat(server.online()).succeedsWithin(BOUND);
			assertThat(server.registration()).isEqualTo(RegistrationState.REGISTERED);
			assertThat(ids()).hasSize(2).contains(id);
			await(() -> seen.latest(id) == InstanceState.UP);
			awaitMore(load, "one", 50);
			load.stop();
			assertThat(load.failures()).isEmpty();
		}
	}

	@Test
	void whenEtcdRestartsThenItStaysOffline() {
		try (ConfigurableApplicationContext one = provider("one");
				EchoClient direct = new EchoClient(RpcApplications.port(one))) {
			String id = id(direct);
			RpcServerLifecycle server = registered(one);
			assertThat(server.offline()).succeedsWithin(BOUND);
			this.etcd.restart();
			try (ConfigurableApplicationContext two = provider("two")) {
				registered(two);
				assertThat(ids()).hasSize(1).doesNotContain(id);
				assertThat(server.registration()).isEqualTo(RegistrationState.DEREGISTERED);
				server.online();
				registered(one);
				assertThat(ids()).hasSize(2).contains(id);
			}
		}
	}

	@Test
	void whenTakenOfflineDuringAnOutageThenItIsDoneInSecondsAndTheKeyGoesWithTheOutage() {
		try (ConfigurableApplicationContext one = provider("one");
				EchoClient direct = new EchoClient(RpcApplications.port(one))) {
			String id = id(direct);
			RpcServerLifecycle server = registered(one);
			this.etcd.stop();
			try {
				assertThat(server.offline()).succeedsWithin(Duration.ofSeconds(10));
				assertThat(server.registration()).isEqualTo(RegistrationState.DEREGISTERED);
				assertThat(direct.unary("still here").code()).isEqualTo(Status.Code.OK);
			}
			finally {
				this.etcd.start();
			}
			await(() -> ids().isEmpty());
			server.online();
			registered(one);
			assertThat(ids()).containsExactly(id);
		}
	}

	private ConfigurableApplicationContext provider(String name) {
		return run(EchoProvider.class, "spring.application.name=echo", "echo.name=" + name);
	}

	private ConfigurableApplicationContext run(Class<?> configuration, String... properties) {
		String[] all = new String[properties.length + 2];
		System.arraycopy(properties, 0, all, 2, properties.length);
		all[0] = "rpc.registry.etcd.endpoints=" + this.etcd.endpoint();
		all[1] = "rpc.registry.namespace=" + this.namespace;
		return RpcApplications.run(configuration, all);
	}

	/**
	 * Returns the ids that etcd holds, by a client of this test's own.
	 */
	private List<String> ids() {
		String prefix = "/rpc/" + this.namespace + "/echo/";
		try (Client client = Client.builder().endpoints(this.etcd.endpoint()).build()) {
			return client.getKVClient()
				.get(ByteSequence.from(prefix, StandardCharsets.UTF_8), GetOption.builder().isPrefix(true).build())
				.orTimeout(10, TimeUnit.SECONDS)
				.join()
				.getKvs()
				.stream()
				.map((record) -> record.getKey().toString(StandardCharsets.UTF_8).substring(prefix.length()))
				.toList();
		}
	}

	private static EchoLoad load(ConfigurableApplicationContext consumer) {
		consumer.getBean(EchoGrpc.EchoBlockingStub.class).withWaitForReady().unary(Ping.getDefaultInstance());
		EchoLoad load = consumer.getBean(EchoLoad.class);
		load.start(16);
		return load;
	}

	private static RpcServerLifecycle registered(ConfigurableApplicationContext provider) {
		RpcServerLifecycle server = provider.getBean(RpcServerLifecycle.class);
		await(() -> server.registration() == RegistrationState.REGISTERED);
		return server;
	}

	private static String id(EchoClient direct) {
		return String.valueOf(direct.unary("hello").headers().get(RpcMetadata.INSTANCE));
	}

	private static void awaitMore(EchoLoad load, String server, int calls) {
		long end = load.calls(server) + calls;
		await(() -> load.calls(server) >= end);
	}

	private static void await(BooleanSupplier condition) {
		Awaitility.await().atMost(BOUND).until(condition::getAsBoolean);
	}

	private static final class Seen implements InstanceListener {

		private final List<List<ServiceInstance>> sets = new CopyOnWriteArrayList<>();

		@Override
		public void onInstances(List<ServiceInstance> instances) {
			this.sets.add(instances);
		}

		@Override
		public void onUnavailable(RegistryException reason) {
			throw reason;
		}

		/**
		 * Returns the states in which an instance was seen, the oldest first.
		 */
		private List<InstanceState> statesOf(String id) {
			return this.sets.stream()
				.flatMap(List::stream)
				.filter((instance) -> instance.id().equals(id))
				.map(ServiceInstance::state)
				.toList();
		}

		/**
		 * Returns the state of an instance now.
		 */
		private @Nullable InstanceState latest(String id) {
			return this.sets.isEmpty() ? null
					: this.sets.get(this.sets.size() - 1)
						.stream()
						.filter((instance) -> instance.id().equals(id))
						.map(ServiceInstance::state)
						.findFirst()
						.orElse(null);
		}

	}

}
