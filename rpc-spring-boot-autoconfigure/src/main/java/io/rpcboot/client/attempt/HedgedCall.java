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

import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.AttemptPolicy.Deduplication;
import io.rpcboot.client.balancer.PickOptions;
import io.rpcboot.client.balancer.policy.PickHints;
import org.jspecify.annotations.Nullable;

/**
 * A unary call that is sent to a second instance too when its first attempt takes longer
 * than nearly all others do, as Dean and Barroso's "The Tail at Scale" has it. Whoever
 * answers first counts, an answer being what the application says; the other is
 * cancelled. The first attempt is retried as any other call is, as long as there is no
 * second one.
 *
 * @param <Q> the type of the request
 * @param <A> the type of the response
 */
final class HedgedCall<Q, A> extends ClientCall<Q, A> implements Runnable {

	private final MethodDescriptor<Q, A> method;

	private final CallOptions options;

	private final Channel channel;

	private final Target target;

	private final AttemptPolicy policy;

	private final Target.Hedges hedges;

	private final Context context = Context.current();

	private final long startNanos;

	private final UnaryAttempts<Q, A> first;

	/** Guards all that follows. Listeners are called outside. */
	private final Object lock = new Object();

	private Metadata headers = new Metadata();

	private boolean compression = true;

	private boolean halfClosed;

	private int requested;

	private @Nullable Q message;

	private @Nullable Arm firstArm;

	private @Nullable Arm secondArm;

	private @Nullable Arm winner;

	private boolean cancelled;

	private @Nullable Future<?> timer;

	HedgedCall(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, Target target, AttemptPolicy policy,
			Target.Hedges hedges) {
		this.method = method;
		this.options = options;
		this.channel = channel;
		this.target = target;
		this.policy = policy;
		this.hedges = hedges;
		this.startNanos = target.nanoClock().getAsLong();
		this.first = new UnaryAttempts<>(method, options, channel, target, policy);
		hedges.extraLoad().deposit();
	}

	@Override
	public void start(Listener<A> listener, Metadata callHeaders) {
		this.headers.merge(callHeaders);
		Arm arm = new Arm(this.first, listener);
		synchronized (this.lock) {
			this.firstArm = arm;
		}
		this.first.start(arm, callHeaders);
	}

	@Override
	public void request(int messages) {
		UnaryAttempts<Q, A> second;
		synchronized (this.lock) {
			this.requested = Attempts.sum(this.requested, messages);
			second = second();
		}
		this.first.request(messages);
		if (second != null) {
			second.request(messages);
		}
	}

	@Override
	public void sendMessage(Q request) {
		synchronized (this.lock) {
			this.message = request;
		}
		this.first.sendMessage(request);
	}

	@Override
	public void halfClose() {
		this.first.halfClose();
		long delay = this.hedges.delay().delayNanos();
		if (delay != HedgeDelay.UNKNOWN) {
			schedule(delay);
		}
		synchronized (this.lock) {
			this.halfClosed = true;
		}
	}

	@Override
	public void cancel(@Nullable String text, @Nullable Throwable cause) {
		UnaryAttempts<Q, A> second;
		synchronized (this.lock) {
			this.cancelled = true;
			second = second();
			stopTimer();
		}
		this.first.cancel(text, cause);
		if (second != null) {
			second.cancel(text, cause);
		}
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		synchronized (this.lock) {
			this.compression = enabled;
		}
		this.first.setMessageCompression(enabled);
	}

	@Override
	public boolean isReady() {
		return this.first.isReady();
	}

	@Override
	public Attributes getAttributes() {
		Arm arm;
		synchronized (this.lock) {
			arm = this.winner;
		}
		return (arm != null) ? arm.call.getAttributes() : this.first.getAttributes();
	}

	/**
	 * Sends the second attempt, on the thread of the timer.
	 */
	@Override
	public void run() {
		String instance = this.first.instance();
		Arm arm;
		synchronized (this.lock) {
			Arm known = this.firstArm;
			if (instance == null || known == null || known.ended || this.winner != null || this.cancelled
					|| !this.halfClosed) {
				return;
			}
			if (!this.hedges.extraLoad().tryWithdraw() || !this.target.budget().tryWithdraw()) {
				this.target.counters().hedgeRefused();
				return;
			}
			if (!this.first.stayAtFirst()) {
				return;
			}
			arm = new Arm(second(instance), known.listener);
			this.secondArm = arm;
		}
		this.target.counters().hedge();
		Context previous = this.context.attach();
		try {
			begin(arm);
		}
		catch (RuntimeException ex) {
			arm.onClose(Status.fromThrowable(ex), new Metadata());
		}
		finally {
			this.context.detach(previous);
		}
	}

