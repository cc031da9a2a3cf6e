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

import java.io.Serial;

import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * An exception by which a service answers: code, message and details go to the caller as
 * they are, and nothing is logged but for a server fault with a cause. To be extended by
 * the errors that callers are to tell apart; on their side the same class is made again
 * by an {@code RpcErrorDecoder} bean.
 *
 * <pre class="code">
 * public class OutOfStockException extends RpcStatusException {
 *
 *     public OutOfStockException(RpcError error) {
 *         super(error);
 *     }
 *
 * }
 * </pre>
 *
 * It is gRPC's own exception, so it may also be handed to {@code onError}, and is
 * understood by servers without this library.
 */
public class RpcStatusException extends StatusRuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient RpcError error;

	/**
	 * Creates an exception.
	 * @param error what it says
	 */
	public RpcStatusException(RpcError error) {
		this(error, null);
	}

	/**
	 * Creates an exception.
	 * @param error what it says
	 * @param cause the reason, which stays in the process
	 */
	public RpcStatusException(RpcError error, @Nullable Throwable cause) {
		super(error.toStatus().withCause(cause), error.toTrailers());
		this.error = error;
	}

	/**
	 * Returns what it says.
	 * @return the error
	 */
	public final RpcError error() {
		return this.error;
	}

}
