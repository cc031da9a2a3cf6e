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

import io.grpc.CallOptions;
import io.rpcboot.client.attempt.AttemptPolicy;

/**
 * What a single call may ask for, as in {@code stub.withOption(RpcCallOptions.LANE,
 * "blue")}. An interceptor that sets lane or tenant has to be the stub's own: when a
 * {@link GlobalClientInterceptor} sees the call, its route is chosen.
 */
public final class RpcCallOptions {

	/**
	 * The lane of the call and of the calls that it leads to: 1 to 64 of
	 * {@code A-Za-z0-9._-}. Wins over {@link io.rpcboot.call.CallContext#LANE}; an empty
	 * text takes the call out of that lane.
	 */
	public static final CallOptions.Key<String> LANE = CallOptions.Key.create("rpc-lane");

	/**
	 * The tenant for whom the call, and the calls that it leads to, are made: 1 to 64 of
	 * {@code A-Za-z0-9._-}. Wins over {@link io.rpcboot.call.CallContext#TENANT}; an
	 * empty text leaves that out.
	 */
	public static final CallOptions.Key<String> TENANT = CallOptions.Key.create("rpc-tenant");

	/**
	 * The key by which the call is placed, under a load balancing policy that places by
	 * key. Wins over {@link HashKey}; an empty one is none.
	 */
	public static final CallOptions.Key<String> HASH_KEY = CallOptions.Key.create("rpc-hash-key");

	/**
	 * Whether the call may run more than once, whatever is declared of its method.
	 */
	public static final CallOptions.Key<Boolean> IDEMPOTENT = AttemptPolicy.IDEMPOTENT;

	private RpcCallOptions() {
	}

}
