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

package io.rpcboot.client;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rpcboot.dispatch.WriteWindow;
import org.jspecify.annotations.Nullable;

/**
 * A call with a stream of requests whose sender waits when it is too far ahead of the
 * transport. Callbacks never wait: those of this call would hold up the answers that the
 * server may want to get rid of before it reads on, others the threads that all calls
 * share. Nor do event loops.
 * <p>
 * A call with an executor of its own waits only while it has a stream: before that, and
 * after, it needs that executor to go on, whose thread may be the one that sends.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class BoundedStream<Q, A> extends SimpleForwardingClientCall<Q, A> implements WriteWindow.Target {

	private final SendBound bound;

	private final @Nullable Deadline deadline;

	private final @Nullable OpenStream stream;

	private final Context context = Context.current();

	private final WriteWindow window;

	/** Nobody takes what is sent. */
	private volatile boolean over;

	/** Seen right by the thread itself alone, which is all that it is for. */
	private @Nullable Thread callback;

	/**
	 * Creates a call.
	 * @param delegate the call inside
	 * @param bound how far its sender may be ahead
	 * @param deadline when it ends; {@code null} if that is not known
	 * @param stream tells of its stream; {@code null} if it goes on without the executor
	 * of the call
	 */
	BoundedStream(ClientCall<Q, A> delegate, SendBound bound, @Nullable Deadline deadline,
			@Nullable OpenStream stream) {
		super(delegate);
		this.bound = bound;
		this.deadline = deadline;
		this.stream = stream;
		this.window = new WriteWindow(bound.maxBytes(), this);
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		super.start(new CallbackListener(listener), headers);
	}

	/**
	 * Sends a message, when there is room for it.
	 * @throws StatusRuntimeException with CANCELLED, as the call is then too, if the
	 * thread is interrupted while it waits, which it stays
	 */
	@Override
	public void sendMessage(Q message) {
		if (this.callback != Thread.currentThread() && !this.bound.callbackThread().getAsBoolean()) {
			try {
				this.window.awaitRoom(message);
			}
			catch (StatusRuntimeException ex) {
				cancel(ex.getStatus().getDescription(), ex);
				throw ex;
			}
		}
		super.sendMessage(message);
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		end();
		super.cancel(message, cause);
	}

	@Override
	public boolean hasRoom() {
		return super.isReady();
	}

	@Override
	public boolean isOver() {
		return this.over || this.context.isCancelled() || isExpired(this.deadline)
				|| isExpired(this.context.getDeadline()) || (this.stream != null && !this.stream.isOpen());
	}

	private static boolean isExpired(@Nullable Deadline deadline) {
		return deadline != null && deadline.isExpired();
	}

	private void end() {
		this.over = true;
		this.window.wake();
	}

	private @Nullable Thread beginCallback() {
		Thread outer = this.callback;
		this.callback = Thread.currentThread();
		return outer;
	}

	/**
	 * Marks the thread while the caller's listener runs.
	 */
	private final class CallbackListener extends SimpleForwardingClientCallListener<A> {

		CallbackListener(Listener<A> delegate) {
			super(delegate);
		}

		@Override
		public void onHeaders(Metadata headers) {
			callback(() -> super.onHeaders(headers));
		}

		@Override
		public void onMessage(A message) {
			Thread outer = beginCallback();
			try {
				super.onMessage(message);
			}
			finally {
				BoundedStream.this.callback = outer;
			}
		}

		@Override
		public void onReady() {
			BoundedStream.this.window.wake();
			callback(super::onReady);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			end();
			callback(() -> super.onClose(status, trailers));
		}

		private void callback(Runnable event) {
			Thread outer = beginCallback();
			try {
				event.run();
			}
			finally {
				BoundedStream.this.callback = outer;
			}
		}

	}

}
