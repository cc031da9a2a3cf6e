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
import io.grpc.MethodDescriptor.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Makes the attempts of calls: sends again what for sure was not executed, and tells the
 * server who calls. The innermost interceptor, so that all others see one call.
 */
final class AttemptInterceptor implements ClientInterceptor {

	private final @Nullable String caller;

	private final boolean customized;

	/**
	 * Creates the interceptor.
	 * @param caller the name of this application; {@code null} if it has none
	 * @param customized whether the channels may have interceptors of their own
	 */
	AttemptInterceptor(@Nullable String caller, boolean customized) {
		this.caller = caller;
		this.customized = customized;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return (method.getType() == MethodType.UNARY)
				? new UnaryAttempts<>(method, options, next, this.caller, this.customized)
				: new StreamAttempts<>(method, options, next, this.caller, this.customized);
	}

}
