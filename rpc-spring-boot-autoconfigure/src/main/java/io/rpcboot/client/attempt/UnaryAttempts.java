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

package io.rpcboot.client.attempt;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a unary call. The thread that makes the call and the event loop that
 * sees an attempt fail agree by one compare-and-set, no lock.
 *
 * @param <Q> the type of the request
 * @param <A> the type of the response
 */
final class UnaryAttempts<Q, A> extends Attempts<Q, A> {

	@SuppressWarnings("rawtypes")
	private static final AtomicReferenceFieldUpdater<UnaryAttempts, Phase> PHASE = AtomicReferenceFieldUpdater
		.newUpdater(UnaryAttempts.class, Phase.class, "phase");

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<UnaryAttempts> REQUESTED = AtomicIntegerFieldUpdater
		.newUpdater(UnaryAttempts.class, "requested");

	private volatile Phase phase = Phase.SENDING;

	/** By any thread, as gRPC allows that. */
	private volatile int requested;

	private @Nullable Q message;

	/** Set before the phase FAILED. */
	private long delayNanos;

	UnaryAttempts(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, Target target,
			AttemptPolicy policy) {
		super(method, options, channel, target, policy);
	}

	@Override
	public void request(int messages) {
		REQUESTED.accumulateAndGet(this, messages, Attempts::sum);
		current().request(messages);
	}

	@Override
	public void sendMessage(Q request) {
		this.message = request;
		current().sendMessage(request);
	}

	@Override
	public void halfClose() {
		current().halfClose();
		if (this.phase != Phase.SENDING || !PHASE.compareAndSet(this, Phase.SENDING, Phase.SENT)) {
			resume();
		}
	}

	@Override
	public void cancel(@Nullable String text, @Nullable Throwable cause) {
		super.cancel(text, cause);
		if (PHASE.compareAndSet(this, Phase.FAILED, Phase.SENT)) {
			close(Status.CANCELLED.withDescription(text).withCause(cause));
		}
	}

	@Override
	void again(long newDelayNanos) {
		this.delayNanos = newDelayNanos;
		if (!PHASE.compareAndSet(this, Phase.SENDING, Phase.FAILED)) {
			sendAgain(newDelayNanos);
		}
		else if (isCancelled() && PHASE.compareAndSet(this, Phase.FAILED, Phase.SENT)) {
			// Its cancel came too early to end what waits, and too late for the attempt.
			close(Status.CANCELLED.withDescription("Cancelled before it was sent again"));
		}
	}

	@Override
	public void resend() {
		Status unsendable = sendAgain();
		if (unsendable != null) {
			end(unsendable);
		}
	}

	@Override
	int replay(ClientCall<Q, A> attempt) {
		int asked = this.requested;
		attempt.request(asked);
		if (this.message != null) {
			attempt.sendMessage(this.message);
		}
		attempt.halfClose();
		return asked;
	}

	/**
	 * What was asked for meanwhile went to the attempt before. To ask twice for the one
	 * answer that there is does no harm.
	 */
	@Override
	void onCurrent(ClientCall<Q, A> attempt, int replayed) {
		int more = this.requested - replayed;
		if (more > 0) {
			attempt.request(more);
		}
	}

	private void resume() {
		if (PHASE.compareAndSet(this, Phase.FAILED, Phase.SENT)) {
			sendAgain(this.delayNanos);
		}
	}

	private enum Phase {

		/** The caller has not half-closed yet. */
		SENDING,

		/** An attempt failed before that; the caller's thread goes on with the next. */
		FAILED,

		/** The request is complete. */
		SENT

	}

}
