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

	P2cSelector(List<? extends Candidate> candidates, LongSupplier nanoClock, IntUnaryOperator random) {
		super(candidates);
		this.nanoClock = nanoClock;
		this.random = random;
	}

	@Override
	int draw() {
		return this.random.applyAsInt(size());
	}

	@Override
	int pick(PickHints hints) {
		int first = acceptable(NONE, hints);
		int second = (first != NONE && size() > 1) ? acceptable(first, hints) : NONE;
		return (second != NONE) ? better(first, second) : first;
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
		return (drawn < except) ? drawn : drawn + 1;
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
	private int better(int first, int second) {
		long now = this.nanoClock.getAsLong();
		Candidate one = candidate(first);
		Candidate two = candidate(second);
		double firstLoad = one.statistics().load(now);
		double secondLoad = two.statistics().load(now);
		double ratio = one.weight() / two.weight();
		if (ratio == 1) {
			return (firstLoad <= secondLoad) ? first : second;
		}
		// The first has ratio / (ratio + 1) of the weight of both.
		if (this.random.applyAsInt(COIN) * (ratio + 1) < ratio * COIN) {
			return (firstLoad <= secondLoad * Math.max(1, ratio)) ? first : second;
		}
		return (secondLoad <= firstLoad * Math.max(1, 1 / ratio)) ? second : first;
	}

}
