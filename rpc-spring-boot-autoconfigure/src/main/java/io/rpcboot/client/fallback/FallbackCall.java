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
import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call with one request that is made again elsewhere when it has failed without an
 * answer. The thread that makes the call and the one that is told of the failure agree
 * under a lock, which is held for a few assignments and never while others are called.
 *
 * @param <Q> the type of the request
 * @param <A> the type of responses
 */
final class FallbackCall<Q, A> extends ClientCall<Q, A> {

	private final MethodDescriptor<Q, A> method;

	private final CallOptions options;

	private final ClientCall<Q, A> first;

	private final FallbackRule rule;

	private final Context context = Context.current();

	private final Object lock = new Object();

	private volatile Phase phase = Phase.FIRST;

	private volatile @Nullable ClientCall<Q, A> second;

	private @Nullable Listener<A> listener;

	private Metadata headers = new Metadata();

	private int requested;

	private @Nullable Q message;

	private boolean complete;

	private Status failure = Status.UNKNOWN;

	private @Nullable Status cancellation;

	FallbackCall(MethodDescriptor<Q, A> method, CallOptions options, ClientCall<Q, A> first, FallbackRule rule) {
		this.method = method;
		this.options = options;
		this.first = first;
		this.rule = rule;
	}

	@Override
	public void start(Listener<A> callListener, Metadata callHeaders) {
		// What runs further in adds headers of its own.
		this.headers.merge(callHeaders);
		this.listener = callListener;
		this.first.start(new FirstListener(callListener, this.method.getType() == MethodType.UNARY), callHeaders);
	}

	@Override
	public void request(int messages) {
		ClientCall<Q, A> call;
		synchronized (this.lock) {
			this.requested = (int) Math.min(Integer.MAX_VALUE, (long) this.requested + messages);
			call = current();
		}
		if (call != null) {
			call.request(messages);
		}
	}

	@Override
	public void sendMessage(Q request) {
		boolean send;
		synchronized (this.lock) {
			this.message = request;
			send = this.phase == Phase.FIRST;
		}
		if (send) {
			this.first.sendMessage(request);
		}
	}

	@Override
	public void halfClose() {
		boolean waiting;
		synchronized (this.lock) {
			this.complete = true;
			waiting = this.phase == Phase.FAILED;
			this.phase = waiting ? Phase.STARTING : this.phase;
		}
		if (waiting) {
			begin();
		}
		else {
			this.first.halfClose();
		}
	}

	@Override
	public void cancel(@Nullable String text, @Nullable Throwable cause) {
		boolean waiting;
		ClientCall<Q, A> call;
		synchronized (this.lock) {
			this.cancellation = Status.CANCELLED.withDescription(text).withCause(cause);
			waiting = this.phase == Phase.FAILED;
			this.phase = waiting ? Phase.SECOND : this.phase;
			call = waiting ? null : current();
		}
		if (waiting) {
			listener().onClose(this.cancellation, new Metadata());
		}
		else if (call != null) {
			call.cancel(text, cause);
		}
	}

	@Override
	public boolean isReady() {
		ClientCall<Q, A> call = current();
		return call != null && call.isReady();
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		this.first.setMessageCompression(enabled);
	}

	@Override
	public Attributes getAttributes() {
		ClientCall<Q, A> call = current();
		return (call != null) ? call.getAttributes() : Attributes.EMPTY;
	}

	/**
	 * Returns the call to talk to; {@code null} while there is none.
	 */
	private @Nullable ClientCall<Q, A> current() {
		return switch (this.phase) {
			case FIRST -> this.first;
			case SECOND -> this.second;
			case FAILED, STARTING -> null;
		};
	}

	private Listener<A> listener() {
		return Objects.requireNonNull(this.listener, "not started");
	}

