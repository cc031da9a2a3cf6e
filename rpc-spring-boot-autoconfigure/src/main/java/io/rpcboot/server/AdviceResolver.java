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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.rpcboot.server.error.RpcExceptionResolver;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * All {@link RpcAdvice} beans as one resolver. Which method an exception is for is
 * decided once for its class.
 */
final class AdviceResolver implements RpcExceptionResolver {

	private final List<AdviceMethod> methods = new ArrayList<>();

	private final Map<Class<?>, Optional<AdviceMethod>> byException = new ConcurrentHashMap<>();

	/**
	 * Adds the methods of a bean, which come after those of the beans before where their
	 * types are the same.
	 * @throws RpcServerException if a method cannot be a handler, or two are for one type
	 */
	void add(String beanName, Object bean) {
		Set<Method> handlers = MethodIntrospector.selectMethods(AopUtils.getTargetClass(bean),
				(Method method) -> AnnotatedElementUtils.hasAnnotation(method, RpcExceptionHandler.class));
		if (handlers.isEmpty()) {
			throw new RpcServerException(
					"The @RpcAdvice bean '" + beanName + "' of type " + AopUtils.getTargetClass(bean).getName()
							+ " has no method with @RpcExceptionHandler (expected: at least one)",
					"Remove @RpcAdvice, or annotate its methods, such as:" + AdviceMethod.EXAMPLE, null);
		}
		Map<Class<?>, Method> types = new HashMap<>();
		for (Method handler : handlers) {
			AdviceMethod method = AdviceMethod.of(beanName, bean, handler);
			for (Class<?> type : method.types()) {
				Method other = types.put(type, handler);
				if (other != null && !other.equals(handler)) {
					throw ambiguous(beanName, type, other, handler);
				}
			}
			this.methods.add(method);
		}
	}

	boolean isEmpty() {
		return this.methods.isEmpty();
	}

	@Override
	public @Nullable StatusRuntimeException resolve(Throwable exception, MethodDescriptor<?, ?> called,
			Metadata headers) {
		for (Throwable cause = exception; cause != null && !isAnswer(cause); cause = cause.getCause()) {
			AdviceMethod method = this.byException.computeIfAbsent(cause.getClass(), this::find).orElse(null);
			if (method != null) {
				return invoke(method, cause, called, headers);
			}
		}
		return null;
	}

	@Override
	public String toString() {
		return "@RpcAdvice";
	}

	private static @Nullable StatusRuntimeException invoke(AdviceMethod method, Throwable exception,
			MethodDescriptor<?, ?> called, Metadata headers) {
		try {
			return method.invoke(exception, called, headers);
		}
		catch (Throwable ex) {
			throw new IllegalStateException(
					"The @RpcExceptionHandler " + AdviceMethod.text(method.method()) + " failed", ex);
		}
	}

	private Optional<AdviceMethod> find(Class<?> exception) {
		AdviceMethod nearest = null;
		int least = Integer.MAX_VALUE;
		for (AdviceMethod method : this.methods) {
			int depth = method.depth(exception);
			if (depth < least) {
				least = depth;
				nearest = method;
			}
		}
		return Optional.ofNullable(nearest);
	}

	private static boolean isAnswer(Throwable exception) {
		return exception instanceof StatusRuntimeException || exception instanceof StatusException;
	}

	private static RpcServerException ambiguous(String beanName, Class<?> type, Method one, Method other) {
		List<String> names = List.of(AdviceMethod.text(one), AdviceMethod.text(other)).stream().sorted().toList();
		return new RpcServerException(
				"The @RpcAdvice bean '" + beanName + "' has two methods for " + type.getName() + ": " + names.get(0)
						+ " and " + names.get(1) + " (expected: one)",
				"Remove one of them, or give it another type.", null);
	}

}
