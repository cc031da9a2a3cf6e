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
import java.util.function.Function;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.rpcboot.call.AuthorizationHeader;
import io.rpcboot.server.authentication.RpcAuthentication;
import io.rpcboot.server.authentication.RpcAuthenticationException;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;

/**
 * Authenticates the credentials of one scheme by an {@link AuthenticationManager}. The
 * caller is not told why they are wrong: an unknown name looks like a wrong password.
 */
final class HeaderAuthentication implements RpcAuthentication {

	private final String scheme;

	private final Function<String, Authentication> reader;

	private final AuthenticationManager manager;

	/**
	 * Creates an authentication.
	 * @param scheme the scheme
	 * @param reader makes of what stands behind it what the manager understands; throws
	 * an {@link AuthenticationException} if it cannot
	 * @param manager authenticates it
	 */
	HeaderAuthentication(String scheme, Function<String, Authentication> reader, AuthenticationManager manager) {
		this.scheme = scheme;
		this.reader = reader;
		this.manager = manager;
	}

	@Override
	public boolean isBearer() {
		return this.scheme.equals(AuthorizationHeader.BEARER);
	}

	@Override
	public @Nullable Principal authenticate(ServerCall<?, ?> call, Metadata headers) {
		String credentials = AuthorizationHeader.read(headers, this.scheme);
		if (credentials == null) {
			return null;
		}
		try {
			Authentication authenticated = this.manager.authenticate(this.reader.apply(credentials));
			if (authenticated != null && authenticated.isAuthenticated()) {
				return authenticated;
			}
			throw rejected(null);
		}
		catch (AuthenticationServiceException ex) {
			// Whoever knows the users is away: nothing is said of the credentials.
			throw ex;
		}
		catch (AuthenticationException ex) {
			throw rejected(ex);
		}
	}

	private RpcAuthenticationException rejected(@Nullable AuthenticationException ex) {
		return new RpcAuthenticationException("The " + this.scheme + " credentials are not accepted", ex);
	}

}
