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

package io.rpcboot.registry;

import io.rpcboot.call.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown, or handed to a listener, when a registry cannot be read or written. The message
 * says what failed, the name and value concerned, and what was expected.
 */
public class RegistryException extends RpcException {

	/**
	 * Creates an exception without a cause.
	 * @param message what failed
	 */
	public RegistryException(String message) {
		super(message, null, null);
	}

	/**
	 * Creates an exception with a cause.
	 * @param message what failed
	 * @param cause the reason
	 */
	public RegistryException(String message, @Nullable Throwable cause) {
		super(message, null, cause);
	}

}
