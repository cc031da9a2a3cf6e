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
import io.grpc.Context;
import io.grpc.Metadata;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.CarriedMetadata;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an outgoing call carries on from the call that it is made for: the lane, the
 * tenant, baggage and listed headers. What the call itself says wins over the context in
 * which it is made.
 */
final class CarriedHeaders {

	private static final Logger logger = LoggerFactory.getLogger(CarriedHeaders.class);

	private CarriedHeaders() {
	}

	/**
	 * Returns the lane of a call.
	 * @param options what the call says
	 * @param context where it is made
	 * @return the lane; {@code null} for none
	 */
	static @Nullable String lane(CallOptions options, Context context) {
		return name(options, RpcCallOptions.LANE, context, CallContext.LANE);
	}

	/**
	 * Returns the tenant for whom a call is made.
	 * @param options what the call says
	 * @param context where it is made
	 * @return the tenant; {@code null} for none
	 */
	static @Nullable String tenant(CallOptions options, Context context) {
		return name(options, RpcCallOptions.TENANT, context, CallContext.TENANT);
	}

	/**
	 * Adds the headers of a call. Called on the thread that makes it.
	 * @param headers its headers; those of an earlier one are replaced
	 * @param options what it says
	 */
	static void add(Metadata headers, CallOptions options) {
		Context context = Context.current();
		put(headers, RpcMetadata.LANE, lane(options, context));
		put(headers, RpcMetadata.TENANT, tenant(options, context));
		CarriedMetadata.write(headers, context);
	}

	private static void put(Metadata headers, Metadata.Key<String> key, @Nullable String value) {
		if (value != null) {
			// A server that forwards the headers it got would otherwise send two.
			headers.discardAll(key);
			headers.put(key, value);
		}
	}

	private static @Nullable String name(CallOptions options, CallOptions.Key<String> option, Context context,
			Context.Key<String> key) {
		String ofCall = options.getOption(option);
		String value = (ofCall != null) ? ofCall : key.get(context);
		if (value == null || value.isEmpty()) {
			return null;
		}
		if (!CallContext.isName(value)) {
			logger.debug("A {} with {} characters is passed over (expected: 1 to {} of A-Za-z0-9._-)", option,
					value.length(), CallContext.MAX_LENGTH);
			return null;
		}
		return value;
	}

}
