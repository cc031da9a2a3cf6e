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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.MessageOrBuilder;
import io.rpcboot.client.balancer.policy.XxHash64;
import org.jspecify.annotations.Nullable;

/**
 * Reads one field out of messages of one type, and hashes it: bytes as they are, anything
 * else as UTF-8 text, numbers in decimal, an enum by its number. So a consumer in any
 * language can come to the same place.
 *
 * @param type the type of the messages
 * @param parents the nested messages that lead to the field, outermost first
 * @param field the field
 */
record HashKeyReader(Descriptor type, List<FieldDescriptor> parents, FieldDescriptor field) {

	/**
	 * Finds a field.
	 * @param type the type of the messages
	 * @param path the names, joined by dots
	 * @return what reads it
	 * @throws IllegalArgumentException if there is none, or none that can be a key
	 */
	static HashKeyReader of(Descriptor type, String path) {
		List<FieldDescriptor> parents = new ArrayList<>();
		Descriptor message = type;
		String rest = path;
		for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.')) {
			FieldDescriptor parent = find(message, rest.substring(0, dot));
			check(parent, parent.getJavaType() == JavaType.MESSAGE, "a message");
			parents.add(parent);
			message = parent.getMessageType();
			rest = rest.substring(dot + 1);
		}
		FieldDescriptor field = find(message, rest);
		check(field, switch (field.getJavaType()) {
			case STRING, BYTE_STRING, INT, LONG, BOOLEAN, ENUM -> true;
			case MESSAGE, FLOAT, DOUBLE -> false;
		}, "a string, bytes, an integer, a bool or an enum");
		return new HashKeyReader(type, List.copyOf(parents), field);
	}

	/**
	 * Reads the field of a message.
	 * @param root a message of the type
	 * @return the hash; {@code null} if the field is not set, or empty
	 */
	@Nullable Long read(MessageOrBuilder root) {
		MessageOrBuilder message = root;
		for (FieldDescriptor parent : this.parents) {
			if (!message.hasField(parent)) {
				return null;
			}
			message = (MessageOrBuilder) message.getField(parent);
		}
		if (this.field.hasPresence() && !message.hasField(this.field)) {
			return null;
		}
		Object value = message.getField(this.field);
		if (value instanceof ByteString bytes) {
			return bytes.isEmpty() ? null : XxHash64.hash(bytes.toByteArray());
		}
		String text = text(value);
		return text.isEmpty() ? null : XxHash64.hash(text);
	}

	private String text(Object value) {
		if (value instanceof EnumValueDescriptor constant) {
			return Integer.toString(constant.getNumber());
		}
		return switch (this.field.getType()) {
			case UINT32, FIXED32 -> Integer.toUnsignedString((Integer) value);
			case UINT64, FIXED64 -> Long.toUnsignedString((Long) value);
			default -> value.toString();
		};
	}

	private static FieldDescriptor find(Descriptor message, String name) {
		FieldDescriptor field = message.findFieldByName(name);
		if (field == null) {
			throw new IllegalArgumentException(message.getFullName() + " has no field '" + name + "' (expected: "
					+ message.getFields()
						.stream()
						.map(FieldDescriptor::getName)
						.collect(Collectors.joining(", ", "one of ", ")")));
		}
		return field;
	}

	private static void check(FieldDescriptor field, boolean valid, String expected) {
		if (!valid || field.isRepeated()) {
			String type = (field.isRepeated() ? "repeated " : "") + field.getType().name().toLowerCase(Locale.ROOT);
			throw new IllegalArgumentException(
					"the type of " + field.getFullName() + " is " + type + " (expected: " + expected + ")");
		}
	}

}
