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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import io.rpcboot.client.balancer.BalancingExplanation.Instance;
import io.rpcboot.client.balancer.outlier.Ejection;
import io.rpcboot.client.balancer.outlier.OutlierDetector;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * Explains a moment of a channel.
 *
 * @param selections the policies, the filters and who can be called
 * @param outliers who is ejected and why
 * @param outside who is not in the consumer's subset
 */
record Explanations(Selections selections, @Nullable OutlierDetector outliers, List<ServiceInstance> outside) {

	BalancingExplanation of(String application, CallRoute route, @Nullable String key, @Nullable String failure) {
		String policyName = this.selections.policyName(route);
		LoadBalancingPolicy policy = this.selections.context().policies().get(policyName);
		FilterChain chain = filtered(route, policy != null && policy.placesByKey());
		Map<String, Ejection> ejections = (this.outliers != null) ? this.outliers.ejections() : Map.of();
		List<Instance> instances = new ArrayList<>();
		long now = this.selections.context().now();
		for (InstanceConnection connection : this.selections.set().known()) {
			Ejection ejection = ejections.get(connection.instance().id());
			instances.add(instance(connection, reason(connection, chain, ejections),
					(ejection != null) ? ejection.remaining() : null, now));
		}
		for (ServiceInstance instance : this.outside) {
			instances.add(new Instance(instance, false, "outside the subset", instance.weight(), 0, 0, Duration.ZERO,
					"NONE", List.of(), null));
		}
		instances.sort(Comparator.comparing((instance) -> instance.instance().id()));
		Selection selection = this.selections.of(route, null);
		return new BalancingExplanation(application, policyName, route,
				(failure != null) ? failure : selection.failure(), instances,
				(key != null) ? new Placements(policyName, policy, selection).of(key, chain.left(), instances) : null);
	}

	/**
	 * A filter of the user's may fail, and that is told as the reason of the failure.
	 */
	private FilterChain filtered(CallRoute route, boolean placesByKey) {
		try {
			return this.selections.filtered(route, placesByKey);
		}
		catch (RuntimeException ex) {
			return new FilterChain(List.of(), "that failed", 0, Map.of());
		}
	}

	private static Instance instance(InstanceConnection connection, @Nullable String reason,
			@Nullable Duration ejectedFor, long now) {
		return new Instance(connection.instance(), reason == null, reason, connection.weight(),
				connection.statistics().load(now) / connection.weight(), connection.statistics().inFlight(),
				Duration.ofNanos((long) connection.statistics().latencyNanos(now)), connection.stateName(),
				connection.subchannels().stream().map(InstanceSubchannel::stateName).toList(), ejectedFor);
	}

	private static @Nullable String reason(InstanceConnection connection, FilterChain chain,
			Map<String, Ejection> ejections) {
		String id = connection.instance().id();
		if (!connection.isUsable()) {
			if (connection.isServing() && !connection.isDraining()) {
				Ejection ejection = ejections.get(id);
				return "ejected: " + ((ejection != null) ? ejection.reason() : "an outlier");
			}
			return connection.isDraining() ? "about to leave" : connection.describe();
		}
		String filter = chain.leftOutBy().get(id);
		if (filter != null) {
			return "left out by the filter '" + filter + "'";
		}
		return chain.left().contains(connection) ? null
				: "left out because the filter '" + chain.emptiedBy() + "' left nobody";
	}

}
