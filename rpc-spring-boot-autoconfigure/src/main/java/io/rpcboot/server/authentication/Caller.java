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

import java.security.Principal;
import java.util.List;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.rpcboot.call.AuthorizationHeader;
import org.jspecify.annotations.Nullable;

/**
 * What is known of who makes a call.
 *
 * @param principal the caller; {@code null} if it gave no credentials that anybody
 * understands
 * @param token the bearer token with which it has proven that; {@code null} for none. A
 * secret
 */
record Caller(@Nullable Principal principal, @Nullable String token) {

	static final Caller UNKNOWN = new Caller(null, null);

	/**
	 * Asks one after the other until one knows the caller.
	 */
	static Caller of(List<RpcAuthentication> authentications, ServerCall<?, ?> call, Metadata headers) {
		for (RpcAuthentication authentication : authentications) {
			Principal principal = authentication.authenticate(call, headers);
			if (principal != null) {
				// A token that stands beside other credentials is verified by nobody.
				return new Caller(principal, authentication.isBearer()
						? AuthorizationHeader.read(headers, AuthorizationHeader.BEARER) : null);
			}
		}
		return UNKNOWN;
	}

	/**
	 * Leaves the token out.
	 */
	@Override
	public String toString() {
		return "Caller[" + ((this.principal != null) ? this.principal.getName() : "unknown") + "]";
	}

}
