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

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.AbstractStub;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;

/**
 * Tells a native image what {@link StubFactory} reads and calls by reflection, for the
 * stub of each {@link RpcReference} of a bean: also on the parameters of bean methods,
 * since their class is a bean. The messages of its service are told too: a
 * {@link HashKey} reads their fields.
 */
final class ReferenceHints implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		Set<Class<?>> stubs = new LinkedHashSet<>();
		for (Class<?> type = bean.getBeanClass(); type != null; type = type.getSuperclass()) {
			Stream.of(type.getDeclaredFields())
				.filter(ReferenceHints::isReference)
				.map(Field::getType)
				.forEach(stubs::add);
			Stream.of(type.getDeclaredConstructors()).forEach((constructor) -> addParameters(constructor, stubs));
			for (Method method : type.getDeclaredMethods()) {
				if (isReference(method)) {
					stubs.addAll(List.of(method.getParameterTypes()));
				}
				addParameters(method, stubs);
			}
		}
		stubs.removeIf((stub) -> !AbstractStub.class.isAssignableFrom(stub));
		return stubs.isEmpty() ? null
				: (context, code) -> stubs.forEach((stub) -> register(stub, context.getRuntimeHints().reflection()));
	}

	private static void register(Class<?> stub, ReflectionHints hints) {
		hints.registerType(stub, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
		StubFactory.generated(stub)
			.forEach((generated) -> hints.registerType(generated, MemberCategory.INVOKE_PUBLIC_METHODS,
					MemberCategory.ACCESS_PUBLIC_FIELDS));
		ServiceDescriptor service = StubFactory.service(stub);
		if (service != null) {
			MessageHints messages = new MessageHints(hints);
			for (MethodDescriptor<?, ?> method : service.getMethods()) {
				messages.register(method.getRequestMarshaller());
				messages.register(method.getResponseMarshaller());
			}
		}
	}

	private static void addParameters(Executable executable, Set<Class<?>> stubs) {
		Stream.of(executable.getParameters())
			.filter(ReferenceHints::isReference)
			.map(Parameter::getType)
			.forEach(stubs::add);
	}

	private static boolean isReference(AnnotatedElement element) {
		return element.isAnnotationPresent(RpcReference.class);
	}

}
