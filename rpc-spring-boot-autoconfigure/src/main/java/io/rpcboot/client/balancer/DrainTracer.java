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

package io.rpcboot.client.balancer;

import java.util.function.Consumer;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.rpcboot.call.RpcMetadata;

/**
 * Reads from replies whether their instance is about to leave, so that consumers learn it
 * with the registry down, and tells an {@link Attempt} how far it has come.
 */
final class DrainTracer extends ClientStreamTracer.Factory {

	private final Consumer<Boolean> listener;

	private final boolean doubtful;

	/** Told already. A race tells twice, which is harmless. */
	private volatile boolean told;

	/** For the calls that nobody wants to know about. */
	private final ClientStreamTracer plain = new ReplyTracer();

	private DrainTracer(Consumer<Boolean> listener, boolean doubtful) {
		this.listener = listener;
		this.doubtful = doubtful;
	}

	/**
	 * Traces the calls of an instance that is thought to stay: only a mark is news.
	 * @param listener is told {@code true}, on the thread of the transport
	 */
	static DrainTracer sure(Consumer<Boolean> listener) {
		return new DrainTracer(listener, false);
	}

	/**
	 * Traces the calls of an instance that is not healthy and perhaps leaves: a reply
	 * without a mark is news too.
	 * @param listener is told whether a reply had the mark
	 */
	static DrainTracer doubtful(Consumer<Boolean> listener) {
		return new DrainTracer(listener, true);
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		Attempt attempt = info.getCallOptions().getOption(Attempt.KEY);
		return (attempt != null) ? new AttemptTracer(attempt) : this.plain;
	}

	private void read(Metadata reply) {
		boolean leaving = reply.containsKey(RpcMetadata.DRAIN);
		if (leaving != this.told || (!leaving && this.doubtful)) {
			this.told = leaving;
			if (leaving || this.doubtful) {
				this.listener.accept(leaving);
			}
		}
	}

	private class ReplyTracer extends ClientStreamTracer {

		@Override
		public void inboundHeaders(Metadata headers) {
			read(headers);
		}

		@Override
		public void inboundTrailers(Metadata trailers) {
			read(trailers);
		}

	}

	private final class AttemptTracer extends ReplyTracer {

		private final Attempt attempt;

		AttemptTracer(Attempt attempt) {
			this.attempt = attempt;
		}

		@Override
		public void streamCreated(Attributes transportAttributes, Metadata headers) {
			this.attempt.onStreamCreated();
		}

		@Override
		public void outboundHeaders() {
			this.attempt.onHeadersSent();
		}

	}

}
