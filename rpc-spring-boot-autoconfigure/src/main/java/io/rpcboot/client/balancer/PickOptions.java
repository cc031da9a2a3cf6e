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

import io.grpc.CallOptions;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.routing.CallRoute;

/**
 * What a call tells the policies of this library, in its options.
 */
public final class PickOptions {

	/**
	 * Where the call may go; absent for anywhere, under the policy of the channel.
	 */
	public static final CallOptions.Key<CallRoute> ROUTE = CallOptions.Key.create("rpc-route");

	/**
	 * Which instances it prefers or avoids, and the key of its place.
	 */
	public static final CallOptions.Key<PickHints> HINTS = CallOptions.Key.create("rpc-pick-hints");

	private PickOptions() {
	}

}
