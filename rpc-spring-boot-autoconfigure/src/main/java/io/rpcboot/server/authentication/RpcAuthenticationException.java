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

package io.rpcboot.server.authentication;

import io.rpcboot.call.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by an {@link RpcAuthentication} that does not accept the credentials of a call.
 */
public class RpcAuthenticationException extends RpcException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message what the caller is told; neither a secret nor a name that it did not
	 * send
	 * @param cause why the credentials were not accepted; stays in the process
	 */
	public RpcAuthenticationException(String message, @Nullable Throwable cause) {
		super(message, null, cause);
	}

}
