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

import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * Draws the same numbers again and again, for a benchmark of one thread: whatever is
 * drawn among many stays in the processor's caches, as it does among few.
 */
public final class RepeatedDraws implements IntUnaryOperator {

	/** A power of two: the pairs of 32 picks. */
	private static final int DRAWS = 64;

	private final double[] draws = new Random(9).doubles(DRAWS).toArray();

	private int next;

	private RepeatedDraws() {
	}

	/**
	 * Returns the policy {@code p2c} with such draws.
	 * @return the policy
	 */
	public static LoadBalancingPolicy p2c() {
		return new P2cPolicy(System::nanoTime, new RepeatedDraws());
	}

	@Override
	public int applyAsInt(int bound) {
		return (int) (this.draws[this.next++ & (DRAWS - 1)] * bound);
	}

}
