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
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Gives each of some consumers the same number of providers, and each provider its exact
 * share of the consumers, rounded. Pairs are taken in the order of their weights, unless
 * the consumer has enough or the provider is full. Because both sides of a pair go by the
 * same weight, the result is the one stable matching (Gale and Shapley, 1962), whatever
 * order the input has, and a change displaces chains of single places only.
 * <p>
 * Costs a hash for each pair, and a sort of about a quarter more pairs than are chosen:
 * the weights are gone through in bands, and most consumers are done after the first.
 */
final class BoundedMatching {

	private static final double FIRST_BAND = 1.25;

	private final long[] consumers;

	private final long[] providers;

	private final int[] needs;

	private final int[] rooms;

	private final BitSet[] chosen;

	private final long indexMask;

	private int open;

	private long[] band = new long[1024];

	private int bandLength;

	private BoundedMatching(long[] consumers, long[] providers, int size) {
		this.consumers = consumers;
		this.providers = providers;
		this.needs = new int[consumers.length];
		Arrays.fill(this.needs, size);
		this.rooms = rooms(providers, (long) consumers.length * size);
		this.chosen = new BitSet[consumers.length];
		Arrays.setAll(this.chosen, (index) -> new BitSet(providers.length));
		this.indexMask = (Long.highestOneBit((long) consumers.length * providers.length) << 1) - 1;
		this.open = consumers.length;
	}

	/**
	 * Matches.
	 * @param consumers the hashes of the consumers
	 * @param providers the hashes of the providers
	 * @param size how many providers each consumer gets, at most as many as there are
	 * @return the indices of the providers of each consumer
	 */
	static BitSet[] match(long[] consumers, long[] providers, int size) {
		BoundedMatching matching = new BoundedMatching(consumers, providers, size);
		matching.match(Math.min(1, FIRST_BAND * size / providers.length));
		return matching.chosen;
	}

	/**
	 * Shares the places out. Which providers get one more goes by their hashes, so that a
	 * consumer or a provider more changes few.
	 */
	private static int[] rooms(long[] providers, long places) {
		int[] rooms = new int[providers.length];
		int[] order = IntStream.range(0, providers.length)
			.boxed()
			.sorted(Comparator.comparingLong((index) -> providers[index]))
			.mapToInt(Integer::intValue)
			.toArray();
		for (int rank = 0; rank < order.length; rank++) {
			rooms[order[rank]] = (int) (places / order.length + ((rank < places % order.length) ? 1 : 0));
		}
		return rooms;
	}

	private void match(double firstShare) {
		long high = Long.MAX_VALUE;
		double share = firstShare;
		while (this.open > 0 && high > 0) {
			long low = (share < 1) ? (long) ((1 - share) * Long.MAX_VALUE) : 0;
			collect(low, high);
			place();
			high = low;
			share = Math.min(1, share * 2);
		}
		if (this.open > 0) {
			placeRest();
		}
	}

	private void collect(long low, long high) {
		this.bandLength = 0;
		for (int consumer = 0; consumer < this.needs.length; consumer++) {
			if (this.needs[consumer] > 0) {
				collect(consumer, low, high);
			}
		}
	}

	/**
	 * The index takes the place of the lowest bits of the weight: only one array is
	 * sorted.
	 */
	private void collect(int consumer, long low, long high) {
		if (this.band.length < this.bandLength + this.providers.length) {
			this.band = Arrays.copyOf(this.band, this.band.length * 2 + this.providers.length);
		}
		long first = (long) consumer * this.providers.length;
		for (int provider = 0; provider < this.providers.length; provider++) {
			long weight = Hashes.weight(this.consumers[consumer], this.providers[provider]);
			if (weight >= low && weight < high && this.rooms[provider] > 0) {
				this.band[this.bandLength++] = (weight & ~this.indexMask) | (first + provider);
			}
		}
	}

	private void place() {
		Arrays.sort(this.band, 0, this.bandLength);
		for (int i = this.bandLength - 1; i >= 0; i--) {
			long pair = this.band[i] & this.indexMask;
			int consumer = (int) (pair / this.providers.length);
			int provider = (int) (pair % this.providers.length);
			if (this.needs[consumer] > 0 && this.rooms[provider] > 0) {
				place(consumer, provider);
			}
		}
	}

	/**
	 * The last places may be left at providers that a consumer has already. It gets
	 * others, which then have one more than their share.
	 */
	private void placeRest() {
		for (int consumer = 0; consumer < this.needs.length; consumer++) {
			while (this.needs[consumer] > 0) {
				place(consumer, roomiest(consumer));
			}
		}
	}

	private int roomiest(int consumer) {
		int best = this.chosen[consumer].nextClearBit(0);
		for (int other = best + 1; other < this.providers.length; other++) {
			if (!this.chosen[consumer].get(other) && (this.rooms[other] > this.rooms[best]
					|| (this.rooms[other] == this.rooms[best] && weight(consumer, other) > weight(consumer, best)))) {
				best = other;
			}
		}
		return best;
	}

	private long weight(int consumer, int provider) {
		return Hashes.weight(this.consumers[consumer], this.providers[provider]);
	}

	private void place(int consumer, int provider) {
		this.chosen[consumer].set(provider);
		this.rooms[provider]--;
		if (--this.needs[consumer] == 0) {
			this.open--;
		}
	}

}
