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

import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;

/**
 * The policies of the library with a clock and a chance of the test's own.
 */
public final class SeededPolicies {

	private SeededPolicies() {
	}

	public static LoadBalancingPolicy roundRobin(LongSupplier nanoClock, IntUnaryOperator random) {
		return new RoundRobinPolicy(random);
	}

	public static LoadBalancingPolicy random(LongSupplier nanoClock, IntUnaryOperator random) {
		return new RandomPolicy(random);
	}

	public static LoadBalancingPolicy p2c(LongSupplier nanoClock, IntUnaryOperator random) {
		return new P2cPolicy(nanoClock, random);
	}

	public static LoadBalancingPolicy consistentHash(LongSupplier nanoClock, IntUnaryOperator random) {
		return new ConsistentHashPolicy();
	}

}
