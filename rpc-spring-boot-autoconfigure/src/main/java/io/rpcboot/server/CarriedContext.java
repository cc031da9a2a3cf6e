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

package io.rpcboot.server;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.CarriedMetadata;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.Ordered;

/**
 * Puts the lane, the tenant and the baggage of a request, and that it is a repeated
 * attempt, into the context in which it is served, for the calls that its handler makes.
 * A request without them passes untouched and costs no object.
 */
final class CarriedContext implements ServerInterceptor, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(CarriedContext.class);

	@Override
	public int getOrder() {
		return ServerInterceptorOrder.CARRIED_CONTEXT;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		String lane = name(headers, RpcMetadata.LANE);
		String tenant = name(headers, RpcMetadata.TENANT);
		Context current = Context.current();
		Context context = CarriedMetadata.read(headers, current);
		context = (lane != null) ? context.withValue(CallContext.LANE, lane) : context;
		context = (tenant != null) ? context.withValue(CallContext.TENANT, tenant) : context;
		context = headers.containsKey(RpcMetadata.NO_RETRY) ? context.withValue(CallContext.NO_RETRY, Boolean.TRUE)
				: context;
		return (context == current) ? next.startCall(call, headers)
				: Contexts.interceptCall(context, call, headers, next);
	}

	/**
	 * Returns the name in a header. Values are untrusted, so one that is no name is not
	 * even logged.
	 * @param headers the headers of a request
	 * @param key the header
	 * @return the name; {@code null} if there is none
	 */
	static @Nullable String name(Metadata headers, Metadata.Key<String> key) {
		String value = headers.get(key);
		if (value == null || CallContext.isName(value)) {
			return value;
		}
		logger.debug("The header {} with {} characters is passed over (expected: 1 to {} of A-Za-z0-9._-)", key.name(),
				value.length(), CallContext.MAX_LENGTH);
		return null;
	}

}
