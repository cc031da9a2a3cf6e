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

import org.jspecify.annotations.Nullable;

/**
 * Base of the exceptions of this library. The message says what failed, the name and
 * value concerned, and what was expected. Calls themselves fail with gRPC's own
 * {@link io.grpc.StatusRuntimeException}.
 */
public abstract class RpcException extends RuntimeException {

	private final @Nullable String action;

	/**
	 * Creates an exception.
	 * @param message what failed
	 * @param action what a person can do about it, if that is known
	 * @param cause the reason, if another exception is
	 */
	protected RpcException(String message, @Nullable String action, @Nullable Throwable cause) {
		super(message, cause);
		this.action = action;
	}

	/**
	 * Returns what a person can do about it.
	 * @return one or two sentences, or {@code null}
	 */
	public @Nullable String action() {
		return this.action;
	}

}
