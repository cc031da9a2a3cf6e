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

package io.rpcboot.client.balancer;

import java.util.List;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.Status;
import io.rpcboot.client.balancer.policy.InstanceSelector;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.client.routing.InstanceFilter;
import org.jspecify.annotations.Nullable;

/**
 * Makes the selection of a route: filters first, then the policy.
 *
 * @param authority the name of the application, for errors
 * @param policyName the policy of calls that name none
 * @param context the policies
 * @param filters in their order
 * @param set who can be called
 */
record Selections(String authority, String policyName, BalancerContext context, List<InstanceFilter> filters,
		PickSet set) {

	Selection of(CallRoute route, @Nullable InstanceSelector previous) {
		String name = policyName(route);
		LoadBalancingPolicy policy = this.context.policies().get(name);
		if (policy == null) {
			return failed(Status.INTERNAL.withDescription("load balancing policy: '" + name + "' (expected: one of "
					+ this.context.policies().keySet().stream().sorted().toList() + ")"));
		}
		try {
			return of(route, policy, previous);
		}
		catch (RuntimeException ex) {
			// A filter or a policy of the user's. The calls of other routes go on.
			return failed(Status.INTERNAL
				.withDescription("No instance of " + this.authority + " could be chosen: a filter or the policy '"
						+ name + "' failed with " + ex)
				.withCause(ex));
		}
	}

	String policyName(CallRoute route) {
		return (route.policy() != null) ? route.policy() : this.policyName;
	}

	FilterChain filtered(CallRoute route, boolean placesByKey) {
		return FilterChain.of(this.filters, placesByKey ? this.set.known() : this.set.usable(), route, this.set.known(),
				placesByKey);
	}

	private Selection of(CallRoute route, LoadBalancingPolicy policy, @Nullable InstanceSelector previous) {
		boolean byKey = policy.placesByKey();
		FilterChain chain = filtered(route, byKey);
		if (chain.left().isEmpty()) {
			return isAwaited(route) ? Selection.nobody(PickResult.withNoResult())
					: failed(Status.UNAVAILABLE.withDescription(describe(route, chain)));
		}
		return Selection.among(chain.left(), policy.selector(chain.left(), previous), this.set.doubtful(), byKey,
				PickResult.withError(byKey ? noPlace(policy) : Status.UNAVAILABLE
					.withDescription("The policy '" + policy.name() + "' selected no instance of " + this.authority)));
	}

	/**
	 * Returns whether somebody whom the filters would let through is about to connect.
	 */
	private boolean isAwaited(CallRoute route) {
		List<InstanceConnection> connecting = this.set.known()
			.stream()
			.filter(InstanceConnection::isConnecting)
			.toList();
		return !connecting.isEmpty()
				&& !FilterChain.of(this.filters, connecting, route, this.set.known(), true).left().isEmpty();
	}

	private Status noPlace(LoadBalancingPolicy policy) {
		return Status.UNAVAILABLE.withDescription("The policy '" + policy.name() + "' selected no instance of "
				+ this.authority + ": the call has no key, or nobody on its way can be called");
	}

	private String describe(CallRoute route, FilterChain chain) {
		return "No instance of " + this.authority + " is left for this call: the filter '" + chain.emptiedBy()
				+ "' left out the last " + chain.before() + " of " + this.set.known().size() + " known ("
				+ route.describe() + ")";
	}

	private static Selection failed(Status status) {
		return Selection.nobody(PickResult.withError(status));
	}

}
