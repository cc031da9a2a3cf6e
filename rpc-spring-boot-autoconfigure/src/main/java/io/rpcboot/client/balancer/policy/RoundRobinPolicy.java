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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * {@code round_robin}: one instance after the other, each as often as its weight says and
 * its turns evenly apart. Begins anywhere, so that many consumers do not begin with the
 * same one, and goes on from there when the set changes.
 */
final class RoundRobinPolicy implements LoadBalancingPolicy {

	private final IntUnaryOperator random;

	/**
	 * Creates the policy.
	 * @param random gives a number from 0 to its argument, exclusive
	 */
	RoundRobinPolicy(IntUnaryOperator random) {
		this.random = random;
	}

	@Override
	public String name() {
		return "round_robin";
	}

	@Override
	public InstanceSelector selector(List<? extends Candidate> candidates, @Nullable InstanceSelector previous) {
		AtomicLong turn = (previous instanceof StrideSelector last) ? last.turn()
				: new AtomicLong(this.random.applyAsInt(Integer.MAX_VALUE));
		return new StrideSelector(candidates, turn);
	}

}
