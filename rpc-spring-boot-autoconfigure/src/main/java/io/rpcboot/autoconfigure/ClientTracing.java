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

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationConvention;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;

/**
 * Gives the calls of references their spans: one for a call, whatever attempts it takes.
 * Micrometer's interceptor does it, but is none itself here: Spring Boot has one for its
 * own channels, and each must know its own. Does nothing, and costs nothing, under the
 * tracer that does nothing.
 */
final class ClientTracing implements ClientInterceptor {

	private final @Nullable ObservationGrpcClientInterceptor delegate;

	ClientTracing(Tracer tracer, ObservationRegistry registry, @Nullable GrpcClientObservationConvention convention) {
		this.delegate = (tracer != Tracer.NOOP) ? new ObservationGrpcClientInterceptor(registry) : null;
		if (this.delegate != null && convention != null) {
			this.delegate.setCustomConvention(convention);
		}
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return (this.delegate != null) ? this.delegate.interceptCall(method, options, next)
				: next.newCall(method, options);
	}

}
