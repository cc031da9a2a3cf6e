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

package io.rpcboot.autoconfigure;

import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationConvention;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcServerInterceptor;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.rpcboot.call.PerMethodInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * Gives the calls of a server their spans. Micrometer's interceptor does it, but is none
 * itself here: Spring Boot has one for its own server, and each must know its own. Does
 * nothing, and costs nothing, under the tracer that does nothing.
 */
final class ServerTracing implements PerMethodInterceptor {

	private final @Nullable ObservationGrpcServerInterceptor delegate;

	ServerTracing(Tracer tracer, ObservationRegistry registry, @Nullable GrpcServerObservationConvention convention) {
		this.delegate = (tracer != Tracer.NOOP) ? new ObservationGrpcServerInterceptor(registry) : null;
		if (this.delegate != null && convention != null) {
			this.delegate.setCustomConvention(convention);
		}
	}

	@Override
	public @Nullable ServerInterceptor of(MethodDescriptor<?, ?> method) {
		return this.delegate;
	}

}
