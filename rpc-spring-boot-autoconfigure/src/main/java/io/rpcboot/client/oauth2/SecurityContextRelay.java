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

package io.rpcboot.client.oauth2;

import io.rpcboot.call.CallPrincipal;
import io.rpcboot.client.credentials.TokenRelay;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2Token;

/**
 * Relays the token of the incoming call that is served. Outside of one it is that of the
 * security context, as after an HTTP request with a bearer token.
 */
final class SecurityContextRelay implements TokenRelay {

	@Override
	public @Nullable String token() {
		if (CallPrincipal.wasAsked()) {
			// A call without a token must not borrow that of other work.
			return CallPrincipal.currentToken();
		}
		Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
		return (authentication != null && authentication.getCredentials() instanceof OAuth2Token token)
				? token.getTokenValue() : null;
	}

}
