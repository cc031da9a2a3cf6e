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

import io.rpcboot.registry.ServiceInstance;

/**
 * An instance that may be picked, as policies and filters see it. Safe to read from any
 * thread; what it says may change from one moment to the next.
 */
public interface Candidate {

	/**
	 * Returns the record of the instance.
	 * @return the last one that the registry told when the candidates were put together
	 */
	ServiceInstance instance();

	/**
	 * Returns its share of the traffic, relative to the others', slow start included.
	 * @return a positive number
	 */
	double weight();

	/**
	 * Returns what its calls have shown.
	 * @return the statistics, which all channels to the instance share
	 */
	InstanceStatistics statistics();

	/**
	 * Returns whether it can be called now: connected, SERVING, not about to leave and
	 * not ejected.
	 * @return whether it can
	 */
	boolean isUsable();

}
