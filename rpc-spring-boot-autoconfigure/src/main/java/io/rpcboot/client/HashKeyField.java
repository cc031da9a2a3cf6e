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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import com.google.protobuf.MessageOrBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A field of the request as the source of hash keys. Where it is in a message is found
 * out at the first call of each method.
 */
final class HashKeyField extends HashKeySource {

	private static final Pattern PATH = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*");

	private final String path;

	/** By full method name: a descriptor may be made for each call. */
	private final Map<String, HashKeyReader> readers = new ConcurrentHashMap<>();

	HashKeyField(String path) {
		if (!PATH.matcher(path).matches()) {
			throw new IllegalArgumentException(
					"field '" + path + "' (expected: the name of a protobuf field, or several joined by dots)");
		}
		this.path = path;
	}

	@Override
	boolean awaitsMessage() {
		return true;
	}

	@Override
	@Nullable Long fromHeaders(Metadata headers) {
		return null;
	}

	@Override
	@Nullable Long fromMessage(MethodDescriptor<?, ?> method, Object message) {
		try {
			return read(method.getFullMethodName(), message);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(method.getFullMethodName() + " is placed by the request field '"
					+ this.path + "': " + ex.getMessage(), ex);
		}
	}

	@Override
	String missing() {
		return "the request field '" + this.path + "' is not set or empty";
	}

	@Override
	public String toString() {
		return "field " + this.path;
	}

	private @Nullable Long read(String method, Object request) {
		if (!(request instanceof MessageOrBuilder message)) {
			throw new IllegalArgumentException(
					"the request is a " + request.getClass().getName() + " (expected: a protobuf message)");
		}
		HashKeyReader reader = this.readers.get(method);
		if (reader == null || reader.type() != message.getDescriptorForType()) {
			reader = HashKeyReader.of(message.getDescriptorForType(), this.path);
			this.readers.put(method, reader);
		}
		return reader.read(message);
	}

}
