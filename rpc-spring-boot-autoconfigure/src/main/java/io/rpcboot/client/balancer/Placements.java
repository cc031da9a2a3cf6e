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

import io.rpcboot.client.balancer.BalancingExplanation.Instance;
import io.rpcboot.client.balancer.BalancingExplanation.Placement;
import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.balancer.policy.InstanceSelector;
import io.rpcboot.client.balancer.policy.InstanceStatistics;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.balancer.policy.XxHash64;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * Explains where the calls of a hash key go.
 *
 * @param policyName the policy of the route
 * @param policy the same; {@code null} if there is none of that name
 * @param selection what is selected on the route at this moment
 */
record Placements(String policyName, @Nullable LoadBalancingPolicy policy, Selection selection) {

	/**
	 * Explains one key.
	 * @param key the key
	 * @param onRoute who is on the route, usable or not
	 * @param instances what is known of all
	 * @return where its calls go
	 */
	Placement of(String key, List<Candidate> onRoute, List<Instance> instances) {
		if (this.policy == null || !this.policy.placesByKey()) {
			return new Placement(key, null, null, "the policy '" + this.policyName + "' does not place by key");
		}
		PickHints hints = PickHints.NONE.withKey(XxHash64.hash(key));
		String owner = owner(hints, onRoute, this.policy);
		ServiceInstance selected = this.selection.selected(hints);
		String instance = (selected != null) ? selected.id() : null;
		if (owner == null) {
			return new Placement(key, null, instance, "no known instance is on the route");
		}
		return new Placement(key, owner, instance, owner.equals(instance) ? null : reason(owner, instances));
	}

	/**
	 * Asks the policy as if everybody could be called and nobody had anything to do.
	 */
	private @Nullable String owner(PickHints hints, List<Candidate> onRoute, LoadBalancingPolicy asked) {
		if (onRoute.isEmpty()) {
			return null;
		}
		List<Idle> idle = onRoute.stream().map(Idle::new).toList();
		int owner = asked.selector(idle, this.selection.selector()).select(hints);
		return (owner != InstanceSelector.NONE) ? idle.get(owner).instance().id() : null;
	}

	private static @Nullable String reason(String owner, List<Instance> instances) {
		return instances.stream()
			.filter((instance) -> instance.instance().id().equals(owner))
			.findFirst()
			.map((instance) -> (instance.reason() != null) ? "the owner cannot be called: " + instance.reason()
					: "the policy passes over the owner, whose calls in flight are " + instance.inFlight())
			.orElse(null);
	}

	/**
	 * A candidate that is taken to be usable and idle.
	 *
	 * @param candidate the candidate
	 * @param statistics those of an instance that was never called
	 */
	private record Idle(Candidate candidate, InstanceStatistics statistics) implements Candidate {

		Idle(Candidate candidate) {
			this(candidate, new InstanceStatistics(System::nanoTime));
		}

		@Override
		public ServiceInstance instance() {
			return this.candidate.instance();
		}

		@Override
		public double weight() {
			return this.candidate.weight();
		}

		@Override
		public boolean isUsable() {
			return true;
		}

	}

}
