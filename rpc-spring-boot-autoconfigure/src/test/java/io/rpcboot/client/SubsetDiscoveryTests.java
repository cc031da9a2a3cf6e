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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.rpcboot.registry.ConsumerGroup;
import io.rpcboot.registry.ConsumerGroup.Slots;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.InMemoryDiscovery;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What {@link SubsetDiscovery} tells of what it is told.
 */
class SubsetDiscoveryTests {

	private static final SubsetSettings ON = new SubsetSettings(true, 20, Map.of());

	private static final Set<Integer> TEN = IntStream.range(0, 10).boxed().collect(Collectors.toSet());

	private final GroupedDiscovery registry = new GroupedDiscovery();

	private final Told told = new Told();

	@Test
	void whenSubsetsAreOffThenAllIsToldAndNobodyJoins() {
		this.registry.set(instances(40));
		discovery(SubsetSettings.NONE).watch("demo", this.told);
		assertThat(this.told.last().inside).hasSize(40);
		assertThat(this.registry.listeners).isEmpty();
	}

	@Test
	void whenAReferenceSaysOtherwiseThenItCounts() {
		SubsetSettings settings = new SubsetSettings(true, 30, Map.of("off", new SubsetSettings.Reference(false, null),
				"small", new SubsetSettings.Reference(null, 12)));
		assertThat(settings.sizeOf("off")).isZero();
		assertThat(settings.sizeOf("small")).isEqualTo(12);
		assertThat(settings.sizeOf("demo")).isEqualTo(30);
		assertThat(new SubsetSettings(false, 30, Map.of("on", new SubsetSettings.Reference(true, null))).sizeOf("on"))
			.isEqualTo(30);
	}

