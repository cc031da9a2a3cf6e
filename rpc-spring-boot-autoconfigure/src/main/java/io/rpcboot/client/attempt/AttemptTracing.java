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

package io.rpcboot.client.attempt;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.rpcboot.client.balancer.Attempt;

/**
 * Tells an {@link Attempt} how far it has come where the policy does not: our own
 * policies do that by the tracer of their picks, which costs less.
 */
public final class AttemptTracing extends ClientStreamTracer.Factory implements ClientInterceptor {

	private static final ClientStreamTracer NONE = new ClientStreamTracer() {
	};

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return next.newCall(method, options.withStreamTracerFactory(this));
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		Attempt attempt = info.getCallOptions().getOption(Attempt.KEY);
		return (attempt != null) ? new Tracer(attempt) : NONE;
	}

	private static final class Tracer extends ClientStreamTracer {

		private final Attempt attempt;

		Tracer(Attempt attempt) {
			this.attempt = attempt;
		}

		@Override
		public void streamCreated(Attributes transportAttributes, Metadata headers) {
			this.attempt.onStreamCreated(null, headers);
		}

		@Override
		public void outboundHeaders() {
			this.attempt.onHeadersSent();
		}

	}

}
