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

import io.grpc.Metadata;
import io.rpcboot.client.balancer.policy.XxHash64;
import org.jspecify.annotations.Nullable;

/**
 * A header as the source of hash keys.
 */
final class HashKeyHeader extends HashKeySource {

	private final Metadata.Key<String> key;

	HashKeyHeader(String name) {
		try {
			this.key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"header '" + name
							+ "' (expected: a name of letters, digits, '-', '_' and '.' that does not end in -bin)",
					ex);
		}
	}

	@Override
	@Nullable Long fromHeaders(Metadata headers) {
		String value = headers.get(this.key);
		return (value == null || value.isEmpty()) ? null : XxHash64.hash(value);
	}

	@Override
	String missing() {
		return "the header '" + this.key.name() + "' is missing or empty";
	}

	@Override
	public String toString() {
		return "header " + this.key.name();
	}

}