	@Test
	void aSubsetOfFewerThanTwelveIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new SubsetSettings(true, 11, Map.of()))
			.withMessage("size: 11 (expected: at least 12)");
		assertThatIllegalArgumentException().isThrownBy(() -> new SubsetSettings.Reference(null, 0))
			.withMessage("size: 0 (expected: at least 12)");
	}

	@Test
	void whenTheRegistryKeepsNoConsumersThenAllIsTold() {
		InMemoryDiscovery simple = new InMemoryDiscovery();
		simple.set("demo", instances(40));
		new SubsetDiscovery(simple, ON).watch("demo", this.told);
		assertThat(this.told.last().inside).hasSize(40);
	}

	@Test
	void whenTheNumbersAreKnownThenConsumersShareTheInstancesEvenly() {
		this.registry.set(instances(40));
		List<Told> consumers = TEN.stream().map((slot) -> {
			GroupedDiscovery own = new GroupedDiscovery();
			own.set(instances(40));
			own.slots = new Slots(slot, TEN);
			Told each = new Told();
			discovery(own, ON).watch("demo", each);
			return each;
		}).toList();
		await().until(() -> consumers.stream().noneMatch((each) -> each.all.isEmpty()));
		assertThat(consumers).allSatisfy((each) -> {
			assertThat(each.last().inside).hasSize(20);
			assertThat(each.last().outside).hasSize(20);
			assertThat(each.last().leaving).isEmpty();
		});
		Map<ServiceInstance, Long> loads = consumers.stream()
			.flatMap((each) -> each.last().inside.stream())
			.collect(Collectors.groupingBy((instance) -> instance, Collectors.counting()));
		assertThat(loads.values()).allSatisfy((load) -> assertThat(load).isBetween(3L, 6L));
	}

	@Test
	void whenTheNumbersDoNotComeThenASubsetIsToldAfterASecondAllTheSame() {
		this.registry.set(instances(40));
		discovery(ON).watch("demo", this.told);
		assertThat(this.told.all).isEmpty();
		await().until(() -> !this.told.all.isEmpty());
		assertThat(this.told.last().inside).hasSize(20);
	}

	@Test
	void whenThereAreFewThenTheyAreToldWithoutTheNumbers() {
		List<String> order = Collections.synchronizedList(new ArrayList<>());
		this.registry.instances.set("many", instances(40));
		this.registry.set(instances(10));
		SubsetDiscovery discovery = discovery(ON);
		discovery.watch("many", new Noting("many", order));
		discovery.watch("demo", new Noting("few", order));
		await().untilAsserted(
				() -> assertThat(order).as("the many wait a second for the numbers").containsExactly("few", "many"));
	}

	@Test
	void whenAnInstanceIsGoneThenAnotherIsToldInItsPlace() {
		this.registry.slots = new Slots(3, TEN);
		this.registry.set(instances(40));
		discovery(ON).watch("demo", this.told);
		await().until(() -> !this.told.all.isEmpty());
		List<ServiceInstance> before = this.told.last().inside;
		this.registry.set(Stream.of(instances(40))
			.filter((instance) -> !instance.equals(before.get(0)))
			.toArray(ServiceInstance[]::new));
		await().untilAsserted(() -> assertThat(this.told.last().inside).hasSize(20)
			.doesNotContain(before.get(0))
			.containsAll(before.subList(1, 20)));
	}

	@Test
	void whenOneIsAnnouncedAgainThenTheSubsetIsToldAgain() {
		this.registry.slots = new Slots(3, TEN);
		this.registry.set(instances(40));
		discovery(ON).watch("demo", this.told);
		await().until(() -> this.told.all.size() == 1);
		this.registry.instances.announceAgain("demo", "i-00");
		await().until(() -> this.told.all.size() == 2);
		assertThat(this.told.announcedAgain).containsExactly("i-00");
		assertThat(this.told.all.get(1)).isEqualTo(this.told.all.get(0));
	}

	@Test
	void whenNothingCanBeReadThenTheReasonIsPassedOn() {
		this.registry.instances.fail(new RegistryException("away"));
		discovery(ON).watch("demo", this.told);
		await().untilAsserted(() -> assertThat(this.told.failures).containsExactly("away"));
	}

	@Test
	void channelsToOneApplicationAreOneConsumer() {
		this.registry.slots = new Slots(3, TEN);
		this.registry.set(instances(40));
		SubsetDiscovery discovery = discovery(ON);
		Told other = new Told();
		InstanceWatch first = discovery.watch("demo", this.told);
		InstanceWatch second = discovery.watch("demo", other);
		await().until(() -> !this.told.all.isEmpty() && !other.all.isEmpty());
		assertThat(other.last()).isEqualTo(this.told.last());
		assertThat(this.registry.listeners).hasSize(1);
		first.close();
		assertThat(this.registry.left).isZero();
		second.close();
		assertThat(this.registry.left).isEqualTo(1);
		assertThat(this.registry.instances.openWatches()).isZero();
		discovery.watch("demo", new Told());
		assertThat(this.registry.listeners).hasSize(2);
	}

	private SubsetDiscovery discovery(SubsetSettings settings) {
		return discovery(this.registry, settings);
	}

	private static SubsetDiscovery discovery(ServiceDiscovery of, SubsetSettings settings) {
		return new SubsetDiscovery(of, settings);
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(10)).atMost(Duration.ofSeconds(10));
	}

	private static ServiceInstance[] instances(int count) {
		return IntStream.range(0, count)
			.mapToObj((i) -> ServiceInstance.of("i-%02d".formatted(i), "demo", "10.0.0.1", 1000 + i))
			.toArray(ServiceInstance[]::new);
	}

	/** One thing that was told. */
	private record Subset(List<ServiceInstance> inside, Set<String> leaving, List<ServiceInstance> outside) {

	}

	private static final class Told implements InstanceListener {

		private final List<Subset> all = Collections.synchronizedList(new ArrayList<>());

		private final List<String> announcedAgain = Collections.synchronizedList(new ArrayList<>());

		private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

		@Override
		public void onInstances(List<ServiceInstance> instances) {
			onSubset(instances, Set.of(), List.of());
		}

		@Override
		public void onSubset(List<ServiceInstance> instances, Set<String> leaving, List<ServiceInstance> outside) {
			this.all.add(new Subset(instances, leaving, outside));
		}

		@Override
		public void onUnavailable(RegistryException reason) {
			this.failures.add(String.valueOf(reason.getMessage()));
		}

		@Override
		public void onAnnouncedAgain(String id) {
			this.announcedAgain.add(id);
		}

		Subset last() {
			assertThat(this.all).isNotEmpty();
			return this.all.get(this.all.size() - 1);
		}

	}

	/**
	 * Notes that it was told.
	 *
	 * @param name what it notes
	 * @param order where
	 */
	private record Noting(String name, List<String> order) implements InstanceListener {

		@Override
		public void onInstances(List<ServiceInstance> instances) {
			this.order.add(this.name);
		}

		@Override
		public void onUnavailable(RegistryException reason) {
			throw reason;
		}

	}

	/** A registry whose consumers are what a test says. */
	private static final class GroupedDiscovery implements ServiceDiscovery {

		private final InMemoryDiscovery instances = new InMemoryDiscovery();

		private final List<ConsumerGroup.Listener> listeners = new ArrayList<>();

		private @Nullable Slots slots;

		private int left;

		void set(ServiceInstance... all) {
			this.instances.set("demo", all);
		}

		@Override
		public InstanceWatch watch(String application, InstanceListener listener) {
			return this.instances.watch(application, listener);
		}

		@Override
		public ConsumerGroup joinConsumers(String application, String consumerId, ConsumerGroup.Listener listener) {
			this.listeners.add(listener);
			if (this.slots != null) {
				listener.onSlots(this.slots);
			}
			return () -> this.left++;
		}

	}

}
