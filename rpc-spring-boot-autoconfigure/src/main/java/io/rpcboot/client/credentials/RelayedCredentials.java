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

import io.rpcboot.call.AuthorizationHeader;

/**
 * The token of somebody for whom a call is made. It comes from outside, so it is looked
 * at before it becomes a header.
 */
final class RelayedCredentials extends CheckedCredentials {

	private final String token;

	/**
	 * Creates credentials.
	 * @param application the application that is called
	 * @param allowPlaintext whether they are sent over any connection
	 * @param token the token
	 */
	RelayedCredentials(String application, boolean allowPlaintext, String token) {
		super(application, allowPlaintext);
		this.token = token;
	}

	@Override
	void apply(MetadataApplier applier) {
		if (AccessToken.isToken(this.token)) {
			apply(applier, AuthorizationHeader.value(AuthorizationHeader.BEARER, this.token));
		}
		else {
			applier.fail(failure("cannot be relayed (" + key() + "): the token is not of visible ASCII characters"));
		}
	}

}
