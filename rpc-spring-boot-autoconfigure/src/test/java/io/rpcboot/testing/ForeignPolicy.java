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

package io.rpcboot.testing;

import java.util.Map;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver.ConfigOrError;

/**
 * A policy that another library might bring, registered with gRPC until it is closed. It
 * balances as gRPC's {@code pick_first} does.
 */
public final class ForeignPolicy extends LoadBalancerProvider implements AutoCloseable {

	private ForeignPolicy() {
	}

	/**
	 * Registers the policy.
	 * @return the policy
	 */
	public static ForeignPolicy register() {
		ForeignPolicy policy = new ForeignPolicy();
		LoadBalancerRegistry.getDefaultRegistry().register(policy);
		return policy;
	}

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
		return "foreign_policy";
	}

	@Override
	public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
		return LoadBalancerRegistry.getDefaultRegistry().getProvider("pick_first").newLoadBalancer(helper);
	}

	@Override
	public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
		return ConfigOrError.fromConfig("none");
	}

	@Override
	public void close() {
		LoadBalancerRegistry.getDefaultRegistry().deregister(this);
	}

}
