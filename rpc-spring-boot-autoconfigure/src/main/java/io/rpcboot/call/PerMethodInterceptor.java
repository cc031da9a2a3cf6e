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

package io.rpcboot.call;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * An interceptor of the starter whose work depends on the method. A server asks it once
 * for each method that it serves, when it starts: what a method needs is known then and
 * need not be looked up by each call, and a method that needs nothing is not intercepted.
 */
public interface PerMethodInterceptor extends ServerInterceptor {

	/**
	 * Returns what the calls of a method pass. Not to be called before all that it
	 * depends on is set.
	 * @param method the method
	 * @return this interceptor, or one that is made for the method; {@code null} if its
	 * calls pass nothing
	 */
	@Nullable ServerInterceptor of(MethodDescriptor<?, ?> method);

	/**
	 * Intercepts a call of a method that was not known when the server started.
	 */
	@Override
	default <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		ServerInterceptor interceptor = of(call.getMethodDescriptor());
		return (interceptor != null) ? interceptor.interceptCall(call, headers, next) : next.startCall(call, headers);
	}

}