	/**
	 * Takes the failure, unless it is to be told to the caller.
	 */
	private boolean isTakenOver(Status status) {
		boolean begins;
		synchronized (this.lock) {
			if (this.cancellation != null || !this.rule.concerns(status) || this.context.isCancelled()) {
				return false;
			}
			this.failure = status;
			begins = this.complete;
			this.phase = begins ? Phase.STARTING : Phase.FAILED;
		}
		if (begins) {
			begin();
		}
		return true;
	}

	/**
	 * Tells whether the caller has cancelled the call, or its context was.
	 */
	private boolean isGivenUp() {
		synchronized (this.lock) {
			return this.cancellation != null || this.context.isCancelled();
		}
	}

	/**
	 * Begins the second call. One thread gets here: who sees the failure, or who
	 * completes the request later. Nobody would hear of an exception, so it ends the
	 * call.
	 */
	private void begin() {
		SecondListener answers = new SecondListener(listener());
		this.context.run(() -> {
			ClientCall<Q, A> call;
			try {
				call = this.rule.target().newCall(this.method, this.options, this.failure);
				call.start(answers, this.headers);
			}
			catch (RuntimeException | Error ex) {
				answers.onClose(Status.fromThrowable(ex), new Metadata());
				return;
			}
			try {
				send(call);
			}
			catch (RuntimeException | Error ex) {
				answers.broken = Status.fromThrowable(ex);
				call.cancel("The request could not be sent", ex);
			}
		});
	}

	private void send(ClientCall<Q, A> call) {
		int outstanding;
		Status cancelled;
		synchronized (this.lock) {
			this.second = call;
			this.phase = Phase.SECOND;
			outstanding = this.requested;
			cancelled = this.cancellation;
		}
		if (cancelled != null) {
			call.cancel(cancelled.getDescription(), cancelled.getCause());
			return;
		}
		if (outstanding > 0) {
			call.request(outstanding);
		}
		if (this.message != null) {
			call.sendMessage(this.message);
		}
		call.halfClose();
	}

	private enum Phase {

		/** The call itself. */
		FIRST,

		/** It has failed before the request was complete. */
		FAILED,

		/** The fallback is about to be called. */
		STARTING,

		/** The fallback answers. */
		SECOND

	}

	/**
	 * Holds back headers and, if there is but one, the answer, until it is clear that the
	 * call does not fail.
	 */
	private final class FirstListener extends SimpleForwardingClientCallListener<A> {

		private final boolean unary;

		private @Nullable Metadata heldHeaders;

		private @Nullable A heldAnswer;

		private boolean answered;

		FirstListener(Listener<A> delegate, boolean unary) {
			super(delegate);
			this.unary = unary;
		}

		@Override
		public void onHeaders(Metadata replyHeaders) {
			this.heldHeaders = replyHeaders;
		}

		@Override
		public void onMessage(A answer) {
			if (this.unary) {
				this.heldAnswer = answer;
				return;
			}
			this.answered = true;
			release();
			super.onMessage(answer);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			if (status.isOk() || this.answered || !isTakenOver(status)) {
				release();
				super.onClose(status, trailers);
			}
		}

		private void release() {
			if (this.heldHeaders != null) {
				super.onHeaders(this.heldHeaders);
				this.heldHeaders = null;
			}
			if (this.heldAnswer != null) {
				super.onMessage(this.heldAnswer);
				this.heldAnswer = null;
			}
		}

	}

	/**
	 * Tells of both failures when the fallback fails too.
	 */
	private final class SecondListener extends SimpleForwardingClientCallListener<A> {

		private final AtomicBoolean closed = new AtomicBoolean();

		/** Why the call was cancelled from here. */
		private volatile @Nullable Status broken;

		SecondListener(Listener<A> delegate) {
			super(delegate);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			if (!this.closed.compareAndSet(false, true)) {
				return;
			}
			Status own = Objects.requireNonNullElse(this.broken, status);
			if (status.isOk() || !isGivenUp()) {
				FallbackCall.this.rule.counts().ended(status.isOk());
			}
			super.onClose(status.isOk() ? status : FallbackCall.this.rule.failed(FallbackCall.this.failure, own),
					trailers);
		}

	}

}
