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

package io.rpcboot.client.balancer.policy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Says which instance a key belongs to: the table of Maglev (Eisenbud et al., "Maglev: A
 * Fast and Reliable Software Network Load Balancer", NSDI 2016, section 3.4). Each
 * instance goes through the slots in an order of its own, which the XXH64 of its id
 * decides, and takes the next free one whenever it is its turn, until all are taken. A
 * turn comes to the heaviest in every round, to others in proportion, and to each in the
 * first round.
 * <p>
 * Depends on ids and weights alone, so it is the same in every process. Immutable. A look
 * up is O(1). Building takes O(M log M) for M slots, once for each set, weights or not. M
 * is a prime of at least 100 for each instance, so that shares differ by 1 % or so: it
 * grows by steps of 4, since a change of it moves nearly every key. Takes 2 bytes for
 * each slot, that is 128 kB up to 655 instances, 512 kB up to 2,621, 2 MB up to 10,485.
 */
final class MaglevTable {

	private static final int SLOTS_PER_INSTANCE = 100;

	private static final int[] SIZES = { 65_537, 262_147, 1_048_573, 4_194_301, 16_777_213 };

	private static final long OFFSET_SEED = 0;

	private static final long SKIP_SEED = 1;

	private static final int NOBODY = -1;

	private final String[] ids;

	private final int[] weights;

	private final int size;

	/** 2^64 divided by the size. */
	private final long reciprocal;

	/** Null for more instances than a char can count. */
	private final char @Nullable [] narrow;

	private final int[] wide;

	/**
	 * Builds a table.
	 * @param ids the ids of the instances, in any order
	 * @param weights by the same index; those of 0 get no slot, one at least is positive
	 */
	MaglevTable(String[] ids, int[] weights) {
		this(ids, weights, size(ids.length));
	}

	/**
	 * Builds a table of a given size.
	 * @param ids the ids of the instances, in any order
	 * @param weights by the same index; those of 0 get no slot, one at least is positive
	 * @param size a prime
	 */
	MaglevTable(String[] ids, int[] weights, int size) {
		this.ids = ids;
		this.weights = weights;
		this.size = size;
		this.reciprocal = Long.divideUnsigned(-1, size);
		int[] slots = fill();
		if (ids.length <= Character.MAX_VALUE) {
			this.narrow = new char[this.size];
			this.wide = new int[0];
			for (int slot = 0; slot < this.size; slot++) {
				this.narrow[slot] = (char) slots[slot];
			}
		}
		else {
			this.narrow = null;
			this.wide = slots;
		}
	}

	/**
	 * Returns how many slots there are.
	 * @return a prime
	 */
	int size() {
		return this.size;
	}

	/**
	 * Returns the slot of a key: the remainder of the key as an unsigned number, by a
	 * multiplication, which takes a fraction of the time of a division. The quotient is
	 * at most one too small (Barrett, CRYPTO 1986).
	 * @param key the hash of the key
	 * @return from 0 on, below the size
	 */
	int slot(long key) {
		// The upper half of the unsigned product.
		long quotient = Math.multiplyHigh(key, this.reciprocal) + ((key >> 63) & this.reciprocal);
		long rest = key - quotient * this.size;
		return (int) ((rest < this.size) ? rest : rest - this.size);
	}

	/**
	 * Returns whose a slot is.
	 * @param slot from 0 on, below the size
	 * @return the index of the instance
	 */
	int at(int slot) {
		return (this.narrow != null) ? this.narrow[slot] : this.wide[slot];
	}

	/**
	 * Returns whether the table is of the same instances, in the same order and of the
	 * same weights.
	 * @param otherIds their ids
	 * @param otherWeights their weights
	 * @return whether it can be used for them
	 */
	boolean isOf(String[] otherIds, int[] otherWeights) {
		return Arrays.equals(this.ids, otherIds) && Arrays.equals(this.weights, otherWeights);
	}

	private static int size(int instances) {
		for (int size : SIZES) {
			if (size >= (long) instances * SLOTS_PER_INSTANCE) {
				return size;
			}
		}
		return SIZES[SIZES.length - 1];
	}

	private int[] fill() {
		int[] slots = new int[this.size];
		Arrays.fill(slots, NOBODY);
		Turns turns = new Turns();
		for (int taken = 0; taken < this.size; taken++) {
			turns.take(slots);
		}
		return slots;
	}

	/**
	 * Whose turn it is. Who waits for a round stands in a list of that round, so that an
	 * instance of little weight costs nothing in the rounds that it sits out.
	 */
	private final class Turns {

		private final int[] position = new int[MaglevTable.this.ids.length];

		private final int[] skip = new int[MaglevTable.this.ids.length];

		private final int[] turn = new int[MaglevTable.this.ids.length];

		private final int[] behind = new int[MaglevTable.this.ids.length];

		/** The first of each round's list. There are no more rounds than slots. */
		private final int[] first = new int[MaglevTable.this.size + 1];

		private final long greatest;

		private int round;

		private int current = NOBODY;

		Turns() {
			Arrays.fill(this.first, NOBODY);
			this.greatest = Arrays.stream(MaglevTable.this.weights).max().orElse(0);
			String[] names = MaglevTable.this.ids;
			IntStream.range(0, names.length)
				.filter((index) -> MaglevTable.this.weights[index] > 0)
				.boxed()
				.sorted(Comparator.comparing((Integer index) -> names[index]).reversed())
				.forEach((index) -> enter(index, names[index].getBytes(StandardCharsets.UTF_8)));
			this.current = this.first[0];
		}

		void take(int[] slots) {
			while (this.current == NOBODY) {
				this.current = this.first[++this.round];
			}
			int instance = this.current;
			this.current = this.behind[instance];
			while (slots[this.position[instance]] != NOBODY) {
				advance(instance);
			}
			slots[this.position[instance]] = instance;
			long next = ++this.turn[instance] * this.greatest / MaglevTable.this.weights[instance];
			if (next < this.first.length) {
				queue(instance, (int) next);
			}
		}

		private void enter(int instance, byte[] id) {
			int size = MaglevTable.this.size;
			this.position[instance] = (int) Long.remainderUnsigned(XxHash64.hash(id, OFFSET_SEED), size);
			this.skip[instance] = (int) Long.remainderUnsigned(XxHash64.hash(id, SKIP_SEED), size - 1) + 1;
			queue(instance, 0);
		}

		private void queue(int instance, int at) {
			this.behind[instance] = this.first[at];
			this.first[at] = instance;
		}

		private void advance(int instance) {
			int next = this.position[instance] + this.skip[instance];
			this.position[instance] = (next < MaglevTable.this.size) ? next : next - MaglevTable.this.size;
		}

	}

}
