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

import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.rpcboot.client.attempt.AttemptPolicy;
import io.rpcboot.client.attempt.ReadOnlyTracerFactory;
import io.rpcboot.client.balancer.PickOptions;
import io.rpcboot.client.routing.CallRoute;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the calls of one method through one reference, decided once.
 *
 * @param timeoutNanos how long a call may take that says nothing itself;
 * {@link #UNBOUNDED} for as long as it likes
 * @param timeoutOrigin the setting that says so; empty if unbounded
 * @param routes where its calls may go
 * @param hashKey where the key of a call comes from, under a policy that places by key;
 * {@code null} under another
 * @param channel the channel that has the policy
 * @param attempts how its calls are attempted; {@code null} for the default
 * @param sendBound how far those who send may be ahead; {@code null} for no bound, as for
 * methods with one request
 * @param tracers makes a tracer for each attempt; {@code null} for none
 */
record CallPlan(long timeoutNanos, String timeoutOrigin, CallRoutes routes, @Nullable HashKeySource hashKey,
		Channel channel, @Nullable AttemptPolicy attempts, @Nullable SendBound sendBound,
		@Nullable ReadOnlyTracerFactory tracers) {

	static final long UNBOUNDED = 0;

	/**
	 * Adds to the options of calls what is the same for all of them that say the same.
	 * @param options what the calls say themselves, which wins
	 * @return the options
	 */
	CallOptions fixed(CallOptions options) {
		CallOptions planned = options;
		if (isTimed(options)) {
			planned = planned.withOption(AttemptPolicy.TIMEOUT_ORIGIN, this.timeoutOrigin);
		}
		if (this.attempts != null) {
			planned = planned.withOption(AttemptPolicy.KEY, this.attempts);
		}
		if (this.hashKey != null) {
			planned = planned.withOption(HashKeyInterceptor.SOURCE, this.hashKey);
		}
		return (this.tracers != null) ? planned.withStreamTracerFactory(this.tracers) : planned;
	}

	/**
	 * Adds to the options of a call what is its own: the deadline, and where it may go. A
	 * deadline that the caller is under itself stays the upper bound: gRPC takes the
	 * earlier of both.
	 * @param options what the call says itself
	 * @param fixed the same, by {@link #fixed}
	 * @return the options
	 */
	CallOptions options(CallOptions options, CallOptions fixed) {
		CallOptions planned = fixed;
		if (isTimed(options)) {
			planned = planned.withDeadlineAfter(this.timeoutNanos, TimeUnit.NANOSECONDS);
		}
		CallRoute route = this.routes.route(options);
		return route.equals(CallRoute.NONE) ? planned : planned.withOption(PickOptions.ROUTE, route);
	}

	private boolean isTimed(CallOptions options) {
		return this.timeoutNanos != UNBOUNDED && options.getDeadline() == null;
	}

}
