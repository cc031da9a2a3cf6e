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

import io.grpc.ServerInterceptor;
import io.rpcboot.call.AuthorizationHeader;
import io.rpcboot.server.authentication.RpcAuthentication;
import io.rpcboot.server.error.RpcExceptionResolver;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/**
 * Lets Spring Security find out who calls, and tells it so where services run.
 */
public final class SpringSecurity {

	private SpringSecurity() {
	}

	/**
	 * Reads bearer tokens. Needs Spring Security's OAuth2 resource server.
	 * @param manager authenticates a {@link BearerTokenAuthenticationToken}
	 * @return the authentication
	 */
	public static RpcAuthentication bearer(AuthenticationManager manager) {
		return new HeaderAuthentication(AuthorizationHeader.BEARER, BearerTokenAuthenticationToken::new, manager);
	}

	/**
	 * Reads names and passwords (RFC 7617, in UTF-8). Each call is checked, so the cost
	 * of the password's hash is paid by each call.
	 * @param manager authenticates a {@code UsernamePasswordAuthenticationToken}
	 * @return the authentication
	 */
	public static RpcAuthentication basic(AuthenticationManager manager) {
		return new HeaderAuthentication(AuthorizationHeader.BASIC, BasicCredentials::read, manager);
	}

	/**
	 * Reads the certificate that the client has shown, if the server asked for one and
	 * trusts it: the caller is its common name.
	 * @param users knows the authorities of the callers; {@code null} for callers without
	 * authorities
	 * @return the authentication
	 */
	public static RpcAuthentication certificate(@Nullable UserDetailsService users) {
		return new CertificateAuthentication(users);
	}

	/**
	 * Puts the caller of a call into the security context around each of its callbacks.
	 * @return the interceptor
	 */
	public static ServerInterceptor contextInterceptor() {
		return new SecurityContextInterceptor();
	}

	/**
	 * Answers UNAUTHENTICATED and PERMISSION_DENIED for Spring Security's exceptions.
	 * @return the resolver
	 */
	public static RpcExceptionResolver exceptionResolver() {
		return new SecurityExceptionResolver();
	}

}
