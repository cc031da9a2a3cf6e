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
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Providers and consumers that come and go, of which every consumer is assigned what it
 * would compute.
 */
final class SimulatedFleet {

	final List<String> providers = new ArrayList<>();

	final TreeSet<Integer> slots = new TreeSet<>();

	private final Random random;

	private final int size;

	SimulatedFleet(long seed, int providers, int consumers, int size) {
		this.random = new Random(seed);
		this.size = size;
		for (int i = 0; i < providers; i++) {
			addProvider();
		}
		for (int i = 0; i < consumers; i++) {
			addConsumer();
		}
	}

	void addProvider() {
		this.providers.add(new UUID(this.random.nextLong(), this.random.nextLong()).toString());
	}

	void removeProvider() {
		this.providers.remove(this.random.nextInt(this.providers.size()));
	}

	void addConsumer() {
		int slot = 0;
		while (!this.slots.add(slot)) {
			slot++;
		}
	}

	int removeConsumer() {
		int slot = List.copyOf(this.slots).get(this.random.nextInt(this.slots.size()));
		this.slots.remove(slot);
		return slot;
	}

	/** Returns what each consumer has. */
	Map<Integer, Set<String>> assigned() {
		SubsetAssignment assignment = SubsetAssignment.of(this.providers, this.slots, this.size);
		Map<Integer, Set<String>> assigned = new TreeMap<>();
		this.slots.forEach((slot) -> assigned.put(slot, assignment.providersOf(slot)));
		return assigned;
	}

	/** Returns how many consumers the providers have. */
	IntSummaryStatistics loads() {
		Map<String, Integer> loads = new HashMap<>();
		this.providers.forEach((provider) -> loads.put(provider, 0));
		assigned().values().forEach((subset) -> subset.forEach((id) -> loads.merge(id, 1, Integer::sum)));
		return loads.values().stream().mapToInt(Integer::intValue).summaryStatistics();
	}

	/** Returns how many connections are opened by consumers that were there before. */
	static int moves(Map<Integer, Set<String>> before, Map<Integer, Set<String>> after) {
		int moves = 0;
		for (Map.Entry<Integer, Set<String>> entry : after.entrySet()) {
			Set<String> opened = new HashSet<>(entry.getValue());
			opened.removeAll(before.getOrDefault(entry.getKey(), entry.getValue()));
			moves += opened.size();
		}
		return moves;
	}

}