	private void begin(Arm arm) {
		Metadata next = new Metadata();
		next.merge(this.headers);
		next.discardAll(RpcMetadata.NO_RETRY);
		next.put(RpcMetadata.NO_RETRY, RpcMetadata.SET);
		arm.call.start(arm, next);
		int asked;
		Q request;
		boolean late;
		synchronized (this.lock) {
			arm.started = true;
			asked = this.requested;
			request = this.message;
			late = this.cancelled || (this.winner != null && this.winner != arm);
			if (!this.compression) {
				arm.call.setMessageCompression(false);
			}
		}
		arm.call.request(asked);
		if (request != null && !late) {
			arm.call.sendMessage(request);
			arm.call.halfClose();
		}
		if (late) {
			arm.call.cancel("The first attempt has answered", null);
		}
	}

	/**
	 * The second attempt: at another instance than the first or not at all, and once.
	 */
	private UnaryAttempts<Q, A> second(String instance) {
		@Nullable PickHints set = this.options.getOption(PickOptions.HINTS);
		CallOptions elsewhere = this.options.withOption(PickOptions.HINTS,
				new PickHints(null, Set.of(instance), (set != null) ? set.key() : null, true));
		return new UnaryAttempts<>(this.method, elsewhere, this.channel, this.target,
				new AttemptPolicy(1, this.policy.backoff(), this.policy.statuses(), true, Deduplication.NONE, null));
	}

	private @Nullable UnaryAttempts<Q, A> second() {
		Arm arm = this.secondArm;
		return (arm != null && arm.started) ? arm.call : null;
	}

	private void schedule(long delayNanos) {
		try {
			Future<?> scheduled = this.target.shared().timer().schedule(this, delayNanos);
			synchronized (this.lock) {
				this.timer = scheduled;
				if (this.winner != null || this.cancelled) {
					stopTimer();
				}
			}
		}
		catch (RejectedExecutionException ex) {
			// The application stops: the first attempt is all there is.
		}
	}

	private void stopTimer() {
		if (this.timer != null) {
			this.timer.cancel(false);
		}
	}

	/**
	 * Takes the answer of an attempt if it is the first one, and cancels the other.
	 */
	private boolean wins(Arm arm) {
		Arm loser;
		synchronized (this.lock) {
			if (this.winner != null) {
				return this.winner == arm;
			}
			this.winner = arm;
			stopTimer();
			loser = (arm == this.firstArm) ? this.secondArm : this.firstArm;
			if (this.secondArm != null) {
				this.target.counters().hedgeEnded(arm == this.secondArm);
			}
			if (loser == null || loser.ended || (loser == this.secondArm && !loser.started)) {
				return true;
			}
		}
		loser.call.cancel("Another attempt has answered first", null);
		return true;
	}

	/**
	 * Takes note of the end of an attempt that brought no message.
	 * @return whether it is what the caller is told
	 */
	private boolean ends(Arm arm, Status status) {
		synchronized (this.lock) {
			arm.ended = true;
			if (this.winner != null) {
				return this.winner == arm;
			}
			Arm other = (arm == this.firstArm) ? this.secondArm : this.firstArm;
			boolean answer = !isFailure(status);
			if (!answer && other != null && !other.ended) {
				return false;
			}
		}
		return wins(arm);
	}

	private boolean isFailure(Status status) {
		return switch (status.getCode()) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, CANCELLED -> true;
			default -> this.policy.statuses().contains(status.getCode());
		};
	}

	/**
	 * One of the two attempts, as its listener.
	 */
	private final class Arm extends Listener<A> {

		private final UnaryAttempts<Q, A> call;

		private final Listener<A> listener;

		private @Nullable Metadata held;

		private boolean told;

		private boolean started;

		private boolean ended;

		Arm(UnaryAttempts<Q, A> call, Listener<A> listener) {
			this.call = call;
			this.listener = listener;
		}

		@Override
		public void onHeaders(Metadata answerHeaders) {
			this.held = answerHeaders;
		}

		@Override
		public void onMessage(A answer) {
			if (wins(this)) {
				tellHeld();
				this.listener.onMessage(answer);
			}
		}

		@Override
		public void onReady() {
			if (HedgedCall.this.first == this.call) {
				this.listener.onReady();
			}
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			if (ends(this, status)) {
				if (status.isOk()) {
					HedgedCall.this.hedges.delay()
						.record(HedgedCall.this.target.nanoClock().getAsLong() - HedgedCall.this.startNanos);
				}
				tellHeld();
				this.listener.onClose(status, trailers);
			}
		}

		private void tellHeld() {
			Metadata answerHeaders = this.held;
			if (answerHeaders != null && !this.told) {
				this.told = true;
				this.listener.onHeaders(answerHeaders);
			}
		}

	}

}
