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
 * Credentials that somebody else gives out, for a time.
 */
final class FetchedCredentials extends CheckedCredentials {

	private final TokenCache tokens;

	/**
	 * Creates credentials.
	 * @param application the application that is called
	 * @param allowPlaintext whether they are sent over any connection
	 * @param tokens where they come from
	 */
	FetchedCredentials(String application, boolean allowPlaintext, TokenCache tokens) {
		super(application, allowPlaintext);
		this.tokens = tokens;
	}

	@Override
	void apply(MetadataApplier applier) {
		this.tokens.get(new TokenWaiter() {
			@Override
			public void onToken(AccessToken token) {
				apply(applier, AuthorizationHeader.value(AuthorizationHeader.BEARER, token.value()));
			}

			@Override
			public void onFailure(Throwable failure) {
				applier.fail(failure("cannot be had (" + key() + "): " + failure.getMessage()).withCause(failure));
			}
		});
	}

}
