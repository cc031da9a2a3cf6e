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

import io.grpc.Status;

/**
 * Answers calls of one method when the application that is called does not. A bean of
 * this type is named in {@code rpc.client.references.<application>.methods.<method>
 * .fallback.bean}, or as the {@code fallback} of a reference, where it serves the methods
 * of its own request and response types.
 *
 * @param <Q> the type of requests
 * @param <A> the type of responses
 */
@FunctionalInterface
public interface RpcFallback<Q, A> {

	/**
	 * Answers a call that has failed. Called on the thread on which the caller would have
	 * been told of the failure: it may block where the callbacks of the reference may. A
	 * server stream gets this one message.
	 * @param request the request
	 * @param failure how the call ended; the application may have run it nevertheless
	 * @return the response
	 * @throws Exception if there is no answer either, such as
	 * {@code failure.asRuntimeException()}; the call fails with both
	 */
	A answer(Q request, Status failure) throws Exception;

}
