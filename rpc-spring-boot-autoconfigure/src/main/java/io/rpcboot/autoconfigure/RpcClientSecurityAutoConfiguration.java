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

package io.rpcboot.autoconfigure;

import io.rpcboot.client.credentials.TokenRegistrations;
import io.rpcboot.client.credentials.TokenRelay;
import io.rpcboot.client.oauth2.OAuth2Tokens;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.ClientCredentialsOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.OAuth2Token;

/**
 * Configures the credentials of references that come from Spring Security: tokens of
 * OAuth2 client registrations, and the token of the current caller.
 */
@AutoConfiguration(
		afterName = "org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration")
@ConditionalOnClass({ Authentication.class, OAuth2Token.class })
public final class RpcClientSecurityAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TokenRelay rpcTokenRelay() {
		return OAuth2Tokens.relay();
	}

	/**
	 * Tokens of client registrations.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ClientRegistrationRepository.class)
	@ConditionalOnSingleCandidate(ClientRegistrationRepository.class)
	static class Registrations {

		@Bean
		@ConditionalOnMissingBean
		TokenRegistrations rpcTokenRegistrations(ClientRegistrationRepository registrations,
				ObjectProvider<OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest>> client) {
			var provider = new ClientCredentialsOAuth2AuthorizedClientProvider();
			client.ifUnique(provider::setAccessTokenResponseClient);
			return OAuth2Tokens.clientCredentials(registrations, provider);
		}

	}

}
