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

import java.time.Instant;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A bearer token.
 *
 * @param value the token; a secret
 * @param expiresAt until when it is valid; {@code null} for no end
 */
public record AccessToken(String value, @Nullable Instant expiresAt) {

	/** Of other characters gRPC logs that a header has them, and the header. */
	private static final Pattern VISIBLE_ASCII = Pattern.compile("[\\x21-\\x7e]+");

	/**
	 * Checks that a header can carry the token.
	 * @throws IllegalArgumentException if not; the token is not in its message
	 */
	public AccessToken {
		if (!isToken(value)) {
			throw new IllegalArgumentException(
					"token: " + value.length() + " characters (expected: at least one, all of visible ASCII)");
		}
	}

	static boolean isToken(String text) {
		return VISIBLE_ASCII.matcher(text).matches();
	}

	/**
	 * Leaves the token out.
	 */
	@Override
	public String toString() {
		return "AccessToken[expiresAt=" + this.expiresAt + "]";
	}

}
