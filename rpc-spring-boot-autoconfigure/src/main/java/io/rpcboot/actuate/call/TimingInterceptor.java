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
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/**
 * Times the calls to one application as their callers see them.
 */
final class TimingInterceptor implements ClientInterceptor {

	private final MeterRegistry registry;

	private final String target;

	private final LongSupplier nanoTime;

	private final Map<String, ByStatus<Timer>> methods = new ConcurrentHashMap<>();

	TimingInterceptor(MeterRegistry registry, String target, LongSupplier nanoTime) {
		this.registry = registry;
		this.target = target;
		this.nanoTime = nanoTime;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return new TimedCall<>(next.newCall(method, options), timers(method));
	}

	private ByStatus<Timer> timers(MethodDescriptor<?, ?> method) {
		ByStatus<Timer> timers = this.methods.get(CallTags.method(method));
		return (timers != null) ? timers : this.methods.computeIfAbsent(CallTags.method(method), this::timers);
	}

	private ByStatus<Timer> timers(String method) {
		CallTags tags = CallTags.ofMethod(this.registry, method).withTarget(this.target);
		return new ByStatus<>((status) -> tags.timer("grpc.client.call.duration", status,
				"How long calls took, with all their attempts"));
	}

	private final class TimedCall<Q, A> extends SimpleForwardingClientCall<Q, A> {

		private final ByStatus<Timer> timers;

		TimedCall(ClientCall<Q, A> delegate, ByStatus<Timer> timers) {
			super(delegate);
			this.timers = timers;
		}

		@Override
		public void start(Listener<A> listener, Metadata headers) {
			TimedListener<A> timed = new TimedListener<>(listener, this.timers);
			try {
				super.start(timed, headers);
			}
			catch (RuntimeException | Error ex) {
				// The stub hands it on, and tells the caller nothing else.
				timed.end(Status.fromThrowable(ex));
				throw ex;
			}
		}

	}

	private final class TimedListener<A> extends SimpleForwardingClientCallListener<A> {

		private final ByStatus<Timer> timers;

		private final long startNanos = TimingInterceptor.this.nanoTime.getAsLong();

		private boolean ended;

		TimedListener(ClientCall.Listener<A> delegate, ByStatus<Timer> timers) {
			super(delegate);
			this.timers = timers;
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			end(status);
			super.onClose(status, trailers);
		}

		private void end(Status status) {
			if (!this.ended) {
				this.ended = true;
				this.timers.get(status.getCode())
					.record(TimingInterceptor.this.nanoTime.getAsLong() - this.startNanos, TimeUnit.NANOSECONDS);
			}
		}

	}

}
