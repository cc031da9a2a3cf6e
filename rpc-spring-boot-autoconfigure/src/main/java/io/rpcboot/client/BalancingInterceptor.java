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

package io.rpcboot.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.rpcboot.client.balancer.PickOptions;
import io.rpcboot.client.routing.CallRoute;
import org.jspecify.annotations.Nullable;

/**
 * Tells each call of one reference where it may go and by which policy, and hands it to
 * the channel that has the policy. What holds for a method is decided once. The last of
 * the interceptors of a reference.
 */
final class BalancingInterceptor implements ClientInterceptor {

	private final Function<MethodDescriptor<?, ?>, Plan> planner;

	/** By full method name: a descriptor may be made for each call. */
	private final Map<String, Plan> plans = new ConcurrentHashMap<>();

	/**
	 * Creates the interceptor.
	 * @param planner decides what holds for a method
	 */
	BalancingInterceptor(Function<MethodDescriptor<?, ?>, Plan> planner) {
		this.planner = planner;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		Plan plan = this.plans.get(method.getFullMethodName());
		if (plan == null) {
			plan = this.plans.computeIfAbsent(method.getFullMethodName(), (name) -> this.planner.apply(method));
		}
		CallOptions planned = options;
		CallRoute route = plan.routes().route(options);
		if (!route.equals(CallRoute.NONE)) {
			planned = planned.withOption(PickOptions.ROUTE, route);
		}
		if (plan.hashKey() != null) {
			planned = planned.withOption(HashKeyInterceptor.SOURCE, plan.hashKey());
		}
		return plan.channel().newCall(method, planned);
	}

	/**
	 * What holds for a method.
	 *
	 * @param routes where its calls may go
	 * @param hashKey where the key of a call comes from, under a policy that places by
	 * key; {@code null} under another
	 * @param channel the channel that has the policy
	 */
	record Plan(CallRoutes routes, @Nullable HashKeySource hashKey, Channel channel) {

	}

}
