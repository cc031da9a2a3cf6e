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

package io.rpcboot.client;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.etcd.EtcdRegistry;
import io.rpcboot.registry.etcd.EtcdSettings;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Consumers that know each other through a real etcd choose subsets that fit together.
 */
@EtcdTest
@Tag("faults")
class SubsetIT {

	private final EtcdServer etcd;

	private final String namespace = "it-" + UUID.randomUUID();

	private final List<EtcdRegistry> registries = new ArrayList<>();

	private final List<InstanceWatch> watches = new ArrayList<>();

	/** What the consumers were told last, by their position. */
	private final Map<Integer, Set<String>> subsets = new ConcurrentHashMap<>();

	private final Map<Integer, Set<String>> leaving = new ConcurrentHashMap<>();

	SubsetIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@AfterEach
	void close() {
		this.etcd.heal();
		this.registries.forEach(EtcdRegistry::close);
	}

	@Test
	void consumersShareTheInstancesEvenlyAndStayWithThemWhileEtcdIsAway() {
		provide(36);
		consume(3);
		assertThat(chosen()).allSatisfy((subset) -> assertThat(subset).hasSize(12));
		// Those who came first move slowly. Three times twelve: each instance has one.
		Awaitility.await()
			.atMost(Duration.ofSeconds(90))
			.until(() -> chosen().stream().flatMap(Set::stream).distinct().count() == 36);
		Map<Integer, Set<String>> before = Map.copyOf(this.subsets);
		this.watches.get(1).close();
		this.etcd.kill();
		this.etcd.start();
		provide(1);
		// Which is told only by what has caught up with etcd.
		await().until(() -> this.known == 37);
		assertThat(Map.copyOf(this.subsets)).isEqualTo(before);
	}

	private volatile int known;

	private void provide(int count) {
		EtcdRegistry provider = registry();
		for (int i = 0; i < count; i++) {
			String id = UUID.randomUUID().toString();
			provider.register(ServiceInstance.of(id, "demo", "10.0.0." + this.registries.size(), 1000 + i));
		}
		if (this.watches.isEmpty()) {
			Recorder all = new Recorder(-1);
			registry().watch("demo", all);
			await().until(() -> this.known == count);
		}
	}

	private void consume(int count) {
		for (int i = 0; i < count; i++) {
			this.watches.add(new SubsetDiscovery(registry(), new SubsetSettings(true, 12, Map.of())).watch("demo",
					new Recorder(i)));
			int position = i;
			await().until(() -> this.subsets.containsKey(position));
		}
	}

	private List<Set<String>> chosen() {
		return this.subsets.keySet().stream().map((position) -> {
			Set<String> ids = this.subsets.get(position);
			Set<String> going = this.leaving.get(position);
			assertThat(ids).isNotNull();
			assertThat(going).isNotNull();
			return ids.stream().filter((id) -> !going.contains(id)).collect(Collectors.toSet());
		}).toList();
	}

	private EtcdRegistry registry() {
		EtcdRegistry registry = new EtcdRegistry(new EtcdSettings(List.of(URI.create(this.etcd.endpoint())), null, null,
				this.namespace, Duration.ofSeconds(15), Duration.ofSeconds(2)));
		this.registries.add(registry);
		return registry;
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(50)).atMost(Duration.ofSeconds(20));
	}

	private final class Recorder implements InstanceListener {

		private final int position;

		Recorder(int position) {
			this.position = position;
		}

		@Override
		public void onInstances(List<ServiceInstance> instances) {
			SubsetIT.this.known = instances.size();
		}

		@Override
		public void onSubset(List<ServiceInstance> instances, Set<String> going, List<ServiceInstance> outside) {
			SubsetIT.this.leaving.put(this.position, going);
			SubsetIT.this.subsets.put(this.position,
					instances.stream().map(ServiceInstance::id).collect(Collectors.toSet()));
		}

		@Override
		public void onUnavailable(RegistryException reason) {
			// The set comes later.
		}

	}

}
