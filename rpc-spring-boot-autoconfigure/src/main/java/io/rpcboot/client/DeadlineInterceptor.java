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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Gives a deadline to each call that was made without one. The timeout of a method is
 * decided once. A deadline that the caller is under itself stays the upper bound: gRPC
 * takes the earlier of both.
 */
final class DeadlineInterceptor implements ClientInterceptor {

	private final CallTimeouts timeouts;

	/** By full method name: a descriptor may be made for each call. */
	private final Map<String, Plan> plans = new ConcurrentHashMap<>();

	DeadlineInterceptor(CallTimeouts timeouts) {
		this.timeouts = timeouts;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		if (options.getDeadline() != null) {
			return next.newCall(method, options);
		}
		Plan plan = this.plans.get(method.getFullMethodName());
		if (plan == null) {
			plan = this.plans.computeIfAbsent(method.getFullMethodName(), (name) -> plan(method));
		}
		return next.newCall(method,
				plan.bounded() ? options.withDeadlineAfter(plan.timeoutNanos(), TimeUnit.NANOSECONDS) : options);
	}

	private Plan plan(MethodDescriptor<?, ?> method) {
		@Nullable Duration timeout = this.timeouts.timeout(method);
		return (timeout != null) ? new Plan(true, TimeUnit.NANOSECONDS.convert(timeout)) : new Plan(false, 0);
	}

	private record Plan(boolean bounded, long timeoutNanos) {

	}

}
