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

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Weighted round robin as the static stride scheduler of gRFC A58: turns go round the
 * entries for ever, and an entry with the share p of the largest weight takes its turn in
 * the rounds in which {@code p·round + offset} passes a whole number. So it has
 * {@code p·rounds} turns after any number of rounds, give or take one, and all the state
 * is one counter. With equal weights nobody passes a turn: plain round robin.
 * <p>
 * An instance above twice the mean weight has several entries, or the few heavy ones
 * would have the many light ones pass all the time. Their offsets are even parts of a
 * whole, so that their turns together still differ by at most one from the exact number
 * (Hermite's identity). A selection looks at three entries on average at most, whatever
 * the weights.
 */
final class StrideSelector extends CandidateSelector {

	private static final int FRACTION_BITS = 32;

	private static final long WHOLE = 1L << FRACTION_BITS;

	/** 2^32 divided by the golden ratio: multiples of it spread evenly. */
	private static final long GOLDEN = 0x9E3779B9L;

	private final int[] owners;

	private final long[] strides;

	private final long[] offsets;

	private final AtomicLong turn;

	StrideSelector(List<? extends Candidate> candidates, AtomicLong turn) {
		super(candidates);
		this.turn = turn;
		double[] weights = weights();
		int[] copies = copies(weights);
		int entries = Arrays.stream(copies).sum();
		this.owners = new int[entries];
		this.strides = new long[entries];
		this.offsets = new long[entries];
		enter(weights, copies);
	}

	private static int[] copies(double[] weights) {
		double most = 2 * Arrays.stream(weights).sum() / weights.length;
		return Arrays.stream(weights).mapToInt((weight) -> (int) Math.ceil(weight / most)).toArray();
	}

	private void enter(double[] weights, int[] copies) {
		double largest = 0;
		for (int index = 0; index < weights.length; index++) {
			largest = Math.max(largest, weights[index] / copies[index]);
		}
		int[] entered = new int[weights.length];
		int entry = 0;
		for (long position : positions(copies)) {
			int index = (int) position;
			this.owners[entry] = index;
			this.strides[entry] = Math.max(1, Math.round(WHOLE * (weights[index] / copies[index] / largest)));
			this.offsets[entry] = index * GOLDEN + WHOLE / copies[index] * entered[index]++;
			entry++;
		}
	}

	/**
	 * Where the entries stand, in ascending order: those of one instance evenly apart, so
	 * that a heavy one does not get all its turns of a round at once. The upper half of
	 * each is the place, the lower half the instance.
	 */
	private long[] positions(int[] copies) {
		long[] positions = new long[this.owners.length];
		int entry = 0;
		for (int index = 0; index < copies.length; index++) {
			for (int copy = 0; copy < copies[index]; copy++) {
				double place = (copy + (double) index / copies.length) / copies[index];
				positions[entry++] = ((long) (place * Integer.MAX_VALUE) << Integer.SIZE) | index;
			}
		}
		Arrays.sort(positions);
		return positions;
	}

	@Override
	int draw() {
		while (true) {
			long next = this.turn.getAndIncrement();
			int entry = (int) Math.floorMod(next, (long) this.owners.length);
			long round = Math.floorDiv(next, (long) this.owners.length);
			long stride = this.strides[entry];
			long fraction = (stride * round + this.offsets[entry]) & (WHOLE - 1);
			// The entry with the largest weight passes no turn, so that this ends.
			if (fraction + stride >= WHOLE) {
				return this.owners[entry];
			}
		}
	}

	AtomicLong turn() {
		return this.turn;
	}

}
