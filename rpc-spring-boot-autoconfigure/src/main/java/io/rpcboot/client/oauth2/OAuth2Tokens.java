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

import io.rpcboot.client.credentials.TokenRegistrations;
import io.rpcboot.client.credentials.TokenRelay;

import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;

/**
 * Gets the tokens of calls from Spring Security.
 */
public final class OAuth2Tokens {

	private OAuth2Tokens() {
	}

	/**
	 * Gets tokens for this application itself, by the grant {@code client_credentials}
	 * (RFC 6749, 4.4). Needs Spring Security's OAuth2 client.
	 * @param registrations where the clients are registered
	 * @param provider asks the authorization server
	 * @return the sources of the registrations
	 */
	public static TokenRegistrations clientCredentials(ClientRegistrationRepository registrations,
			OAuth2AuthorizedClientProvider provider) {
		return (id) -> {
			ClientRegistration registration = registrations.findByRegistrationId(id);
			if (registration == null) {
				throw new IllegalArgumentException("registration: '" + id
						+ "' is unknown (expected: one of spring.security.oauth2.client.registration)");
			}
			AuthorizationGrantType grant = registration.getAuthorizationGrantType();
			if (!AuthorizationGrantType.CLIENT_CREDENTIALS.equals(grant)) {
				throw new IllegalArgumentException("registration: '" + id + "' has the grant type " + grant.getValue()
						+ " (expected: client_credentials)");
			}
			return new ClientCredentialsTokens(registration, provider);
		};
	}

	/**
	 * Relays the token of the incoming call, or else that of the security context, such
	 * as that of an HTTP request. Needs Spring Security's OAuth2 core.
	 * @return the relay
	 */
	public static TokenRelay relay() {
		return new SecurityContextRelay();
	}

}
