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

package io.rpcboot.client.balancer.simulation;

import java.time.Duration;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;

import io.rpcboot.client.balancer.outlier.OutlierSettings;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.balancer.policy.SeededPolicies;
import io.rpcboot.client.balancer.policy.SlowStart;
import org.jspecify.annotations.Nullable;

/**
 * How clients balance: every default, but for what the name says.
 *
 * @param name for the report
 * @param policy makes the policy of one client
 * @param outliers when an instance is ejected; {@code null} for never
 * @param slowStart how new instances are spared; {@code null} for not at all
 */
record Variant(String name, PolicyFactory policy, @Nullable OutlierSettings outliers, @Nullable SlowStart slowStart) {

	static final Variant ROUND_ROBIN = standard("round_robin", SeededPolicies::roundRobin);

	static final Variant RANDOM = standard("random", SeededPolicies::random);

	static final Variant P2C = standard("p2c", SeededPolicies::p2c);

	static final Variant CONSISTENT_HASH = standard("consistent_hash", SeededPolicies::consistentHash);

	private static Variant standard(String name, PolicyFactory policy) {
		return new Variant(name, policy, OutlierSettings.DEFAULTS, new SlowStart(Duration.ofSeconds(30), 0.1));
	}

	Variant withoutEjection() {
		return new Variant(this.name + ", no ejection", this.policy, null, this.slowStart);
	}

	Variant withoutSlowStart() {
		return new Variant(this.name + ", no slow start", this.policy, this.outliers, null);
	}

	/**
	 * Makes a policy with a clock and chance.
	 */
	@FunctionalInterface
	interface PolicyFactory {

		LoadBalancingPolicy create(LongSupplier nanoClock, IntUnaryOperator random);

	}

}
