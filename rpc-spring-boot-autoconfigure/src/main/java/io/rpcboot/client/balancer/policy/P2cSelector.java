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

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;

/**
 * Draws two and takes the less loaded one. Weights are read for each call.
 */
final class P2cSelector extends CandidateSelector {

	private static final int COIN = 1 << 30;

	private final LongSupplier nanoClock;

	private final IntUnaryOperator random;

	/** By the same index as the candidates, so that they need not be asked first. */
	private final InstanceStatistics[] statistics;

	P2cSelector(List<? extends Candidate> candidates, LongSupplier nanoClock, IntUnaryOperator random) {
		super(candidates);
		this.nanoClock = nanoClock;
		this.random = random;
		this.statistics = candidates.stream().map(Candidate::statistics).toArray(InstanceStatistics[]::new);
	}

	@Override
	int draw() {
		return this.random.applyAsInt(size());
	}

	/**
	 * Reads the clock before anything else. The processor waits for all that it has begun
	 * to read before it reads the clock. After that it can fetch both instances at once.
	 */
	@Override
	int pick(PickHints hints) {
		long now = this.nanoClock.getAsLong();
		int first = acceptable(NONE, hints);
		int second = (first != NONE && size() > 1) ? acceptable(first, hints) : NONE;
		return (second != NONE) ? better(first, second, now) : first;
	}

	private int acceptable(int except, PickHints hints) {
		int drawn = 0;
		for (int draws = 0; draws < DRAWS; draws++) {
			drawn = (except == NONE) ? draw() : other(except);
			if (accepts(drawn, hints)) {
				return drawn;
			}
		}
		return next(drawn, except, hints);
	}

	private int other(int except) {
		int drawn = this.random.applyAsInt(size() - 1);
		// Adds 1 from there on, without a branch that nobody foretells.
		return drawn - ((except - drawn - 1) >> (Integer.SIZE - 1));
	}

	/**
	 * Of equal weights the smaller load wins. Otherwise a coin that falls by the weights
	 * says whose turn it is, and the other one takes over only if it is less loaded: the
	 * lighter one if its load is smaller for its weight, the heavier one if its load is
	 * smaller as it is. To compare {@code load / weight} alone would give the heavier one
	 * everything while there is little to do, and the lighter one, or one in its slow
	 * start, nothing. Idle shares are exact between two; among many, a light one gets at
	 * most twice its own, since it meets one other at a time.
	 */
	private int better(int first, int second, long now) {
		double firstLoad = this.statistics[first].load(now);
		double secondLoad = this.statistics[second].load(now);
		double firstWeight = candidate(first).weight();
		double secondWeight = candidate(second).weight();
		if (firstWeight == secondWeight) {
			// Bits of positive numbers are in the order of the numbers. No processor
			// foretells a branch that is as good as tossed.
			long gap = Double.doubleToRawLongBits(secondLoad) - Double.doubleToRawLongBits(firstLoad);
			int isSecond = (int) (gap >> (Long.SIZE - 1));
			return first ^ ((first ^ second) & isSecond);
		}
		double ratio = firstWeight / secondWeight;
		// The first has ratio / (ratio + 1) of the weight of both.
		if (this.random.applyAsInt(COIN) * (ratio + 1) < ratio * COIN) {
			return (firstLoad <= secondLoad * Math.max(1, ratio)) ? first : second;
		}
		return (secondLoad <= firstLoad * Math.max(1, 1 / ratio)) ? second : first;
	}

}
