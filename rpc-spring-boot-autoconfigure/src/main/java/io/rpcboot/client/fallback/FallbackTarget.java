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

package io.rpcboot.client.fallback;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * What a fallback bean is, as something that can be called.
 */
interface FallbackTarget {

	/**
	 * Tells whether a method can be called.
	 * @param method the method
	 * @return whether it can
	 */
	boolean serves(MethodDescriptor<?, ?> method);

	/**
	 * Makes a call, which is not started yet.
	 * @param <Q> the type of request messages
	 * @param <A> the type of response messages
	 * @param method a method that is served
	 * @param options what the caller asked for
	 * @param failure how the call ended that this one stands in for
	 * @return the call
	 */
	<Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options, Status failure);

}
