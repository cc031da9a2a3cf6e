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

package io.rpcboot.server.stream;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.rpcboot.dispatch.CallPermit;
import io.rpcboot.dispatch.WriteWindow;
import io.rpcboot.server.stream.StreamNotice.Reason;
import io.rpcboot.server.stream.StreamSettings.Limits;
import org.jspecify.annotations.Nullable;

/**
 * One streaming call, which may be ended from outside. For its handler such an end is a
 * cancellation: its context ends, its cancel handler runs, and what it sends goes
 * nowhere. For the client it is a status:
 * <ul>
 * <li>ABORTED for a stream that has become too old. Not UNAVAILABLE: the instance is
 * well, and balancers would take each old stream for one of its failures.</li>
 * <li>RESOURCE_EXHAUSTED for a client that takes nothing. It comes behind what the client
 * has not taken, which is no more than the window of the stream.</li>
 * </ul>
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class GuardedStream<Q, A> extends SimpleForwardingServerCall<Q, A> implements WriteWindow.Target {

	private final Limits limits;

	private final long startNanos;

	private final long ageNanos;

	private final Notice notice = new Notice();

	private final Context.CancellableContext context = Context.current()
		.withValue(StreamGuard.NOTICE, this.notice)
		.withCancellation();

	private final @Nullable WriteWindow window;

	/** Guards what the handler does against an end from outside. */
	private final Object lock = new Object();

	/** The transport had room at some time since the last look. */
	private volatile boolean seenReady;

	/** When it last had, as far as looks show. */
	private long readyNanos;

	/** Nobody waits for what the handler sends. */
	private volatile boolean over;

	private volatile @Nullable Status ended;

	private volatile boolean closed;

	/** Held for a handler that was cut off, until it has been told. Under the lock. */
	private @Nullable CallPermit held;

	/** The handler has been told of the end. Under the lock. */
	private boolean told;

	/** Seen right by the thread itself alone, which is all that it is for. */
	private @Nullable Thread eventThread;

	GuardedStream(ServerCall<Q, A> call, Limits limits, double random, long now) {
		super(call);
		this.limits = limits;
		this.startNanos = now;
		this.readyNanos = this.startNanos;
		this.ageNanos = limits.ageNanos(random);
		boolean bounded = limits.maxBuffered() > 0 && !call.getMethodDescriptor().getType().serverSendsOneMessage();
		this.window = bounded ? new WriteWindow(limits.maxBuffered(), this) : null;
		this.context.addListener((cancelled) -> onOver(), Runnable::run);
	}

	Notice notice() {
		return this.notice;
	}

	ServerCall.Listener<Q> start(Metadata headers, ServerCallHandler<Q, A> next) {
		Thread outerEvent = beginEvent();
		try {
			return new GuardedListener(Contexts.interceptCall(this.context, this, headers, next));
		}
		catch (Throwable ex) {
			// There is no listener to be told of the end.
			told();
			throw ex;
		}
		finally {
			this.eventThread = outerEvent;
		}
	}

	/**
	 * Ends the stream if its time has come. Called by one thread at a time.
	 * @return whether to look again
	 */
	boolean look(long now) {
		if (this.ended != null || this.closed) {
			return false;
		}
		if (this.seenReady || super.isReady()) {
			this.seenReady = false;
			this.readyNanos = now;
		}
		if (now - this.readyNanos >= this.limits.slowNanos()) {
			end(Status.RESOURCE_EXHAUSTED.withDescription("The client has taken nothing for "
					+ this.limits.slowConsumerTimeout() + " (rpc.server.streams.slow-consumer-timeout)"));
		}
		else if (this.ageNanos != Long.MAX_VALUE) {
			lookAtAge(now);
		}
		return true;
	}

	private void lookAtAge(long now) {
		long age = now - this.startNanos;
		if (age >= this.ageNanos) {
			end(Status.ABORTED.withDescription("The stream is older than " + this.limits.maxAge()
					+ " (rpc.server.streams.max-age); open it again"));
		}
		else if (age >= this.ageNanos - this.limits.noticeNanos(this.ageNanos)) {
			this.notice.give(Reason.MAX_AGE);
		}
	}

	@Override
	public void sendHeaders(Metadata headers) {
		synchronized (this.lock) {
			if (this.ended == null && !this.closed) {
				super.sendHeaders(headers);
			}
		}
	}

	/**
	 * Sends a message, when there is room for it. One that comes beside the end goes
	 * nowhere: gRPC's calls are for one thread at a time, but what a handler does on a
	 * notice may close its stream while it sends. A handler that sends from within an
	 * event of the call hears of a cancellation in no other way, since the event for that
	 * waits for it to return.
	 */
	@Override
	public void sendMessage(A message) {
		if (this.window != null) {
			this.window.awaitRoom(message);
		}
		if (this.over && this.eventThread == Thread.currentThread()) {
			throw cancelled();
		}
		synchronized (this.lock) {
			if (this.ended == null && !this.closed) {
				super.sendMessage(message);
			}
		}
	}

	@Override
	public void close(Status status, Metadata trailers) {
		synchronized (this.lock) {
			if (this.ended != null) {
				return;
			}
			this.closed = true;
		}
		super.close(status, trailers);
	}

	@Override
	public boolean isReady() {
		return this.ended == null && hasRoom();
	}

	@Override
	public boolean isCancelled() {
		return this.ended != null || super.isCancelled();
	}

	@Override
	public boolean hasRoom() {
		if (!super.isReady()) {
			return false;
		}
		this.seenReady = true;
		return true;
	}

	@Override
	public boolean isOver() {
		return this.over || this.closed;
	}

	private void end(Status status) {
		synchronized (this.lock) {
			if (this.closed) {
				return;
			}
			this.ended = status;
			if (!this.told) {
				hold();
			}
		}
		try {
			super.close(status, new Metadata());
		}
		catch (IllegalStateException ex) {
			// gRPC has closed it itself.
		}
		this.context.cancel(status.asRuntimeException());
	}

	/**
	 * Keeps the permit of the call, which gives it back when it is closed: a handler that
	 * holds its thread goes on until it returns.
	 */
	private void hold() {
		CallPermit permit = CallPermit.of(this);
		if (permit != null && permit.hold()) {
			this.held = permit;
		}
	}

	private void told() {
		CallPermit permit;
		synchronized (this.lock) {
			this.told = true;
			permit = this.held;
			this.held = null;
		}
		if (permit != null) {
			permit.release(false);
		}
	}

	private void onOver() {
		this.over = true;
		if (this.window != null) {
			this.window.wake();
		}
	}

	private RuntimeException cancelled() {
		Status status = this.ended;
		return Status.CANCELLED
			.withDescription((status != null) ? status.getDescription() : "The caller waits for the stream no more")
			.asRuntimeException();
	}

	private @Nullable Thread beginEvent() {
		Thread outerEvent = this.eventThread;
		this.eventThread = Thread.currentThread();
		return outerEvent;
	}

	/**
	 * The events of the call. After an end from outside the handler gets none but the
	 * cancellation.
	 */
	private final class GuardedListener extends SimpleForwardingServerCallListener<Q> {

		GuardedListener(ServerCall.Listener<Q> delegate) {
			super(delegate);
		}

		@Override
		public void onMessage(Q message) {
			if (GuardedStream.this.ended != null) {
				return;
			}
			Thread outerEvent = beginEvent();
			try {
				super.onMessage(message);
			}
			finally {
				GuardedStream.this.eventThread = outerEvent;
			}
		}

		@Override
		public void onHalfClose() {
			event(super::onHalfClose);
		}

		@Override
		public void onReady() {
			GuardedStream.this.seenReady = true;
			if (GuardedStream.this.window != null) {
				GuardedStream.this.window.wake();
			}
			event(super::onReady);
		}

		@Override
		public void onCancel() {
			try {
				super.onCancel();
			}
			finally {
				told();
			}
		}

		@Override
		public void onComplete() {
			try {
				if (GuardedStream.this.ended != null) {
					super.onCancel();
				}
				else {
					super.onComplete();
				}
			}
			finally {
				told();
			}
		}

		private void event(Runnable event) {
			if (GuardedStream.this.ended != null) {
				return;
			}
			Thread outerEvent = beginEvent();
			try {
				event.run();
			}
			finally {
				GuardedStream.this.eventThread = outerEvent;
			}
		}

	}

}
