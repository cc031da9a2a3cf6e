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
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;

/**
 * Reaches, for a benchmark, what holds for the calls of one method.
 */
public final class PlanInsides {

	private final PlannedCalls calls;

	/**
	 * Creates a plan as it is by default.
	 * @param channel is not called
	 */
	public PlanInsides(Channel channel) {
		this.calls = new PlannedCalls(new CallPlan(TimeUnit.SECONDS.toNanos(5), "rpc.client.defaults.timeout",
				new CallRoutes(null, null, Map.of()), null, channel, null, null, null));
	}

	/**
	 * Returns the options of one call.
	 * @param options what the call says itself
	 * @return the options
	 */
	public CallOptions options(CallOptions options) {
		return this.calls.options(options);
	}

}
