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

import org.jspecify.annotations.Nullable;

/**
 * The credentials of the calls to one application.
 *
 * @param type of which kind they are
 * @param token the token, for {@link Type#BEARER}; a secret
 * @param tokenSource the name of a {@link TokenSource} bean, instead of the token
 * @param username the name, for {@link Type#BASIC}
 * @param password the password, for {@link Type#BASIC}; a secret
 * @param registration the OAuth2 client registration, for {@link Type#OAUTH2}
 * @param allowPlaintext whether they are sent over connections that are not encrypted
 */
public record CredentialsSettings(Type type, @Nullable String token, @Nullable String tokenSource,
		@Nullable String username, @Nullable String password, @Nullable String registration, boolean allowPlaintext) {

	/**
	 * Checks that there is what the type needs, and nothing that it does not.
	 * @throws IllegalArgumentException if not; no secret is in its message
	 */
	public CredentialsSettings {
		boolean bearer = type == Type.BEARER;
		boolean basic = type == Type.BASIC;
		check(bearer == (token != null || tokenSource != null), type,
				bearer ? "a token or a token-source" : "neither token nor token-source, which are for bearer");
		check(token == null || tokenSource == null, type, "a token or a token-source, not both");
		check(token == null || AccessToken.isToken(token), type, "a token of visible ASCII characters");
		check(basic == (username != null) && basic == (password != null), type,
				basic ? "a username and a password" : "neither username nor password, which are for basic");
		check(username == null || username.indexOf(':') < 0, type, "a username without a colon");
		check((type == Type.OAUTH2) == (registration != null), type,
				(type == Type.OAUTH2) ? "a registration" : "no registration, which is for oauth2");
	}

	/**
	 * Leaves the secrets out.
	 */
	@Override
	public String toString() {
		return "CredentialsSettings[type=" + this.type + ", tokenSource=" + this.tokenSource + ", username="
				+ this.username + ", registration=" + this.registration + ", allowPlaintext=" + this.allowPlaintext
				+ "]";
	}

	private static void check(boolean valid, Type type, String expected) {
		if (!valid) {
			throw new IllegalArgumentException("type " + type + " (expected: " + expected + ")");
		}
	}

	/**
	 * Kinds of credentials.
	 */
	public enum Type {

		/**
		 * A token that is always the same, or that a bean knows.
		 */
		BEARER,

		/**
		 * A name and a password.
		 */
		BASIC,

		/**
		 * A token that an authorization server gives to this application (client
		 * credentials).
		 */
		OAUTH2,

		/**
		 * The token of the caller for whom the call is made.
		 */
		RELAY

	}

}
