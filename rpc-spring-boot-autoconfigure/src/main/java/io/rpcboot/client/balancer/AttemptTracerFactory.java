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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.balancer.policy.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Follows the attempts that go to one connection of an instance: counts and times them,
 * judges how they end, reads from replies whether the instance is about to leave, so that
 * consumers learn it with the registry down, and tells an {@link Attempt} how far it has
 * come.
 */
final class AttemptTracerFactory extends ClientStreamTracer.Factory {

	private static final AtomicReferenceFieldUpdater<AttemptTracer, Phase> PHASE = AtomicReferenceFieldUpdater
		.newUpdater(AttemptTracer.class, Phase.class, "phase");

	private final InstanceConnection connection;

	private final @Nullable AtomicInteger open;

	private final boolean doubtful;

	private final boolean unary;

	/**
	 * Creates a factory.
	 * @param connection the instance that is followed
	 * @param open counts the open streams of one of its connections; {@code null} if
	 * nobody asks
	 * @param doubtful whether the instance is not healthy and perhaps leaves: a reply
	 * without a mark is news then, else only a mark is
	 * @param unary whether the calls are, so that their time is the instance's
	 */
	AttemptTracerFactory(InstanceConnection connection, @Nullable AtomicInteger open, boolean doubtful, boolean unary) {
		this.connection = connection;
		this.open = open;
		this.doubtful = doubtful;
		this.unary = unary;
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		Attempt attempt = info.getCallOptions().getOption(Attempt.KEY);
		AttemptTracer tracer = new AttemptTracer(attempt,
				earlier(info.getCallOptions().getDeadline(), Context.current().getDeadline()));
		if (attempt != null) {
			attempt.onPicked(tracer);
		}
		return tracer;
	}

	/**
	 * The caller itself may be under a deadline, which gRPC takes if it is the earlier.
	 */
	private static @Nullable Deadline earlier(@Nullable Deadline own, @Nullable Deadline ofContext) {
		return (own == null || (ofContext != null && ofContext.isBefore(own))) ? ofContext : own;
	}

	private void read(Metadata reply) {
		boolean leaving = reply.containsKey(RpcMetadata.DRAIN);
		// A race tells twice, which is harmless.
		if (leaving != this.connection.isDrainTold() || (!leaving && this.doubtful)) {
			this.connection.drainTold(leaving);
			if (leaving || this.doubtful) {
				this.connection.onReply(leaving);
			}
		}
	}

	private enum Phase {

		/** There is no stream yet. */
		PICKED,

		/** The attempt is in flight. */
		COUNTED,

		/** It has ended. */
		ENDED

	}

	/**
	 * Follows an attempt. It is counted out by the end of its stream, or by the end of
	 * the attempt if its stream was never started.
	 */
	private final class AttemptTracer extends ClientStreamTracer implements Runnable {

		private final @Nullable Attempt attempt;

		private final @Nullable Deadline deadline;

		private volatile Phase phase = Phase.PICKED;

		private long startNanos;

		private int slot;

		private boolean sent;

		private boolean refused;

		private boolean answered;

		AttemptTracer(@Nullable Attempt attempt, @Nullable Deadline deadline) {
			this.attempt = attempt;
			this.deadline = deadline;
		}

		@Override
		public void streamCreated(Attributes transportAttributes, Metadata headers) {
			if (this.phase != Phase.PICKED) {
				return;
			}
			AttemptTracerFactory.this.connection.onPicked();
			if (AttemptTracerFactory.this.open != null) {
				AttemptTracerFactory.this.open.incrementAndGet();
			}
			this.startNanos = System.nanoTime();
			this.slot = AttemptTracerFactory.this.unary
					? AttemptTracerFactory.this.connection.statistics().begin(this.startNanos)
					: AttemptTracerFactory.this.connection.statistics().beginStream();
			if (!PHASE.compareAndSet(this, Phase.PICKED, Phase.COUNTED)) {
				end(Outcome.NOTHING);
			}
			else if (this.attempt != null) {
				this.attempt.onStreamCreated(AttemptTracerFactory.this.connection.instance().id(), headers);
			}
		}

		@Override
		public void outboundHeaders() {
			this.sent = true;
			if (this.attempt != null) {
				this.attempt.onHeadersSent();
			}
		}

		@Override
		public void inboundHeaders(Metadata headers) {
			this.answered = true;
			read(headers);
		}

		@Override
		public void inboundTrailers(Metadata trailers) {
			this.answered = true;
			this.refused = trailers.containsKey(RpcMetadata.NOT_EXECUTED);
			read(trailers);
		}

		@Override
		public void streamClosed(Status status) {
			if (!PHASE.compareAndSet(this, Phase.COUNTED, Phase.ENDED)) {
				return;
			}
			// What never left says that the connection is gone, which is known, and
			// nothing of the instance.
			Status judged = isCancelledByServer(status) ? Status.DEADLINE_EXCEEDED : status;
			Outcome outcome = (this.sent && !isStreamThatEndedInTime(judged))
					? CallOutcome.of(judged, this.answered, this.refused) : Outcome.NOTHING;
			end(outcome);
			AttemptTracerFactory.this.connection.onOutcome(outcome);
			if (!status.isOk()) {
				AttemptTracerFactory.this.connection.onFailedCall(status);
			}
		}

		@Override
		public void run() {
			// Nearly always the stream has ended before.
			if (this.phase != Phase.ENDED && PHASE.getAndSet(this, Phase.ENDED) == Phase.COUNTED) {
				end(Outcome.NOTHING);
			}
		}

		private void end(Outcome outcome) {
			if (AttemptTracerFactory.this.open != null) {
				AttemptTracerFactory.this.open.decrementAndGet();
			}
			long now = System.nanoTime();
			AttemptTracerFactory.this.connection.statistics()
				.end(this.slot, this.startNanos, now, outcome, timeoutNanos(outcome, now));
		}

		/**
		 * A server that sees the deadline pass before this side does resets the stream.
		 */
		private boolean isCancelledByServer(Status status) {
			return status.getCode() == Status.Code.CANCELLED && this.deadline != null && this.deadline.isExpired();
		}

		/**
		 * A stream that is open until its deadline did what it was asked for.
		 */
		private boolean isStreamThatEndedInTime(Status status) {
			return !AttemptTracerFactory.this.unary && status.getCode() == Status.Code.DEADLINE_EXCEEDED
					&& this.deadline != null && this.deadline.isExpired();
		}

		/**
		 * What the caller allowed, which only a failure is charged with.
		 */
		private long timeoutNanos(Outcome outcome, long now) {
			return (outcome == Outcome.ANSWER || this.deadline == null) ? Long.MAX_VALUE
					: now - this.startNanos + this.deadline.timeRemaining(TimeUnit.NANOSECONDS);
		}

	}

}
