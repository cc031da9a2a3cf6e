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

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.Set;

import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.ProtocolMessageEnum;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;

/**
 * Tells a native image about messages: Protobuf finds the accessors of a field by name
 * when the field is read through its descriptor, and when a message is printed. What a
 * message holds, its builder included, is found from what its methods return.
 */
final class MessageHints {

	private final ReflectionHints hints;

	private final Set<Class<?>> seen = new HashSet<>();

	MessageHints(ReflectionHints hints) {
		this.hints = hints;
	}

	/**
	 * Tells of the messages that a marshaller makes; of others than Protobuf's nothing.
	 */
	void register(Marshaller<?> marshaller) {
		if (marshaller instanceof PrototypeMarshaller<?> messages
				&& messages.getMessagePrototype() instanceof MessageOrBuilder prototype) {
			register(prototype.getClass());
		}
	}

	private void register(Class<?> type) {
		if (!this.seen.add(type)) {
			return;
		}
		this.hints.registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
		for (Method method : type.getMethods()) {
			Class<?> returned = method.getReturnType();
			if (!Modifier.isAbstract(returned.getModifiers()) && (MessageOrBuilder.class.isAssignableFrom(returned)
					|| ProtocolMessageEnum.class.isAssignableFrom(returned))) {
				register(returned);
			}
		}
	}

}
