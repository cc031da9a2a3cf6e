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

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.rpcboot.call.PerMethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotationAwareOrderComparator;

/**
 * Puts interceptors before the methods of a service: before each method those that it
 * needs, in their order.
 */
final class InterceptorChains {

	private InterceptorChains() {
	}

	/**
	 * Puts a service behind interceptors. Asks each {@link PerMethodInterceptor} what the
	 * methods need.
	 * @param service the service
	 * @param interceptors the interceptors, in any order
	 * @return the same methods behind interceptors
	 */
	static ServerServiceDefinition intercept(ServerServiceDefinition service,
			Collection<? extends ServerInterceptor> interceptors) {
		List<ServerInterceptor> ordered = new ArrayList<>(interceptors);
		AnnotationAwareOrderComparator.sort(ordered);
		ServerServiceDefinition.Builder intercepted = ServerServiceDefinition.builder(service.getServiceDescriptor());
		service.getMethods().forEach((method) -> intercepted.addMethod(intercept(method, ordered)));
		return intercepted.build();
	}

	private static <Q, A> ServerMethodDefinition<Q, A> intercept(ServerMethodDefinition<Q, A> method,
			List<ServerInterceptor> ordered) {
		ServerCallHandler<Q, A> handler = method.getServerCallHandler();
		for (int i = ordered.size() - 1; i >= 0; i--) {
			ServerInterceptor interceptor = interceptor(ordered.get(i), method.getMethodDescriptor());
			handler = (interceptor != null) ? intercept(handler, interceptor) : handler;
		}
		return method.withServerCallHandler(handler);
	}

	private static @Nullable ServerInterceptor interceptor(ServerInterceptor interceptor,
			MethodDescriptor<?, ?> method) {
		return (interceptor instanceof PerMethodInterceptor perMethod) ? perMethod.of(method) : interceptor;
	}

	private static <Q, A> ServerCallHandler<Q, A> intercept(ServerCallHandler<Q, A> next,
			ServerInterceptor interceptor) {
		return (call, headers) -> interceptor.interceptCall(call, headers, next);
	}

}
