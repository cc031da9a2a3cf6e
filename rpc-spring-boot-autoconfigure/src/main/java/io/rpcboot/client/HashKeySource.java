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
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Where the hash key of a call comes from, unless the call names it itself.
 */
abstract class HashKeySource {

	/** What can be pasted. */
	private static final String EXAMPLES = "\n\n    @HashKey(\"user_id\")\n    @HashKey(header = \"x-user\")";

	/**
	 * From nowhere else.
	 */
	static final HashKeySource NONE = new HashKeySource() {

		@Override
		@Nullable Long fromHeaders(Metadata headers) {
			return null;
		}

		@Override
		String missing() {
			return "no request field or header is named as its source";
		}

	};

	/**
	 * From a field of the request.
	 * @param path its name in the {@code .proto} file, with dots through nested messages
	 * @return the source
	 * @throws IllegalArgumentException if that cannot be the name of a field
	 */
	static HashKeySource field(String path) {
		return new HashKeyField(path);
	}

	/**
	 * From a header.
	 * @param name its name, in any case
	 * @return the source
	 * @throws IllegalArgumentException if that is no name of a header that holds text
	 */
	static HashKeySource header(String name) {
		return new HashKeyHeader(name);
	}

	/**
	 * What properties say.
	 * @param origin where the key comes from; {@code null} if they say nothing
	 * @return the source; {@code null} if they say nothing
	 * @throws IllegalArgumentException if that is no name of a field or header
	 */
	static @Nullable HashKeySource of(RpcClientSettings.@Nullable HashKeyOrigin origin) {
		if (origin == null) {
			return null;
		}
		return (origin.field() != null) ? field(origin.field()) : header(String.valueOf(origin.header()));
	}

	/**
	 * What an annotation says.
	 * @param annotation the annotation; {@code null} for none
	 * @param where the injection point, for messages
	 * @return the source; {@code null} if there is no annotation
	 * @throws RpcReferenceException if the annotation does not name exactly one
	 */
	static @Nullable HashKeySource from(@Nullable HashKey annotation, String where) {
		if (annotation == null) {
			return null;
		}
		String field = annotation.value();
		String header = annotation.header();
		if (field.isEmpty() == header.isEmpty()) {
			throw new RpcReferenceException(
					"@HashKey at " + where
							+ (field.isEmpty() ? " names neither a field nor a header"
									: " names the field '" + field + "' and the header '" + header + "'")
							+ " (expected: exactly one of them)",
					"Name a field of the request or a header:" + EXAMPLES, null);
		}
		try {
			return header.isEmpty() ? field(field) : header(header);
		}
		catch (IllegalArgumentException ex) {
			throw new RpcReferenceException("@HashKey at " + where + " has the " + ex.getMessage(),
					"Correct the annotation:" + EXAMPLES, ex);
		}
	}

	/**
	 * Returns whether the key is in the first message, not in the headers.
	 */
	boolean awaitsMessage() {
		return false;
	}

	/**
	 * Returns the hash of what the headers say; {@code null} if they hold no key.
	 */
	abstract @Nullable Long fromHeaders(Metadata headers);

	/**
	 * Returns the hash of what the first message says; {@code null} if it holds no key.
	 * @throws IllegalArgumentException if it cannot hold one
	 */
	@Nullable Long fromMessage(MethodDescriptor<?, ?> method, Object message) {
		return null;
	}

	/**
	 * Returns why there was no key.
	 */
	abstract String missing();

}
