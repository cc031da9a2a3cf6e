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

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Hands the events of a call with a stream of answers over batch by batch. Messages are
 * read ahead, but the listener gets none that was not asked for.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class StreamReplyCall<Q, A> extends SimpleForwardingClientCall<Q, A> {

	private final InboundWindow window;

	private final CallEvents events;

	private final @Nullable Deadline deadline;

	private final ScheduledExecutorService timer;

	private final DemandQueue<A> replies = new DemandQueue<>(this::receive, this::executeInOrder);

	private Context context = Context.ROOT;

	private @Nullable Listener<A> listener;

	private volatile boolean cancelled;

	/** Set once the server's end is known, which messages may have to be told before. */
	private volatile @Nullable LateEnd lateEnd;

	private StreamReplyCall(ClientCall<Q, A> delegate, InboundWindow window, CallEvents events,
			@Nullable Deadline deadline, ScheduledExecutorService timer) {
		super(delegate);
		this.timer = timer;
		this.window = window;
		this.events = events;
		this.deadline = deadline;
	}

	static <Q, A> ClientCall<Q, A> of(MethodDescriptor<Q, A> method, CallOptions options, Channel next,
			Executor callbacks, ScheduledExecutorService timer) {
		InboundWindow window = new InboundWindow();
		CallEvents events = new CallEvents(callbacks);
		CallOptions ahead = options.withExecutor(events).withStreamTracerFactory(new WindowTracers(window));
		return new StreamReplyCall<>(next.newCall(method, ahead), window, events, options.getDeadline(), timer);
	}

	@Override
	public void start(Listener<A> newListener, Metadata headers) {
		this.listener = newListener;
		this.context = Context.current();
		super.start(new AheadListener(newListener), headers);
		this.window.open(delegate()::request);
	}

	@Override
	public void request(int messages) {
		if (messages < 0) {
			super.request(messages);
		}
		this.replies.request(messages);
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		this.cancelled = true;
		super.cancel(message, cause);
		LateEnd end = this.lateEnd;
		if (end != null) {
			end.abandon(Status.CANCELLED.withDescription((message != null) ? message : "Call cancelled without message")
				.withCause(cause));
		}
	}

	private void receive(A message) {
		this.window.onTaken();
		Objects.requireNonNull(this.listener, "not started").onMessage(message);
	}

	private void executeInOrder(Runnable task) {
		this.events.executeInOrder(this.context.wrap(() -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				cancel("Failed to read message.", ex);
			}
		}));
	}

	private void end(LateEnd end) {
		this.lateEnd = end;
		try {
			if (this.replies.end(end)) {
				return;
			}
		}
		catch (Throwable ex) {
			end.abandon(Status.CANCELLED.withDescription("Failed to read message.").withCause(ex));
			throw ex;
		}
		end.watch(this.context, this.deadline, this.timer);
		if (this.cancelled) {
			// After gRPC had looked at that, and before this call could.
			end.abandon(Status.CANCELLED.withDescription("Cancelled before all answers were asked for"));
		}
	}

	/**
	 * Whether the call ended on this side: then nobody waits for what is left.
	 */
	private boolean endedHere(Status status) {
		return switch (status.getCode()) {
			case CANCELLED -> this.cancelled || this.context.isCancelled();
			case DEADLINE_EXCEEDED -> isExpired(this.deadline) || isExpired(this.context.getDeadline());
			default -> false;
		};
	}

	private static boolean isExpired(@Nullable Deadline deadline) {
		return deadline != null && deadline.isExpired();
	}

	private final class AheadListener extends ForwardingClientCallListener<A> {

		private final Listener<A> delegate;

		AheadListener(Listener<A> delegate) {
			this.delegate = delegate;
		}

		@Override
		protected Listener<A> delegate() {
			return this.delegate;
		}

		@Override
		public void onMessage(A message) {
			try {
				StreamReplyCall.this.replies.offer(message);
			}
			catch (Throwable ex) {
				// gRPC cancels the call, whose listener gets no more messages then.
				StreamReplyCall.this.cancelled = true;
				throw ex;
			}
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			if (endedHere(status)) {
				StreamReplyCall.this.replies.clear();
			}
			StreamReplyCall.this.end(new LateEnd(this.delegate, status, trailers, StreamReplyCall.this.replies,
					StreamReplyCall.this::executeInOrder));
		}

	}

	private static final class WindowTracers extends ClientStreamTracer.Factory {

		private final InboundWindow window;

		WindowTracers(InboundWindow window) {
			this.window = window;
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return new WindowTracer(this.window, info.getCallOptions().getOption(AttemptReads.KEY));
		}

	}

	private static final class WindowTracer extends ClientStreamTracer {

		private final InboundWindow window;

		/** Of one attempt of several. */
		private final @Nullable AttemptReads reads;

		WindowTracer(InboundWindow window, @Nullable AttemptReads reads) {
			this.window = window;
			this.reads = reads;
		}

		@Override
		public void inboundMessageRead(int sequence, long optionalWireSize, long optionalUncompressedSize) {
			if (this.reads == null || this.reads.isChosen()) {
				this.window.onRead(optionalWireSize, optionalUncompressedSize);
			}
			else {
				this.reads.hold(() -> this.window.onRead(optionalWireSize, optionalUncompressedSize));
			}
		}

	}

}
