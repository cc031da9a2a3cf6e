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

import org.jspecify.annotations.Nullable;

/**
 * Decides which instance a call goes to. A bean of this type adds a policy that
 * references may name.
 */
public interface LoadBalancingPolicy {

	/**
	 * Returns the name by which properties and annotations choose the policy.
	 * @return a name in {@code snake_case}
	 */
	String name();

	/**
	 * Makes a selector for a set of candidates. Called whenever the set, its records or
	 * their weights change; must not block.
	 * @param candidates who may be selected, not empty, in the order of their ids; never
	 * changed afterwards
	 * @param previous the selector of the set before, of which something may be kept;
	 * {@code null} for the first
	 * @return the selector
	 */
	InstanceSelector selector(List<? extends Candidate> candidates, @Nullable InstanceSelector previous);

	/**
	 * Returns whether every consumer must place a call the same way. Such a policy is
	 * given all the instances, not only those that can be called now, skips those that
	 * cannot as it selects, and is spared filters that depend on the consumer, subsets
	 * and slow start.
	 * @return {@code false} by default
	 */
	default boolean placesByKey() {
		return false;
	}

}
