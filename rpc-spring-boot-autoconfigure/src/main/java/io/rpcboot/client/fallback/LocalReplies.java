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

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * The answers of a handler in this process on their way to the caller: in order, one
 * after the other, and no more messages than he has asked for.
 *
 * @param <A> the type of responses
 */
final class LocalReplies<A> {

	/** A handler that looks is told to wait from here on. */
	private static final int READY_BELOW = 32;

	private final ClientCall.Listener<A> listener;

	private final Runnable onReady;

	private final Consumer<Boolean> onClosed;

	private final SynchronizationContext events = new SynchronizationContext(
			(thread, failure) -> cancel(Status.CANCELLED.withDescription("A callback failed").withCause(failure)));

	// Touched by events alone.

	private final Queue<A> waiting = new ArrayDeque<>();

	private long requested;

	private @Nullable Status status;

	private Metadata trailers = new Metadata();

	private boolean closed;

	/** How many wait, for those who look from outside. */
	private volatile int backlog;

	private volatile boolean cancelled;

	/**
	 * Creates the way.
	 * @param listener the caller's
	 * @param onReady the handler may send again
	 * @param onClosed the call has ended, cancelled or not
	 */
	LocalReplies(ClientCall.Listener<A> listener, Runnable onReady, Consumer<Boolean> onClosed) {
		this.listener = listener;
		this.onReady = onReady;
		this.onClosed = onClosed;
	}

	void request(int messages) {
		this.events.execute(() -> {
			this.requested += messages;
			deliver();
		});
	}

	void headers(Metadata headers) {
		this.events.execute(() -> {
			if (!this.closed) {
				this.listener.onHeaders(headers);
			}
		});
	}

	void message(A message) {
		this.events.execute(() -> {
			if (!this.closed) {
				this.waiting.add(message);
				deliver();
			}
		});
	}

	void close(Status newStatus, Metadata newTrailers) {
		this.events.execute(() -> {
			if (this.status == null) {
				this.status = newStatus;
				this.trailers = newTrailers;
				deliver();
			}
		});
	}

	void cancel(Status reason) {
		this.cancelled = true;
		this.events.execute(() -> {
			if (!this.closed) {
				end(reason, new Metadata(), true);
			}
		});
	}

	boolean isReady() {
		return !this.cancelled && this.backlog < READY_BELOW;
	}

	boolean isCancelled() {
		return this.cancelled;
	}

	private void deliver() {
		while (!this.closed && this.requested > 0 && !this.waiting.isEmpty()) {
			this.requested--;
			this.listener.onMessage(this.waiting.remove());
		}
		boolean wasFull = this.backlog >= READY_BELOW;
		this.backlog = this.waiting.size();
		if (wasFull && this.backlog < READY_BELOW) {
			this.onReady.run();
		}
		// An error overtakes messages that nobody has asked for.
		if (!this.closed && this.status != null && (this.waiting.isEmpty() || !this.status.isOk())) {
			end(this.status, this.trailers, false);
		}
	}

	private void end(Status how, Metadata with, boolean byCaller) {
		this.closed = true;
		this.waiting.clear();
		this.backlog = 0;
		this.listener.onClose(how, with);
		this.onClosed.accept(byCaller);
	}

}
