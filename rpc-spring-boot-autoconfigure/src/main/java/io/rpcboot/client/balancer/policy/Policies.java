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

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntUnaryOperator;

/**
 * The policies that come with the library.
 */
public final class Policies {

	/**
	 * The name of the policy where none is named.
	 */
	public static final String DEFAULT = "p2c";

	private Policies() {
	}

	/**
	 * Returns the policies by their names.
	 * @return an unmodifiable map; new objects each time
	 */
	public static Map<String, LoadBalancingPolicy> builtIn() {
		IntUnaryOperator random = (bound) -> ThreadLocalRandom.current().nextInt(bound);
		Map<String, LoadBalancingPolicy> policies = new LinkedHashMap<>();
		for (LoadBalancingPolicy policy : List.of(new P2cPolicy(System::nanoTime, random), new RoundRobinPolicy(random),
				new RandomPolicy(random), new PickFirstPolicy(), new ConsistentHashPolicy())) {
			policies.put(policy.name(), policy);
		}
		return Collections.unmodifiableMap(policies);
	}

}
