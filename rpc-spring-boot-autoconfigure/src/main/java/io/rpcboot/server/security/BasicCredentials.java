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

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;

/**
 * The credentials of the scheme {@code Basic}: a name and a password, of which only the
 * password may contain a colon.
 */
final class BasicCredentials {

	private BasicCredentials() {
	}

	static Authentication read(String encoded) {
		String credentials = decode(encoded);
		int colon = credentials.indexOf(':');
		if (colon < 0) {
			throw new BadCredentialsException("Basic credentials without a colon");
		}
		return UsernamePasswordAuthenticationToken.unauthenticated(credentials.substring(0, colon),
				credentials.substring(colon + 1));
	}

	private static String decode(String encoded) {
		try {
			return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			// Its message quotes what may be a secret.
			throw new BadCredentialsException("Basic credentials that are not Base64");
		}
	}

}
