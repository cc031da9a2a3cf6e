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

package io.rpcboot.client.subset;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.rpcboot.registry.ConsumerGroup.Slots;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link InstanceSubset} chooses: by lane, by state, and while little is known.
 */
class InstanceSubsetTests {

	private static final Set<Integer> TEN = IntStream.range(0, 10).boxed().collect(Collectors.toSet());

	private long now;

	private final InstanceSubset subset = subset("me");

	@Test
	void whenThereAreFewerThanTwentyFourThenAllAreChosen() {
		this.subset.onSlots(new Slots(3, TEN));
		this.subset.onInstances(instances(23, Map.of()));
		assertThat(this.subset.selection())
			.isEqualTo(new SubsetSelection(instances(23, Map.of()), Set.of(), List.of()));
	}

	@Test
	void whenThereAreTwentyFourThenTwentyAreChosen() {
		this.subset.onSlots(new Slots(3, TEN));
		this.subset.onInstances(instances(24, Map.of()));
		assertThat(this.subset.selection().instances()).hasSize(20);
		assertThat(this.subset.selection().outside()).hasSize(4);
		assertThat(this.subset.selection().leaving()).isEmpty();
	}

	@Test
	void whenTheSizeIsLargerThanTheSetThenAllAreChosen() {
		InstanceSubset large = new InstanceSubset(50, "me", () -> this.now, new Random(1));
		large.onInstances(instances(50, Map.of()));
		assertThat(large.selection().outside()).isEmpty();
	}

	@Test
	void eachLaneHasItsOwnSubset() {
		List<ServiceInstance> all = new ArrayList<>(instances(30, Map.of()));
		all.addAll(instances(40, Map.of("lane", "blue")));
		all.addAll(instances(5, Map.of("lane", "green")));
		this.subset.onSlots(new Slots(3, TEN));
		this.subset.onInstances(all);
		assertThat(this.subset.selection()
			.instances()
			.stream()
			.collect(Collectors.groupingBy((instance) -> instance.tags().getOrDefault("lane", "none"),
					Collectors.counting())))
			.isEqualTo(Map.of("none", 20L, "blue", 20L, "green", 5L));
	}

	@Test
	void consumersThatSeeTheSameInAnotherOrderAgree() {
		List<ServiceInstance> all = instances(40, Map.of());
		List<ServiceInstance> shuffled = new ArrayList<>(all);
		Collections.shuffle(shuffled, new Random(3));
		InstanceSubset other = subset("other");
		this.subset.onSlots(new Slots(3, TEN));
		this.subset.onInstances(all);
		other.onInstances(shuffled);
		other.onSlots(new Slots(3, TEN));
		InstanceSubset third = subset("third");
		third.onSlots(new Slots(3, TEN));
		third.onInstances(shuffled);
		assertThat(ids(third)).isEqualTo(ids(this.subset));
		settle(other);
		assertThat(chosen(other)).isEqualTo(ids(this.subset));
	}

	@Test
	void whenTheOthersAreNotKnownThenTheChoiceIsOnesOwn() {
		InstanceSubset other = subset("other");
		this.subset.onInstances(instances(100, Map.of()));
		other.onInstances(instances(100, Map.of()));
		assertThat(ids(this.subset)).hasSize(20).isNotEqualTo(ids(other));
	}

	@Test
	void whenAnInstanceDrainsThenAnotherComesAndTheDrainingOneIsToldUntilItIsGone() {
		this.subset.onSlots(new Slots(3, TEN));
		List<ServiceInstance> all = instances(40, Map.of());
		this.subset.onInstances(all);
		ServiceInstance mine = this.subset.selection().instances().get(0);
		ServiceInstance draining = mine.withState(InstanceState.DRAINING);
		this.subset.onInstances(all.stream().map((instance) -> instance.equals(mine) ? draining : instance).toList());
		SubsetSelection selection = this.subset.selection();
		assertThat(selection.instances()).hasSize(21).contains(draining);
		assertThat(selection.leaving()).isEmpty();
		this.subset.onInstances(all.stream().filter((instance) -> !instance.equals(mine)).toList());
		assertThat(this.subset.selection().instances()).hasSize(20).doesNotContain(mine);
	}

	@Test
	void whenAConsumerStartsAgainThenNothingChanges() {
		this.subset.onSlots(new Slots(3, TEN));
		this.subset.onInstances(instances(100, Map.of()));
		SubsetSelection before = this.subset.selection();
		Set<Integer> without = new HashSet<>(TEN);
		without.remove(5);
		this.subset.onSlots(new Slots(3, without));
		settle(this.subset);
		assertThat(this.subset.selection()).isEqualTo(before);
		this.subset.onSlots(new Slots(3, TEN));
		settle(this.subset);
		assertThat(this.subset.selection()).isEqualTo(before);
	}

	@Test
	void whenConsumersComeThenMovesAreToldOneByOne() {
		this.subset.onSlots(new Slots(3, TEN));
		this.subset.onInstances(instances(100, Map.of()));
		SubsetSelection before = this.subset.selection();
		this.subset.onSlots(new Slots(3, IntStream.range(0, 17).boxed().collect(Collectors.toSet())));
		assertThat(this.subset.selection()).isEqualTo(before);
		this.now += this.subset.advance();
		assertThat(this.subset.advance()).isPositive();
		SubsetSelection after = this.subset.selection();
		assertThat(after.leaving()).hasSize(1);
		assertThat(after.instances()).hasSize(21).containsAll(before.instances());
		assertThat(after.outside()).hasSize(79);
	}

	private InstanceSubset subset(String consumerId) {
		return new InstanceSubset(20, consumerId, () -> this.now, new Random(1));
	}

	private void settle(InstanceSubset moving) {
		long wait = moving.advance();
		while (wait >= 0) {
			this.now += Math.max(wait, Duration.ofMillis(1).toNanos());
			wait = moving.advance();
		}
	}

	private static Set<String> ids(InstanceSubset of) {
		return of.selection().instances().stream().map(ServiceInstance::id).collect(Collectors.toSet());
	}

	/** Without those that leave. */
	private static Set<String> chosen(InstanceSubset of) {
		Set<String> ids = new HashSet<>(ids(of));
		ids.removeAll(of.selection().leaving());
		return ids;
	}

	private static List<ServiceInstance> instances(int count, Map<String, String> tags) {
		return IntStream.range(0, count)
			.mapToObj((i) -> new ServiceInstance("i-%03d%s".formatted(i, tags.getOrDefault("lane", "")), "demo",
					"10.0.0.1", 1000 + i, List.of(), InstanceState.UP, 100, null, null, tags, null, Map.of()))
			.toList();
	}

}
