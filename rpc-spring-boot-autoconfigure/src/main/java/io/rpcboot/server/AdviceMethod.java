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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.stream.Stream;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.rpcboot.call.RpcError;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A method that says what callers are told of an exception. Wrong ones are refused when
 * the server starts.
 *
 * @param bean the advice
 * @param method what is called
 * @param types the exceptions that it is for
 */
record AdviceMethod(Object bean, Method method, List<Class<? extends Throwable>> types) {

	/** A method that can be pasted. */
	static final String EXAMPLE = "\n\n    @RpcExceptionHandler\n    RpcError failed(IllegalStateException ex) {\n"
			+ "        return RpcError.of(Status.Code.FAILED_PRECONDITION, \"Not in this state\");\n    }";

	private static final List<Class<?>> ANSWERS = List.of(RpcError.class, Status.class, com.google.rpc.Status.class,
			StatusException.class, StatusRuntimeException.class);

	static AdviceMethod of(String beanName, Object bean, Method method) {
		if (ANSWERS.stream().noneMatch((type) -> type.isAssignableFrom(method.getReturnType()))) {
			throw wrong(beanName, method, "returns " + method.getReturnType().getTypeName(),
					"RpcError, io.grpc.Status, com.google.rpc.Status, StatusException or StatusRuntimeException");
		}
		Class<? extends Throwable> parameter = exceptionParameter(beanName, method);
		RpcExceptionHandler annotation = AnnotatedElementUtils.findMergedAnnotation(method, RpcExceptionHandler.class);
		List<Class<? extends Throwable>> types = (annotation != null) ? List.of(annotation.value()) : List.of();
		if (types.isEmpty()) {
			if (parameter == null) {
				throw wrong(beanName, method, "names no exception",
						"types in the annotation, or a parameter of an exception's type");
			}
			types = List.of(parameter);
		}
		for (Class<? extends Throwable> type : types) {
			checkType(beanName, method, type, parameter);
		}
		Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
		ReflectionUtils.makeAccessible(invocable);
		return new AdviceMethod(bean, invocable, types);
	}

	/**
	 * Asks the method.
	 * @throws Throwable what it throws
	 */
	@Nullable StatusRuntimeException invoke(Throwable exception, MethodDescriptor<?, ?> called, Metadata headers)
			throws Throwable {
		Object[] arguments = Stream.of(this.method.getParameterTypes()).map((type) -> {
			if (type == MethodDescriptor.class) {
				return called;
			}
			return (type == Metadata.class) ? headers : exception;
		}).toArray();
		try {
			return answer(this.method.invoke(this.bean, arguments));
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	/**
	 * Returns how far the nearest type is from an exception, in superclasses.
	 * @return 0 for the very type; {@link Integer#MAX_VALUE} if the method is not for it
	 */
	int depth(Class<?> exception) {
		int depth = 0;
		for (Class<?> type = exception; type != null; type = type.getSuperclass()) {
			if (this.types.contains(type)) {
				return depth;
			}
			depth++;
		}
		return Integer.MAX_VALUE;
	}

	private static @Nullable StatusRuntimeException answer(@Nullable Object answer) {
		if (answer == null) {
			return null;
		}
		if (answer instanceof RpcError error) {
			return error.toException();
		}
		if (answer instanceof Status status) {
			return status.asRuntimeException();
		}
		if (answer instanceof com.google.rpc.Status status) {
			return RpcError.of(status).toException();
		}
		if (answer instanceof StatusException ex) {
			return new StatusRuntimeException(ex.getStatus(), ex.getTrailers());
		}
		return (StatusRuntimeException) answer;
	}

	private static @Nullable Class<? extends Throwable> exceptionParameter(String beanName, Method method) {
		Class<? extends Throwable> exception = null;
		for (Parameter parameter : method.getParameters()) {
			Class<?> type = parameter.getType();
			if (Throwable.class.isAssignableFrom(type) && exception == null) {
				exception = type.asSubclass(Throwable.class);
			}
			else if (type != MethodDescriptor.class && type != Metadata.class) {
				throw wrong(beanName, method, "has a parameter of type " + type.getTypeName(),
						"one exception, io.grpc.MethodDescriptor, io.grpc.Metadata");
			}
		}
		return exception;
	}

	private static void checkType(String beanName, Method method, Class<? extends Throwable> type,
			@Nullable Class<? extends Throwable> parameter) {
		if (StatusException.class.isAssignableFrom(type) || StatusRuntimeException.class.isAssignableFrom(type)) {
			throw wrong(beanName, method, "is for " + type.getTypeName(),
					"another type: a status exception is an answer and reaches no handler");
		}
		if (parameter != null && !parameter.isAssignableFrom(type)) {
			throw wrong(beanName, method,
					"is for " + type.getTypeName() + " but has a parameter of type " + parameter.getTypeName(),
					"a parameter that takes each of its types");
		}
	}

	private static RpcServerException wrong(String beanName, Method method, String what, String expected) {
		return new RpcServerException("The @RpcExceptionHandler " + text(method) + " of the bean '" + beanName + "' "
				+ what + " (expected: " + expected + ")", "Correct the method, such as:" + EXAMPLE, null);
	}

	static String text(Method method) {
		return method.getDeclaringClass().getSimpleName() + "." + method.getName();
	}

}
