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

import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.rpcboot.call.PerMethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * Checks each message of a request, and answers in the place of the service when one is
 * wrong. That answer does not say {@code rpc-not-executed}, although no code of the
 * service ran: the same request is wrong wherever it is sent. Methods that no validator
 * is for are left alone.
 */
public final class RequestValidation implements PerMethodInterceptor, Ordered {

	private final List<RequestValidator> validators;

	private final int order;

	/**
	 * Creates the interceptor.
	 * @param validators are asked in this order
	 * @param order its place
	 */
	public RequestValidation(List<RequestValidator> validators, int order) {
		this.validators = List.copyOf(validators);
		this.order = order;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Override
	public @Nullable ServerInterceptor of(MethodDescriptor<?, ?> method) {
		List<RequestValidator> asked = this.validators.stream()
			.filter((validator) -> validator.supports(method))
			.toList();
		return asked.isEmpty() ? null : new ValidationInterceptor(asked);
	}

}
