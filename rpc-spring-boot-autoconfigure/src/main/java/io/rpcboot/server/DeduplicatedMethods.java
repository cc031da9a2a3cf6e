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

package io.rpcboot.server;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.rpcboot.dispatch.ServerDispatch;
import io.rpcboot.server.dedup.Deduplication;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Which methods are deduplicated, by annotation and by property, and whether they may run
 * on another instance than the first. What cannot be so is refused when the server
 * starts.
 */
final class DeduplicatedMethods {

	private static final String METHODS = "rpc.server.deduplication.methods";

	private static final String OTHER_INSTANCES = "rpc.server.deduplication.other-instances";

	private final Map<String, MethodDescriptor<?, ?>> served = new LinkedHashMap<>();

	private final Map<String, Boolean> marked = new LinkedHashMap<>();

	/**
	 * Takes a service, with the annotations of its bean.
	 */
	void add(ListableBeanFactory beans, String beanName, Object bean, ServerServiceDefinition definition) {
		Collection<MethodDescriptor<?, ?>> methods = definition.getServiceDescriptor().getMethods();
		methods.forEach((method) -> this.served.put(method.getFullMethodName(), method));
		Deduplicated onService = beans.findAnnotationOnBean(beanName, Deduplicated.class);
		if (onService != null) {
			markUnary(definition.getServiceDescriptor().getName(), onService.otherInstances(),
					"@Deduplicated on the bean '" + beanName + "'");
		}
		for (Method method : ReflectionUtils.getUniqueDeclaredMethods(AopUtils.getTargetClass(bean))) {
			Deduplicated onMethod = AnnotatedElementUtils.findMergedAnnotation(method, Deduplicated.class);
			if (onMethod != null) {
				String origin = "@Deduplicated on " + method.getDeclaringClass().getSimpleName() + "."
						+ method.getName();
				mark(find(method, methods, origin), onMethod.otherInstances(), origin);
			}
		}
	}

	/**
	 * Takes what the properties say, after all services.
	 */
	void add(RpcServerSettings.Deduplication settings) {
		for (String name : settings.methods()) {
			String origin = METHODS + ": '" + name + "'";
			if (name.indexOf('/') < 0) {
				markUnary(name, false, origin);
			}
			else {
				mark(this.served.get(name), this.marked.getOrDefault(name, false), origin);
			}
		}
		for (String name : settings.otherInstances()) {
			List<String> names = this.marked.keySet()
				.stream()
				.filter((method) -> method.equals(name) || method.startsWith(name + "/"))
				.toList();
			if (names.isEmpty()) {
				throw invalid(OTHER_INSTANCES + ": '" + name + "' is not deduplicated (expected: one of "
						+ this.marked.keySet() + ", or their services)");
			}
			names.forEach((method) -> this.marked.put(method, true));
		}
	}

	void applyTo(Deduplication deduplication, ServerDispatch dispatch) {
		this.marked.forEach((name, otherInstances) -> {
			deduplication.mark(Objects.requireNonNull(this.served.get(name), "not served"), otherInstances);
			dispatch.answerKnown(name, deduplication::executor);
		});
	}

	/**
	 * Marks all methods of a service that can be; a method's own annotation comes later
	 * and wins.
	 */
	private void markUnary(String service, boolean otherInstances, String origin) {
		List<String> unary = this.served.values()
			.stream()
			.filter((method) -> service.equals(method.getServiceName()) && method.getType() == MethodType.UNARY)
			.map(MethodDescriptor::getFullMethodName)
			.toList();
		if (unary.isEmpty()) {
			throw invalid(origin + " means no unary method that is served (expected: of " + services() + ")");
		}
		unary.forEach((name) -> this.marked.merge(name, otherInstances, Boolean::logicalOr));
	}

	private void mark(@Nullable MethodDescriptor<?, ?> method, boolean otherInstances, String origin) {
		if (method == null) {
			throw invalid(origin + " is no method that is served (expected: <service>/<method> of " + services() + ")");
		}
		if (method.getType() != MethodType.UNARY) {
			throw invalid(origin + ": " + method.getFullMethodName() + " is " + method.getType()
					+ " (expected: a unary method, since only one answer can be told again)");
		}
		this.marked.put(method.getFullMethodName(), otherInstances);
	}

	private List<String> services() {
		return this.served.values()
			.stream()
			.map((method) -> String.valueOf(method.getServiceName()))
			.distinct()
			.sorted()
			.toList();
	}

	/**
	 * Finds what a Java method implements. The generators write {@code say_hello} and
	 * {@code SayHello} as {@code sayHello}.
	 */
	private static MethodDescriptor<?, ?> find(Method java, Collection<MethodDescriptor<?, ?>> methods, String origin) {
		return methods.stream()
			.filter((method) -> plain(String.valueOf(method.getBareMethodName())).equals(plain(java.getName())))
			.findFirst()
			.orElseThrow(() -> invalid(origin + " implements no method of the service (expected: one of "
					+ methods.stream().map(MethodDescriptor::getBareMethodName).toList() + ")"));
	}

	private static String plain(String name) {
		return name.replace("_", "").toLowerCase(Locale.ROOT);
	}

	private static RpcServerException invalid(String message) {
		return new RpcServerException(message,
				"Deduplicate unary methods of this server's services only: by @Deduplicated, or by " + METHODS
						+ ":\n\n    " + METHODS + "=demo.Greeter/SayHello",
				null);
	}

}
