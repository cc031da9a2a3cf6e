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
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.rpcboot.client.balancer.PickOptions;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.balancer.policy.XxHash64;
import org.jspecify.annotations.Nullable;

/**
 * Puts the hash key of each call into its {@link PickHints}, for methods under a policy
 * that places by key. Inside of all that adds headers, because it reads them, and outside
 * of the attempts, so that all of a call have one key.
 * <p>
 * A call that names its key itself is not touched. Otherwise what comes next sees the
 * call when its headers are there, or its first message: a deadline or a cancelled
 * context end a stream no sooner than it has sent something.
 */
final class HashKeyInterceptor implements ClientInterceptor {

	/**
	 * Where the key of the call comes from; absent if it needs none.
	 */
	static final CallOptions.Key<HashKeySource> SOURCE = CallOptions.Key.create("rpc-hash-key-source");

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		@Nullable HashKeySource source = options.getOption(SOURCE);
		if (source == null) {
			return next.newCall(method, options);
		}
		String key = options.getOption(RpcCallOptions.HASH_KEY);
		return (key != null && !key.isEmpty()) ? next.newCall(method, withKey(options, XxHash64.hash(key)))
				: new HashKeyCall<>(method, options, next, source);
	}

	/**
	 * Adds a key to the hints of a call.
	 * @param options the options of the call
	 * @param key the hash of its key
	 * @return the options with it
	 */
	static CallOptions withKey(CallOptions options, long key) {
		@Nullable PickHints hints = options.getOption(PickOptions.HINTS);
		return options.withOption(PickOptions.HINTS, ((hints != null) ? hints : PickHints.NONE).withKey(key));
	}

}
