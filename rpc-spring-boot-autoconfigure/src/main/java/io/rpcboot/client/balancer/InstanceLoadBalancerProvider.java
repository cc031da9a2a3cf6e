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

import java.util.HashMap;
import java.util.Map;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.protobuf.services.HealthCheckingLoadBalancerUtil;
import org.jspecify.annotations.Nullable;

/**
 * Provides the policies of this library to gRPC, each under its name with {@code rpc_}
 * before it, with the health watch. The config {@code {"policy": "name"}} names another
 * policy of the application context, one of the user's too; {@code {"connections": 2}}
 * opens so many connections to each instance.
 */
abstract class InstanceLoadBalancerProvider extends LoadBalancerProvider {

	/** Numbers of a service config are doubles. */
	private static final Double ONE_CONNECTION = 1.0;

	private final String policy;

	/**
	 * Creates a provider.
	 * @param policy the name of the policy, without the prefix
	 */
	InstanceLoadBalancerProvider(String policy) {
		this.policy = policy;
	}

	@Override
	public final boolean isAvailable() {
		return true;
	}

	@Override
	public final int getPriority() {
		return 5;
	}

	@Override
	public final String getPolicyName() {
		return "rpc_" + this.policy;
	}

	@Override
	public final ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
		Map<String, Object> settings = new HashMap<>(Map.of("policy", this.policy, "connections", ONE_CONNECTION));
		settings.putAll(config);
		Object name = settings.get("policy");
		if (!(name instanceof String text) || text.isEmpty()) {
			return invalid("policy", name, "the name of a load balancing policy");
		}
		Object connections = settings.get("connections");
		if (!(connections instanceof Double number) || number != Math.rint(number) || number < 1
				|| number > BalancerContext.MAX_CONNECTIONS) {
			return invalid("connections", connections, "1 to " + BalancerContext.MAX_CONNECTIONS);
		}
		return ConfigOrError.fromConfig(new PolicyConfig(text, number.intValue()));
	}

	private ConfigOrError invalid(String key, @Nullable Object value, String expected) {
		return ConfigOrError.fromError(Status.INVALID_ARGUMENT
			.withDescription(getPolicyName() + "." + key + ": '" + value + "' (expected: " + expected + ")"));
	}

	@Override
	public final LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
		return HealthCheckingLoadBalancerUtil.newHealthCheckingLoadBalancer(new Factory(this.policy),
				new ConnectionWatchingHelper(helper));
	}

	private static final class Factory extends LoadBalancer.Factory {

		private final String policy;

		Factory(String policy) {
			this.policy = policy;
		}

		@Override
		public LoadBalancer newLoadBalancer(LoadBalancer.Helper healthChecking) {
			return new InstanceLoadBalancer(healthChecking, this.policy);
		}

	}

}
