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

package io.rpcboot.benchmarks.budget;

import java.util.ArrayList;
import java.util.List;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.client.balancer.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * A unary call that is answered with its own request by the time it is half-closed, on
 * the caller's thread. Tells the call's attempt and its tracers what a connection tells
 * them.
 *
 * @param <Q> the type of the request
 * @param <A> that of the reply, which is the same
 */
final class AnsweredCall<Q, A> extends ClientCall<Q, A> {

	private static final String INSTANCE = "127.0.0.1:9090";

	private static final long BYTES = 107;

	private final CallOptions options;

	private @Nullable Attempt attempt;

	private List<ClientStreamTracer> tracers = List.of();

	private @Nullable Listener<A> listener;

	private @Nullable Q message;

	AnsweredCall(CallOptions options) {
		this.options = options;
	}

	@Override
	public void start(Listener<A> callListener, Metadata headers) {
		this.listener = callListener;
		this.attempt = this.options.getOption(Attempt.KEY);
		List<ClientStreamTracer.Factory> factories = this.options.getStreamTracerFactories();
		if (!factories.isEmpty()) {
			StreamInfo info = StreamInfo.newBuilder().setCallOptions(this.options).build();
			this.tracers = new ArrayList<>(factories.size());
			factories.forEach((factory) -> this.tracers.add(factory.newClientStreamTracer(info, headers)));
			this.tracers.forEach((tracer) -> tracer.streamCreated(Attributes.EMPTY, headers));
		}
		if (this.attempt != null) {
			this.attempt.onPicked(AnsweredCall::release);
			this.attempt.onStreamCreated(INSTANCE, headers);
		}
	}

	@Override
	public void request(int messages) {
	}

	@Override
	public void sendMessage(Q request) {
		this.message = request;
	}

	@Override
	@SuppressWarnings("unchecked") // The method of the benchmark has one type for both.
	public void halfClose() {
		Listener<A> told = this.listener;
		if (told == null || this.message == null) {
			throw new IllegalStateException("half-closed without a request");
		}
		if (this.attempt != null) {
			this.attempt.onHeadersSent();
		}
		for (ClientStreamTracer tracer : this.tracers) {
			tracer.outboundHeaders();
			tracer.outboundWireSize(BYTES);
			tracer.inboundHeaders();
			tracer.inboundWireSize(BYTES);
			tracer.streamClosed(Status.OK);
		}
		told.onHeaders(new Metadata());
		told.onMessage((A) this.message);
		told.onClose(Status.OK, new Metadata());
	}

	@Override
	public void cancel(@Nullable String text, @Nullable Throwable cause) {
		throw new IllegalStateException("cancelled: " + text, cause);
	}

	/**
	 * What counts attempts is in the figures of picks.
	 */
	private static void release() {
	}

}
