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

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import io.rpcboot.registry.ConsumerGroup;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * The instances of an application that this consumer connects to: of each lane a subset,
 * or all of it where it is small. All consumers together use all instances evenly, and
 * what one connects to changes rarely and slowly. Not for use by several threads at once.
 */
public final class InstanceSubset {

	/**
	 * The smallest size of a subset. A lane of less than twice as many is used whole.
	 */
	public static final int MIN_SIZE = 12;

	/** The tag that says which lane an instance is in. */
	private static final String LANE = "lane";

	private final int size;

	private final String consumerId;

	private final LongSupplier nanoTime;

	private final RandomGenerator random;

	private final Map<String, LaneSubset> lanes = new TreeMap<>();

	private List<ServiceInstance> instances = List.of();

	private ConsumerGroup.@Nullable Slots slots;

	/**
	 * Creates the subset of an application of which nothing is known yet.
	 * @param size how many instances of a lane to connect to, at least {@link #MIN_SIZE}
	 * @param consumerId decides the choice while the other consumers are not known
	 * @param nanoTime the time, as of {@link System#nanoTime()}
	 * @param random spreads what many consumers do at the same time
	 */
	public InstanceSubset(int size, String consumerId, LongSupplier nanoTime, RandomGenerator random) {
		this.size = size;
		this.consumerId = consumerId;
		this.nanoTime = nanoTime;
		this.random = random;
	}

	/**
	 * Takes a new set of instances.
	 * @param newInstances all instances, in any state
	 */
	public void onInstances(List<ServiceInstance> newInstances) {
		this.instances = newInstances;
		Map<String, List<ServiceInstance>> byLane = newInstances.stream()
			.collect(Collectors.groupingBy((instance) -> instance.tags().getOrDefault(LANE, "")));
		this.lanes.keySet().retainAll(byLane.keySet());
		byLane.forEach(
				(name, members) -> this.lanes
					.computeIfAbsent(name,
							(ignored) -> new LaneSubset(this.size, this.consumerId,
									new SubsetMoves(this.nanoTime, this.random)))
					.update(members, this.slots));
	}

	/**
	 * Takes new numbers of the consumers. Those that came last stay until others come.
	 * @param newSlots the numbers
	 */
	public void onSlots(ConsumerGroup.Slots newSlots) {
		this.slots = newSlots;
		this.lanes.values().forEach((lane) -> lane.update(newSlots));
	}

	/**
	 * Makes the moves that are due.
	 * @return in how many nanoseconds to call again; -1 for not before something is new
	 */
	public long advance() {
		return this.lanes.values().stream().mapToLong(LaneSubset::advance).filter((wait) -> wait >= 0).min().orElse(-1);
	}

	/**
	 * Returns what to connect to now.
	 * @return a part of the last set
	 */
	public SubsetSelection selection() {
		Set<String> told = new HashSet<>();
		Set<String> leaving = new HashSet<>();
		this.lanes.values().forEach((lane) -> lane.tell(told, leaving));
		List<ServiceInstance> inside = new ArrayList<>();
		List<ServiceInstance> outside = new ArrayList<>();
		this.instances.forEach((instance) -> (told.contains(instance.id()) ? inside : outside).add(instance));
		return new SubsetSelection(inside, leaving, outside);
	}

}
