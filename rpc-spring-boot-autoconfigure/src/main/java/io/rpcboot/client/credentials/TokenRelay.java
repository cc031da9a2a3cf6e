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

package io.rpcboot.client.credentials;

import io.rpcboot.call.CallPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Finds the token of the caller for whom a call is made. A bean of this type replaces the
 * starter's.
 */
@FunctionalInterface
public interface TokenRelay {

	/**
	 * The token of the incoming call that is served; only one that this server has
	 * verified.
	 */
	TokenRelay OF_CALL = CallPrincipal::currentToken;

	/**
	 * Returns the token. Called on the thread that makes the call; must not block.
	 * @return the token; {@code null} if there is none, so that the call is made without
	 * credentials
	 */
	@Nullable String token();

}
