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

package io.rpcboot.dispatch;

import java.util.concurrent.Executor;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the answer of a unary call on the event loop and tells it to the listener with
 * one hand-over.
 *
 * @param <Q> the type of the request
 * @param <A> the type of the response
 */
final class UnaryReplyCall<Q, A> extends SimpleForwardingClientCall<Q, A> {

	private static final Logger logger = LoggerFactory.getLogger(UnaryReplyCall.class);

	private final Executor callbacks;

	UnaryReplyCall(ClientCall<Q, A> delegate, Executor callbacks) {
		super(delegate);
		this.callbacks = callbacks;
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		super.start(new Reply<>(listener, this.callbacks), headers);
	}

	/**
	 * What has come of the answer. An exception of the listener ends the call as it does
	 * in gRPC: CANCELLED, with the exception as its cause.
	 */
	private static final class Reply<A> extends Listener<A> implements Runnable {

		private static final Metadata NONE = new Metadata();

		private final Listener<A> listener;

		private final Executor callbacks;

		private @Nullable Metadata headers;

		private @Nullable A message;

		private Status status = Status.UNKNOWN;

		private Metadata trailers = NONE;

		private Context context = Context.ROOT;

		Reply(Listener<A> listener, Executor callbacks) {
			this.listener = listener;
			this.callbacks = callbacks;
		}

		@Override
		public void onHeaders(Metadata newHeaders) {
			this.headers = newHeaders;
		}

		@Override
		public void onMessage(A newMessage) {
			if (this.message != null) {
				throw Status.INTERNAL.withDescription("More than one value received for unary call")
					.asRuntimeException();
			}
			this.message = newMessage;
		}

		@Override
		public void onClose(Status newStatus, Metadata newTrailers) {
			this.status = newStatus;
			this.trailers = newTrailers;
			this.context = Context.current();
			this.callbacks.execute(this);
		}

		@Override
		public void run() {
			Context previous = this.context.attach();
			try {
				tell();
			}
			finally {
				this.context.detach(previous);
			}
		}

		private void tell() {
			try {
				if (this.headers != null) {
					this.listener.onHeaders(this.headers);
				}
				if (this.message != null) {
					this.listener.onMessage(this.message);
				}
			}
			catch (Throwable ex) {
				this.status = Status.CANCELLED.withDescription("Failed to read message.").withCause(ex);
				this.trailers = new Metadata();
			}
			try {
				this.listener.onClose(this.status, this.trailers);
			}
			catch (RuntimeException ex) {
				logger.warn("Exception thrown by onClose() of a call's listener", ex);
			}
		}

	}

}
