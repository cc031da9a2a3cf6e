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

package io.rpcboot.server.validation;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import org.springframework.core.Ordered;

/**
 * Checks each message of a request, and answers in the place of the service when one is
 * wrong. That answer does not say {@code rpc-not-executed}, although no code of the
 * service ran: the same request is wrong wherever it is sent.
 */
public final class ValidationInterceptor implements ServerInterceptor, Ordered {

	private final List<RequestValidator> validators;

	private final int order;

	/** By full method name: a descriptor may be made for each call. */
	private final Map<String, List<RequestValidator>> byMethod = new ConcurrentHashMap<>();

	/**
	 * Creates the interceptor.
	 * @param validators are asked in this order
	 * @param order its place
	 */
	public ValidationInterceptor(List<RequestValidator> validators, int order) {
		this.validators = List.copyOf(validators);
		this.order = order;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		List<RequestValidator> asked = validators(call.getMethodDescriptor());
		if (asked.isEmpty()) {
			return next.startCall(call, headers);
		}
		ValidatedCall<Q, A> validated = new ValidatedCall<>(call);
		return new ValidatingListener<>(next.startCall(validated, headers), validated, asked);
	}

	private List<RequestValidator> validators(MethodDescriptor<?, ?> method) {
		List<RequestValidator> known = this.byMethod.get(method.getFullMethodName());
		return (known != null) ? known : this.byMethod.computeIfAbsent(method.getFullMethodName(),
				(name) -> this.validators.stream().filter((validator) -> validator.supports(method)).toList());
	}

}
