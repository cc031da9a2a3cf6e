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

package io.rpcboot.call;

import io.grpc.Metadata;

/**
 * A header on its way from one call to the next.
 *
 * @param key what it is sent as
 * @param value its value
 */
record CarriedHeader(Metadata.Key<String> key, String value) {

	/**
	 * Adds it to a call that does not have it: what a call sets itself wins.
	 */
	void addTo(Metadata headers) {
		if (!headers.containsKey(this.key)) {
			headers.put(this.key, this.value);
		}
	}

	static Metadata.Key<String> key(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

}
