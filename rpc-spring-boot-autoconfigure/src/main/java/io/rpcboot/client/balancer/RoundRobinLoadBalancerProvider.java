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

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.protobuf.services.HealthCheckingLoadBalancerUtil;

/**
 * Provides the policy {@code rpc_round_robin}: one instance after the other. Found by
 * gRPC through the service loader.
 */
public final class RoundRobinLoadBalancerProvider extends LoadBalancerProvider {

	@Override
	public boolean isAvailable() {
		return true;
	}

	@Override
	public int getPriority() {
		return 5;
	}

	@Override
	public String getPolicyName() {
		return "rpc_round_robin";
	}

	@Override
	public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
		return HealthCheckingLoadBalancerUtil.newHealthCheckingLoadBalancer(new Factory(),
				new ConnectionWatchingHelper(helper));
	}

	private static final class Factory extends LoadBalancer.Factory {

		@Override
		public LoadBalancer newLoadBalancer(LoadBalancer.Helper healthChecking) {
			return new InstanceLoadBalancer(healthChecking, RoundRobinPicker::new);
		}

	}

}
