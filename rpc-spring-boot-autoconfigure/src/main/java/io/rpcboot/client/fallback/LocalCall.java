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

package io.rpcboot.client.fallback;

import java.util.Objects;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * A call of a handler in this process, for methods with one request. The handler runs on
 * the thread that completes the request, in its context; messages are passed as they are,
 * and no more of them than were asked for.
 *
 * @param <Q> the type of the request
 * @param <A> the type of responses
 */
final class LocalCall<Q, A> extends ClientCall<Q, A> {

	private final MethodDescriptor<Q, A> method;

	private final ServerCallHandler<Q, A> handler;

	/** Runs the handler's events one after the other, as a server would. */
	private final SynchronizationContext events = new SynchronizationContext(
			(thread, failure) -> onHandlerFailed(failure));

	// Everything below but the replies is touched by events alone.

	private ServerCall.@Nullable Listener<Q> handlerListener;

	private @Nullable LocalReplies<A> replies;

	private @Nullable Q request;

	private int requested;

	private boolean complete;

	private boolean completeTold;

	private boolean ended;

	LocalCall(MethodDescriptor<Q, A> method, ServerCallHandler<Q, A> handler) {
		this.method = method;
		this.handler = handler;
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		LocalReplies<A> made = new LocalReplies<>(listener, this::onReady, this::onClosed);
		this.replies = made;
		this.events.execute(() -> {
			this.handlerListener = this.handler.startCall(new HandlerCall(made), headers);
			this.handlerListener.onReady();
			tell();
		});
	}

	@Override
	public void request(int messages) {
		replies().request(messages);
	}

	@Override
	public void sendMessage(Q message) {
		this.events.execute(() -> {
			this.request = message;
			tell();
		});
	}

	@Override
	public void halfClose() {
		this.events.execute(() -> {
			this.complete = true;
			tell();
		});
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		replies().cancel(Status.CANCELLED.withDescription(message).withCause(cause));
	}

	private LocalReplies<A> replies() {
		return Objects.requireNonNull(this.replies, "not started");
	}

	private void tell() {
		ServerCall.Listener<Q> listener = this.handlerListener;
		if (listener == null || this.ended) {
			return;
		}
		Q message = this.request;
		if (message != null && this.requested > 0) {
			this.requested--;
			this.request = null;
			listener.onMessage(message);
		}
		if (this.request == null && this.complete && !this.completeTold) {
			this.completeTold = true;
			listener.onHalfClose();
		}
	}

	private void onReady() {
		this.events.execute(() -> {
			if (this.handlerListener != null && !this.ended) {
				this.handlerListener.onReady();
			}
		});
	}

	private void onClosed(boolean cancelled) {
		this.events.execute(() -> {
			this.ended = true;
			if (this.handlerListener == null) {
				return;
			}
			if (cancelled) {
				this.handlerListener.onCancel();
			}
			else {
				this.handlerListener.onComplete();
			}
		});
	}

	private void onHandlerFailed(Throwable failure) {
		replies().close(Status.fromThrowable(failure), new Metadata());
	}

	/**
	 * The call as the handler sees it.
	 */
	private final class HandlerCall extends ServerCall<Q, A> {

		private final LocalReplies<A> answers;

		HandlerCall(LocalReplies<A> answers) {
			this.answers = answers;
		}

		@Override
		public void request(int messages) {
			LocalCall.this.events.execute(() -> {
				LocalCall.this.requested += Math.min(messages, 2);
				tell();
			});
		}

		@Override
		public void sendHeaders(Metadata headers) {
			this.answers.headers(headers);
		}

		@Override
		public void sendMessage(A message) {
			this.answers.message(message);
		}

		@Override
		public void close(Status status, Metadata trailers) {
			this.answers.close(status, trailers);
		}

		@Override
		public boolean isReady() {
			return this.answers.isReady();
		}

		@Override
		public boolean isCancelled() {
			return this.answers.isCancelled();
		}

		@Override
		public MethodDescriptor<Q, A> getMethodDescriptor() {
			return LocalCall.this.method;
		}

	}

}
