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

import java.util.List;

import io.rpcboot.client.credentials.AccessToken;
import io.rpcboot.client.credentials.TokenSource;

import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.oauth2.client.OAuth2AuthorizationContext;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.OAuth2AccessToken;

/**
 * Gets a new token each time it is asked, and keeps none: whoever asks keeps it.
 */
final class ClientCredentialsTokens implements TokenSource {

	private final ClientRegistration registration;

	private final OAuth2AuthorizedClientProvider provider;

	ClientCredentialsTokens(ClientRegistration registration, OAuth2AuthorizedClientProvider provider) {
		this.registration = registration;
		this.provider = provider;
	}

	@Override
	public AccessToken fetch() {
		String id = this.registration.getRegistrationId();
		OAuth2AuthorizedClient client = this.provider
			.authorize(OAuth2AuthorizationContext.withClientRegistration(this.registration)
				.principal(UsernamePasswordAuthenticationToken.authenticated(id, null, List.of()))
				.build());
		if (client == null) {
			throw new IllegalStateException("The registration '" + id + "' gives no token");
		}
		OAuth2AccessToken token = client.getAccessToken();
		return new AccessToken(token.getTokenValue(), token.getExpiresAt());
	}

}
