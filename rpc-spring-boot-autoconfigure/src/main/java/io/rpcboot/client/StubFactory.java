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

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.grpc.Channel;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.AbstractStub;
import org.jspecify.annotations.Nullable;

/**
 * Makes stubs of generated types. A generator gives each stub type either a static method
 * of the enclosing class that takes a {@link Channel} and returns the type (protoc's
 * Java, Reactor and RxJava plugins), or a constructor that takes a channel (Kotlin).
 */
final class StubFactory {

	private StubFactory() {
	}

	/**
	 * Tells whether a stub of a type can be made.
	 * @param type the type of the stub, or {@link Channel}
	 * @return whether {@link #create} returns one
	 */
	static boolean canCreate(Class<?> type) {
		return type == Channel.class || (AbstractStub.class.isAssignableFrom(type)
				&& (factoryMethod(type).isPresent() || constructor(type).isPresent()));
	}

	/**
	 * Makes a stub.
	 * @param type the type of the stub, or {@link Channel}
	 * @param channel what it calls through
	 * @return the stub
	 */
	static Object create(Class<?> type, Channel channel) {
		if (type == Channel.class) {
			return channel;
		}
		Optional<Method> factory = factoryMethod(type);
		try {
			return factory.isPresent() ? factory.get().invoke(null, channel)
					: constructor(type).orElseThrow().newInstance(channel);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("The stub " + type.getName() + " cannot be made", ex);
		}
	}

	/**
	 * Returns the gRPC service that a stub calls.
	 * @param type the type of the stub
	 * @return its full name; {@code null} if the generated code does not tell
	 */
	static @Nullable String serviceName(Class<?> type) {
		for (Class<?> candidate : generated(type)) {
			try {
				Field name = candidate.getField("SERVICE_NAME");
				return (String) name.get(null);
			}
			catch (ReflectiveOperationException ex) {
				// A Reactor or RxJava class: the name stands in protoc's own.
			}
		}
		return null;
	}

	/**
	 * Returns the methods of the gRPC service that a stub calls.
	 * @param type the type of the stub
	 * @return the service; {@code null} if the generated code does not tell
	 */
	static @Nullable ServiceDescriptor service(Class<?> type) {
		for (Class<?> candidate : generated(type)) {
			try {
				return (ServiceDescriptor) candidate.getMethod("getServiceDescriptor").invoke(null);
			}
			catch (ReflectiveOperationException | RuntimeException ex) {
				// A Reactor or RxJava class: the methods stand in protoc's own.
			}
		}
		return null;
	}

	/**
	 * Returns the generated classes that tell about a stub.
	 * @param type the type of the stub
	 * @return the class around it, and after it protoc's own where that is another one
	 */
	static List<Class<?>> generated(Class<?> type) {
		List<Class<?>> generated = new ArrayList<>();
		for (Class<?> next = type.getEnclosingClass(); next != null; next = plainTwin(next)) {
			generated.add(next);
		}
		return generated;
	}

	private static @Nullable Class<?> plainTwin(Class<?> generated) {
		String simple = generated.getSimpleName();
		for (String prefix : new String[] { "Reactor", "RxJava3", "Rx3", "Rx" }) {
			if (simple.startsWith(prefix)) {
				try {
					return Class.forName(generated.getPackageName() + "." + simple.substring(prefix.length()), true,
							generated.getClassLoader());
				}
				catch (ClassNotFoundException ex) {
					// Not this prefix.
				}
			}
		}
		return null;
	}

	private static Optional<Method> factoryMethod(Class<?> type) {
		Class<?> enclosing = type.getEnclosingClass();
		return (enclosing != null) ? Arrays.stream(enclosing.getMethods())
			.filter((method) -> Modifier.isStatic(method.getModifiers()) && method.getReturnType() == type
					&& Arrays.equals(method.getParameterTypes(), new Class<?>[] { Channel.class }))
			.findFirst() : Optional.empty();
	}

	private static Optional<Constructor<?>> constructor(Class<?> type) {
		return Modifier.isAbstract(type.getModifiers()) ? Optional.empty() : Arrays.stream(type.getConstructors())
			.filter((constructor) -> Arrays.equals(constructor.getParameterTypes(), new Class<?>[] { Channel.class }))
			.findFirst();
	}

}
