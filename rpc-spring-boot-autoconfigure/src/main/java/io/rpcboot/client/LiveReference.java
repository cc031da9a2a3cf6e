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

package io.rpcboot.client;

import io.rpcboot.client.RpcClientSettings.Reference;

/**
 * What holds for the calls to one application at this moment. Replaced as a whole, so
 * that a call sees all of a change or nothing of it.
 */
final class LiveReference {

	private final Reference initial;

	private volatile Reference current;

	LiveReference(Reference initial) {
		this.initial = initial;
		this.current = initial;
	}

	/**
	 * Returns what held at the start.
	 */
	Reference initial() {
		return this.initial;
	}

	Reference current() {
		return this.current;
	}

	void replace(Reference replacement) {
		this.current = replacement;
	}

}
