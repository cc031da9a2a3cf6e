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

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.rpcboot.client.attempt.AttemptPolicies;
import io.rpcboot.client.attempt.AttemptPolicy;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Decides what holds for the methods of one reference.
 *
 * @param channels the channels to call through
 * @param application the application that is called
 * @param timeouts the timeout of each method
 * @param policies the name of the policy of each method
 * @param hashKeys where the key of a call of each method comes from
 * @param route what the reference asks of instances
 * @param attempts how the calls of each method are attempted
 * @param maxBuffered how many bytes a stream of requests may be ahead of its transport; 0
 * for no bound
 * @param nonBlocking whether callbacks run on the event loop
 */
record CallPlans(RpcChannels channels, String application, CallTimeouts timeouts, MethodSettings<String> policies,
		MethodSettings<HashKeySource> hashKeys, ReferenceRoute route, AttemptPolicies attempts, long maxBuffered,
		boolean nonBlocking) implements Function<MethodDescriptor<?, ?>, CallPlan> {

	@Override
	public CallPlan apply(MethodDescriptor<?, ?> method) {
		Setting<String> policyName = this.policies.of(method);
		String name = (policyName != null) ? policyName.value() : "";
		LoadBalancingPolicy policy = this.channels.policy(name);
		Setting<Duration> timeout = this.timeouts.timeout(method);
		return new CallPlan((timeout != null) ? TimeUnit.NANOSECONDS.convert(timeout.value()) : CallPlan.UNBOUNDED,
				(timeout != null) ? timeout.origin() : "",
				new CallRoutes(routed(policy), this.route.version(), this.route.tags()), hashKey(method, policy),
				channel(name), attempts(method), sendBound(method), this.channels.tracers(this.application, method));
	}

	private @Nullable AttemptPolicy attempts(MethodDescriptor<?, ?> method) {
		AttemptPolicy policy = this.attempts.of(method);
		return policy.equals(AttemptPolicy.DEFAULT) ? null : policy;
	}

	private @Nullable SendBound sendBound(MethodDescriptor<?, ?> method) {
		return (this.maxBuffered > 0 && !method.getType().clientSendsOneMessage())
				? new SendBound(this.maxBuffered, this.channels::isCallbackThread) : null;
	}

	/**
	 * Returns the channel of calls of which nothing else is set.
	 */
	Channel channel() {
		Setting<String> policy = this.policies.ofReference();
		return channel((policy != null) ? policy.value() : "");
	}

	/**
	 * Returns the channel of a policy. A subset need not hold any instance of the version
	 * or the tags that the reference asks for.
	 */
	Channel channel(String policy) {
		boolean everybody = this.route.version() != null || !this.route.tags().isEmpty();
		return this.channels.channel(this.application, policy, everybody, this.nonBlocking);
	}

	/**
	 * Returns the name that a call has to say: none if its channel goes by that policy.
	 */
	private @Nullable String routed(@Nullable LoadBalancingPolicy policy) {
		return (policy == null || policy.name().equals(this.channels.standardPolicy(this.application))) ? null
				: policy.name();
	}

	private @Nullable HashKeySource hashKey(MethodDescriptor<?, ?> method, @Nullable LoadBalancingPolicy policy) {
		if (policy == null || !policy.placesByKey()) {
			return null;
		}
		Setting<HashKeySource> source = this.hashKeys.of(method);
		return (source != null) ? source.value() : HashKeySource.NONE;
	}

}
