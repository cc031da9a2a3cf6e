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

import org.jspecify.annotations.Nullable;

/**
 * {@code p2c}: the less loaded of two instances drawn at random (Mitzenmacher, "The Power
 * of Two Choices in Randomized Load Balancing", 2001), by latency and calls in flight.
 * Costs the same for any number of instances, and consumers that know nothing of each
 * other do not all run to the same one.
 */
final class P2cPolicy implements LoadBalancingPolicy {

	private final LongSupplier nanoClock;

	private final IntUnaryOperator random;

	/**
	 * Creates the policy.
	 * @param nanoClock tells the time in nanoseconds
	 * @param random gives a number from 0 to its argument, exclusive
	 */
	P2cPolicy(LongSupplier nanoClock, IntUnaryOperator random) {
		this.nanoClock = nanoClock;
		this.random = random;
	}

	@Override
	public String name() {
		return "p2c";
	}

	@Override
	public InstanceSelector selector(List<? extends Candidate> candidates, @Nullable InstanceSelector previous) {
		return new P2cSelector(candidates, this.nanoClock, this.random);
	}

}
