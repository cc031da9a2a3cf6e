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

package io.rpcboot.server.security;

import java.security.Principal;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.Authentication;

/**
 * A caller of whom Spring Security has not been told, because an authentication of the
 * user's own found it: authenticated, without authorities.
 */
final class CallerAuthentication extends AbstractAuthenticationToken {

	private static final long serialVersionUID = 1L;

	private final transient Principal caller;

	private CallerAuthentication(Principal caller) {
		super(List.of());
		this.caller = caller;
		setAuthenticated(true);
	}

	/**
	 * Returns a caller as Spring Security sees it.
	 */
	static @Nullable Authentication of(@Nullable Principal caller) {
		if (caller == null) {
			return null;
		}
		return (caller instanceof Authentication authentication) ? authentication : new CallerAuthentication(caller);
	}

	@Override
	public @Nullable Object getCredentials() {
		return null;
	}

	@Override
	public Object getPrincipal() {
		return this.caller;
	}

}
