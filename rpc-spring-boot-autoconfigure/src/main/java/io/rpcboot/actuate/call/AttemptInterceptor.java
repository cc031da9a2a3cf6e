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

package io.rpcboot.actuate.call;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Gives each attempt to one application a tracer with the meters of its method. Belongs
 * inside of what makes the attempts: a call with a tracer has its headers copied there,
 * since a tracer may change them.
 */
final class AttemptInterceptor implements ClientInterceptor {

	private final MeterRegistry registry;

	private final String target;

	private final LongSupplier nanoTime;

	private final Map<String, AttemptTracers> methods = new ConcurrentHashMap<>();

	AttemptInterceptor(MeterRegistry registry, String target, LongSupplier nanoTime) {
		this.registry = registry;
		this.target = target;
		this.nanoTime = nanoTime;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return next.newCall(method, options.withStreamTracerFactory(tracers(method)));
	}

	private AttemptTracers tracers(MethodDescriptor<?, ?> method) {
		AttemptTracers tracers = this.methods.get(CallTags.method(method));
		return (tracers != null) ? tracers : this.methods.computeIfAbsent(CallTags.method(method), this::tracers);
	}

	private AttemptTracers tracers(String method) {
		return new AttemptTracers(
				StreamMeters.ofAttempts(CallTags.ofMethod(this.registry, method).withTarget(this.target)),
				this.nanoTime);
	}

}
