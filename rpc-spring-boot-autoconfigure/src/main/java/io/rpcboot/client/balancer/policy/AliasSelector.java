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
import java.util.function.IntUnaryOperator;

/**
 * Weighted random selection by the alias method (Vose, "A linear algorithm for generating
 * random numbers with a given distribution", 1991): columns of equal height, each shared
 * by its owner and at most one other. Made in O(n), drawn from in O(1).
 */
final class AliasSelector extends CandidateSelector {

	private static final int HEIGHT = 1 << 30;

	private final IntUnaryOperator random;

	/** How much of its column the owner has, of {@link #HEIGHT}. */
	private final int[] owned;

	private final int[] aliases;

	AliasSelector(List<? extends Candidate> candidates, IntUnaryOperator random) {
		super(candidates);
		this.random = random;
		this.owned = new int[size()];
		this.aliases = new int[size()];
		fill(weights());
	}

	private void fill(double[] weights) {
		double mean = Arrays.stream(weights).sum() / weights.length;
		// From the left those below the mean, from the right the others.
		int[] order = new int[weights.length];
		int small = 0;
		int large = weights.length;
		for (int index = 0; index < weights.length; index++) {
			order[(weights[index] < mean) ? small++ : --large] = index;
		}
		Arrays.fill(this.owned, HEIGHT);
		int next = 0;
		while (next < small && large < weights.length) {
			int lower = order[next++];
			int upper = order[large];
			this.owned[lower] = (int) Math.round(HEIGHT * (weights[lower] / mean));
			this.aliases[lower] = upper;
			weights[upper] -= mean - weights[lower];
			if (weights[upper] < mean) {
				// What is left of it is a small one now: the place is next to the last.
				order[small++] = upper;
				large++;
			}
		}
	}

	@Override
	int draw() {
		int column = this.random.applyAsInt(size());
		int most = this.owned[column];
		return (most == HEIGHT || this.random.applyAsInt(HEIGHT) < most) ? column : this.aliases[column];
	}

}
