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

import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpcboot.client.CallObservation;

/**
 * Meters the calls of references as gRFC A66 has it, by {@code grpc.method},
 * {@code grpc.target} and {@code grpc.status}: {@code grpc.client.call.duration} from
 * outside of everything else, so that the status is the one that the caller got, be it
 * from a fallback; and for each attempt {@code grpc.client.attempt.started},
 * {@code .duration}, {@code .sent_total_compressed_message_size} and
 * {@code .rcvd_total_compressed_message_size} by a tracer, with the status that the
 * instance gave. The target is {@code rpc:///} and the application.
 */
public final class ClientCallMeters implements CallObservation {

	private final MeterRegistry registry;

	private final LongSupplier nanoTime;

	private final Map<String, ClientInterceptor> calls = new ConcurrentHashMap<>();

	private final Map<Called, AttemptTracers> attempts = new ConcurrentHashMap<>();

	/**
	 * Creates the meters; each is registered when it is needed first.
	 * @param registry where they are registered
	 */
	public ClientCallMeters(MeterRegistry registry) {
		this(registry, System::nanoTime);
	}

	ClientCallMeters(MeterRegistry registry, LongSupplier nanoTime) {
		this.registry = registry;
		this.nanoTime = nanoTime;
	}

	@Override
	public ClientInterceptor calls(String application) {
		return this.calls.computeIfAbsent(application,
				(name) -> new TimingInterceptor(this.registry, target(name), this.nanoTime));
	}

	@Override
	public ClientStreamTracer.Factory attempts(String application, MethodDescriptor<?, ?> method) {
		return this.attempts.computeIfAbsent(new Called(application, CallTags.method(method)), this::tracers);
	}

	private AttemptTracers tracers(Called called) {
		CallTags tags = CallTags.ofMethod(this.registry, called.method()).withTarget(target(called.application()));
		return new AttemptTracers(StreamMeters.ofAttempts(tags), this.nanoTime);
	}

	private static String target(String application) {
		return "rpc:///" + application;
	}

	private record Called(String application, String method) {

	}

}
