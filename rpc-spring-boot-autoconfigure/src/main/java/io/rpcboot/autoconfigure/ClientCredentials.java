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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.rpcboot.autoconfigure.RpcClientProperties.Credentials;
import io.rpcboot.client.credentials.CredentialsSettings;
import io.rpcboot.client.credentials.TokenSource;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Makes the credentials of references of the properties, and checks them. What is wrong
 * is blamed on the type: a report that quotes the value of a property must not quote a
 * secret.
 */
final class ClientCredentials {

	private ClientCredentials() {
	}

	static Map<String, CredentialsSettings> settings(RpcClientProperties properties) {
		Map<String, CredentialsSettings> settings = new LinkedHashMap<>();
		properties.getReferences().forEach((application, reference) -> {
			String key = "rpc.client.references[" + application + "].credentials";
			Credentials credentials = reference.getCredentials();
			CredentialsSettings.Type type = credentials.getType();
			if (type != null) {
				settings.put(application, Checked.property(key + ".type", type, () -> settings(type, credentials)));
			}
			else {
				Checked.that(isEmpty(credentials), key + ".type", null,
						"bearer, basic, oauth2 or relay, where other properties of " + key + " are set");
			}
		});
		return settings;
	}

	static TokenSource tokenSource(String name, ListableBeanFactory beans) {
		List<String> known = List.of(beans.getBeanNamesForType(TokenSource.class));
		if (!known.contains(name)) {
			throw new IllegalArgumentException(
					"token-source: '" + name + "' (expected: a bean of type TokenSource, one of " + known + ")");
		}
		return beans.getBean(name, TokenSource.class);
	}

	private static CredentialsSettings settings(CredentialsSettings.Type type, Credentials credentials) {
		return new CredentialsSettings(type, credentials.getToken(), credentials.getTokenSource(),
				credentials.getUsername(), credentials.getPassword(), credentials.getRegistration(),
				credentials.isAllowPlaintext());
	}

	private static boolean isEmpty(Credentials credentials) {
		return credentials.getToken() == null && credentials.getTokenSource() == null
				&& credentials.getUsername() == null && credentials.getPassword() == null
				&& credentials.getRegistration() == null;
	}

}
