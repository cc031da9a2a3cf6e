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
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Context.CancellationListener;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The end of a call as the server told it, while messages before it wait to be asked for.
 * For gRPC the call is over: it neither hears the caller cancel any more nor watches the
 * deadline or the context. Whatever of these comes first is the end instead, as it would
 * be if the messages had stayed in the transport. Runs among the events of the call.
 */
final class LateEnd implements Runnable, CancellationListener {

	private final ClientCall.Listener<?> listener;

	private final DemandQueue<?> replies;

	private final Executor events;

	private Status status;

	private Metadata trailers;

	private @Nullable Context watched;

	private @Nullable Future<?> timer;

	/**
	 * Creates an end.
	 * @param listener is told of it
	 * @param status as the server told it
	 * @param trailers the server's
	 * @param replies the messages before it
	 * @param events runs a task among the events of the call
	 */
	LateEnd(ClientCall.Listener<?> listener, Status status, Metadata trailers, DemandQueue<?> replies,
			Executor events) {
		this.listener = listener;
		this.status = status;
		this.trailers = trailers;
		this.replies = replies;
		this.events = events;
	}

	/**
	 * Tells the end.
	 */
	@Override
	public void run() {
		if (this.watched != null) {
			this.watched.removeListener(this);
		}
		if (this.timer != null) {
			this.timer.cancel(false);
		}
		this.listener.onClose(this.status, this.trailers);
	}

	/**
	 * Watches what gRPC does not watch any more.
	 * @param context of the call
	 * @param deadline of the call, besides that of the context
	 * @param scheduler watches it
	 */
	void watch(Context context, @Nullable Deadline deadline, ScheduledExecutorService scheduler) {
		this.watched = context;
		context.addListener(this, Runnable::run);
		if (deadline != null) {
			this.timer = scheduler.schedule(
					() -> abandon(Status.DEADLINE_EXCEEDED
						.withDescription("The deadline passed before all answers were asked for")),
					deadline.timeRemaining(TimeUnit.NANOSECONDS), TimeUnit.NANOSECONDS);
		}
	}

	@Override
	public void cancelled(Context context) {
		abandon(Contexts.statusFromCancelled(context));
	}

	/**
	 * Ends the call without the messages that are left, unless it has ended. From any
	 * thread.
	 * @param newStatus is told instead of the server's
	 */
	void abandon(Status newStatus) {
		this.events.execute(() -> {
			this.status = newStatus;
			this.trailers = new Metadata();
			this.replies.abandon();
		});
	}

}
