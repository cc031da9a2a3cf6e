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

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of calls without credentials.
 *
 * @param required whether they are refused; {@code null} for yes where there is an
 * {@link RpcAuthentication}
 * @param open full names of methods, or of services, that they may call all the same
 * @param protectReflection whether reflection needs credentials
 * @param protectHealthDetail whether the health of a single service needs credentials;
 * that of the server as a whole never does
 */
public record AuthenticationSettings(@Nullable Boolean required, Set<String> open, boolean protectReflection,
		boolean protectHealthDetail) {

	/**
	 * What holds if nothing is set.
	 */
	public static final AuthenticationSettings DEFAULT = new AuthenticationSettings(null, Set.of(), false, false);

	/**
	 * Copies the names.
	 */
	public AuthenticationSettings {
		open = Set.copyOf(open);
	}

	/**
	 * Returns the property that asks for credentials, if one does so by itself.
	 * @return its name; {@code null} for none
	 */
	public @Nullable String demand() {
		if (Boolean.TRUE.equals(this.required)) {
			return "rpc.server.authentication.required";
		}
		if (this.protectReflection) {
			return "rpc.server.authentication.protect-reflection";
		}
		return this.protectHealthDetail ? "rpc.server.authentication.protect-health-detail" : null;
	}

}
