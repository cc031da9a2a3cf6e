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

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Answers each call at once with its own request, on its own thread, and tells its
 * tracers what gRPC would.
 */
final class AnsweringChannel extends Channel {

	private static final long BYTES = 107;

	private final Metadata headers = new Metadata();

	@Override
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
		return new Call<>(options);
	}

	@Override
	public String authority() {
		return "nobody";
	}

	private final class Call<Q, A> extends ClientCall<Q, A> {

		private final CallOptions options;

		private @Nullable Listener<A> listener;

		private @Nullable A answer;

		private Call(CallOptions options) {
			this.options = options;
		}

		@Override
		public void start(Listener<A> newListener, Metadata sent) {
			this.listener = newListener;
			for (ClientStreamTracer.Factory factory : this.options.getStreamTracerFactories()) {
				ClientStreamTracer tracer = factory
					.newClientStreamTracer(StreamInfo.newBuilder().setCallOptions(this.options).build(), sent);
				tracer.streamCreated(Attributes.EMPTY, sent);
				tracer.outboundHeaders();
				tracer.outboundWireSize(BYTES);
				tracer.inboundHeaders(AnsweringChannel.this.headers);
				tracer.inboundWireSize(BYTES);
				tracer.inboundTrailers(AnsweringChannel.this.headers);
				tracer.streamClosed(Status.OK);
			}
		}

		@Override
		public void request(int messages) {
		}

		@Override
		public void cancel(@Nullable String message, @Nullable Throwable cause) {
		}

		@Override
		@SuppressWarnings("unchecked") // Requests and answers have one type.
		public void sendMessage(Q message) {
			this.answer = (A) message;
		}

		@Override
		public void halfClose() {
			Listener<A> told = this.listener;
			A message = this.answer;
			if (told != null && message != null) {
				told.onHeaders(AnsweringChannel.this.headers);
				told.onMessage(message);
				told.onClose(Status.OK, AnsweringChannel.this.headers);
			}
		}

	}

}
