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

package io.rpcboot.client.error;

import java.util.function.Function;

import io.rpcboot.call.RpcError;
import org.jspecify.annotations.Nullable;

/**
 * Turns the errors of callees into exceptions of the application. Beans of this type are
 * asked in their order for each failed call of an {@code @RpcReference}; the first
 * exception becomes the cause of the status, and so of what a stub throws: generated
 * stubs throw gRPC's own exceptions and no others.
 *
 * <pre class="code">
 * &#064;Bean
 * RpcErrorDecoder outOfStock() {
 *     return RpcErrorDecoder.of("shop.example", "OUT_OF_STOCK", OutOfStockException::new);
 * }
 *
 * catch (StatusRuntimeException ex) {
 *     if (ex.getCause() instanceof OutOfStockException outOfStock) …
 * </pre>
 *
 * A status that has a cause already is one of this process, not of the callee, and is
 * left as it is. The report of the attempts alone is no such cause: an exception that is
 * a new one for each call carries it on.
 */
@FunctionalInterface
public interface RpcErrorDecoder {

	/**
	 * Decodes an error. Called on the thread that runs the callbacks of the call, which
	 * must not be held: on the event loop for non-blocking references. From several
	 * threads at a time. What is thrown is logged, and the status stays as it is.
	 * @param error what the callee said; UNAVAILABLE, DEADLINE_EXCEEDED and CANCELLED may
	 * also be of this side
	 * @return the exception; {@code null} if this is for others to decode
	 */
	@Nullable Throwable decode(RpcError error);

	/**
	 * Returns a decoder for one reason.
	 * @param domain the {@link RpcError#domain() domain}
	 * @param reason the {@link RpcError#reason() reason}
	 * @param exception makes the exception
	 * @return the decoder
	 */
	static RpcErrorDecoder of(String domain, String reason, Function<RpcError, ? extends Throwable> exception) {
		return (error) -> (domain.equals(error.domain()) && reason.equals(error.reason())) ? exception.apply(error)
				: null;
	}

}
