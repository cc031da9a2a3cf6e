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

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code authorization}, in which a call carries its credentials (RFC 9110,
 * 11.6.2; RFC 6750 for bearer tokens). Of several such headers the last one counts.
 */
public final class AuthorizationHeader {

	/**
	 * The header.
	 */
	public static final Metadata.Key<String> KEY = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

	/**
	 * The scheme of bearer tokens.
	 */
	public static final String BEARER = "Bearer";

	/**
	 * The scheme of names and passwords (RFC 7617).
	 */
	public static final String BASIC = "Basic";

	private AuthorizationHeader() {
	}

	/**
	 * Reads the credentials of one scheme.
	 * @param headers the headers of a request
	 * @param scheme the scheme; its case does not matter
	 * @return what stands behind the scheme; {@code null} if there is nothing, or another
	 * scheme
	 */
	public static @Nullable String read(Metadata headers, String scheme) {
		String value = headers.get(KEY);
		if (value == null || value.length() <= scheme.length() || value.charAt(scheme.length()) != ' '
				|| !value.regionMatches(true, 0, scheme, 0, scheme.length())) {
			return null;
		}
		String credentials = value.substring(scheme.length() + 1).trim();
		return credentials.isEmpty() ? null : credentials;
	}

	/**
	 * Returns the value of the header.
	 * @param scheme the scheme
	 * @param credentials what stands behind it
	 * @return the value
	 */
	public static String value(String scheme, String credentials) {
		return scheme + " " + credentials;
	}

}
