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

package io.rpcboot.server.error;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Says what callers are told of an exception of a service. Beans of this type are asked
 * in their order until one answers; if none does, the default table decides.
 * {@code @RpcAdvice} beans together are one such resolver, of order 0.
 */
@FunctionalInterface
public interface RpcExceptionResolver {

	/**
	 * Resolves an exception. Called on the thread on which the service failed, from
	 * several threads at a time; the id under which the failure is logged is in the
	 * logging context (MDC) as {@code rpc-correlation-id}. What is thrown here is logged,
	 * and the default table decides.
	 * @param exception what the service threw or handed to {@code onError}, never a
	 * status exception, which is an answer already; a {@code CompletionException} or
	 * {@code ExecutionException} was taken off
	 * @param method the method that failed
	 * @param headers the headers of the request
	 * @return the answer, not OK, such as that of {@code RpcError.toException()};
	 * {@code null} if this is for others to resolve
	 */
	@Nullable StatusRuntimeException resolve(Throwable exception, MethodDescriptor<?, ?> method, Metadata headers);

}
