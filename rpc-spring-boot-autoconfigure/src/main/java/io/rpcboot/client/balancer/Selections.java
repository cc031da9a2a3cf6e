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
import java.util.Optional;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.Status;
import io.rpcboot.client.balancer.policy.Candidate;
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
		FilterChain chain = filtered(route, policy.placesByKey());
		List<Candidate> left = chain.left();
		if (policy.placesByKey() && left.stream().noneMatch(Candidate::isUsable)) {
			left = List.of();
		}
		if (!left.isEmpty()) {
			return among(left, policy, previous, this.set.doubtful());
		}
		return instead(route, policy, previous)
			.orElseGet(() -> failed(Status.UNAVAILABLE.withDescription(describe(route, chain))));
	}

	/**
	 * Nobody that the route leads to can be called. Then others on the route are better
	 * than none: under a policy that places by key, those to which the filters fall back;
	 * those that are ejected; those that leave. Else calls wait for whoever is about to
	 * connect.
	 */
	private Optional<Selection> instead(CallRoute route, LoadBalancingPolicy policy,
			@Nullable InstanceSelector previous) {
		List<Candidate> usable = policy.placesByKey() ? onRoute(this.set.usable(), route) : List.of();
		List<Candidate> ejected = usable.isEmpty() ? onRoute(this.set.ejected(), route) : usable;
		List<Candidate> some = ejected.isEmpty() ? onRoute(this.set.lastResort(), route) : ejected;
		if (!some.isEmpty()) {
			return Optional.of(among(some, policy, previous, ejected.isEmpty() || this.set.doubtful()));
		}
		return onRoute(this.set.connecting(), route).isEmpty() ? Optional.empty()
				: Optional.of(Selection.nobody(PickResult.withNoResult()));
	}

	private List<Candidate> onRoute(List<InstanceConnection> some, CallRoute route) {
		return some.isEmpty() ? List.of() : FilterChain.of(this.filters, some, route, this.set.known(), true).left();
	}

	private Selection among(List<Candidate> candidates, LoadBalancingPolicy policy, @Nullable InstanceSelector previous,
			boolean doubtful) {
		return Selection.among(candidates, policy.selector(candidates, previous), doubtful, policy.placesByKey(),
				PickResult.withError(policy.placesByKey() ? noPlace(policy) : Status.UNAVAILABLE
					.withDescription("The policy '" + policy.name() + "' selected no instance of " + this.authority)));
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

	/**
	 * Calls that wait for readiness wait while nobody is there, not for a mistake to go.
	 */
	private static Selection failed(Status status) {
		return Selection.nobody((status.getCode() == Status.Code.INTERNAL) ? PickResult.withDrop(status)
				: PickResult.withError(status));
	}

}
