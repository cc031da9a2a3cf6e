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

/**
 * Knows where to get a bearer token. A bean of this type is named by
 * {@code rpc.client.references.<application>.credentials.token-source}.
 */
@FunctionalInterface
public interface TokenSource {

	/**
	 * Gets a token. Called on a thread of its own, by one at a time, when a call needs a
	 * token and none is kept, and again shortly before the one that is kept expires. May
	 * block, and calls wait meanwhile as long as their deadlines allow; should end after
	 * some seconds.
	 * @return the token
	 * @throws RuntimeException if there is none: the calls that wait fail with
	 * UNAUTHENTICATED, and the source is asked again for a call that comes a second later
	 */
	AccessToken fetch();

}
