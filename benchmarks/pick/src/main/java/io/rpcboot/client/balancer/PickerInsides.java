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

import java.util.Objects;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.rpcboot.client.balancer.policy.InstanceSelector;
import io.rpcboot.client.balancer.policy.InstanceStatistics;
import io.rpcboot.client.routing.CallRoute;

/**
 * Reaches, for a benchmark, what no caller of the library needs.
 */
public final class PickerInsides {

	private PickerInsides() {
	}

	/**
	 * Makes a load balancer without the health watch around it, whose picker is the
	 * innermost one.
	 * @param helper stands for the channel
	 * @param policy the name of the policy, as the library knows it
	 * @return the load balancer
	 */
	public static LoadBalancer withoutHealthWatch(LoadBalancer.Helper helper, String policy) {
		return new InstanceLoadBalancer(new ConnectionWatchingHelper(helper), policy);
	}

	/**
	 * Returns the selector of calls without a route.
	 * @param picker a picker of {@link #withoutHealthWatch}
	 * @return its selector
	 */
	public static InstanceSelector selector(SubchannelPicker picker) {
		return Objects.requireNonNull(((InstancePicker) picker).selection(CallRoute.NONE).selector());
	}

	/**
	 * Returns the statistics of an instance that a channel knows.
	 * @param context what the channel has in common with others
	 * @param id of the instance
	 * @return its statistics
	 */
	public static InstanceStatistics statistics(BalancerContext context, String id) {
		return Objects.requireNonNull(context.statistics().find(id));
	}

}
