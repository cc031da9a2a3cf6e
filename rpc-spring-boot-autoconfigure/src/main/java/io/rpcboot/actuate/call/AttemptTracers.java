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

package io.rpcboot.actuate.call;

import java.util.function.LongSupplier;

import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Traces the attempts of one method. gRPC makes the tracer when an attempt begins, before
 * an instance is picked, and ends it too if none is found.
 */
final class AttemptTracers extends ClientStreamTracer.Factory {

	private final StreamMeters meters;

	private final LongSupplier nanoTime;

	AttemptTracers(StreamMeters meters, LongSupplier nanoTime) {
		this.meters = meters;
		this.nanoTime = nanoTime;
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		this.meters.started();
		return new AttemptTracer(earlier(info.getCallOptions().getDeadline(), Context.current().getDeadline()));
	}

	/**
	 * The caller itself may be under a deadline, which gRPC takes if it is the earlier.
	 */
	private static @Nullable Deadline earlier(@Nullable Deadline own, @Nullable Deadline ofContext) {
		return (own == null || (ofContext != null && ofContext.isBefore(own))) ? ofContext : own;
	}

	/**
	 * Follows one attempt. The sizes are plain fields: the thread that writes requests
	 * hands them to the one that ends the stream. Where an attempt is cut off meanwhile,
	 * the last message may not be counted, which is harmless.
	 */
	private final class AttemptTracer extends ClientStreamTracer {

		private final long startNanos = AttemptTracers.this.nanoTime.getAsLong();

		private final @Nullable Deadline deadline;

		private long sent;

		private long received;

		AttemptTracer(@Nullable Deadline deadline) {
			this.deadline = deadline;
		}

		@Override
		public void outboundWireSize(long bytes) {
			this.sent += bytes;
		}

		@Override
		public void inboundWireSize(long bytes) {
			this.received += bytes;
		}

		@Override
		public void streamClosed(Status status) {
			AttemptTracers.this.meters.ended(code(status), AttemptTracers.this.nanoTime.getAsLong() - this.startNanos,
					this.sent, this.received);
		}

		/**
		 * A server whose clock is ahead cuts a call at its deadline before the client
		 * does: gRPC tells the caller DEADLINE_EXCEEDED all the same.
		 */
		private Status.Code code(Status status) {
			return (status.getCode() == Status.Code.CANCELLED && this.deadline != null && this.deadline.isExpired())
					? Status.Code.DEADLINE_EXCEEDED : status.getCode();
		}

	}

}
