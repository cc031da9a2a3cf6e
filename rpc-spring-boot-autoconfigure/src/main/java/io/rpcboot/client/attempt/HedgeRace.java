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

import java.util.Objects;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a hedged call, of which the first that answers counts. From then on the
 * call is what that attempt is, and takes no lock any more. No attempt and no listener is
 * called under the lock.
 *
 * @param <Q> the type of the request
 * @param <A> the type of responses
 */
final class HedgeRace<Q, A> {

	/** Another attempt counts already, or none does any more. */
	static final int LATE = -1;

	private final HedgePlan<Q, A> plan;

	private final Runnable settled;

	private final long startNanos;

	/** The first attempt until one counts, and from then on that one. */
	private volatile HedgeArm<Q, A> current;

	private volatile boolean decided;

	private @Nullable HedgeArm<Q, A> second;

	private ClientCall.@Nullable Listener<A> listener;

	private boolean cancelled;

	private int requested;

	private volatile boolean measured;

	/**
	 * Creates a race with one attempt.
	 * @param plan what attempts are made of
	 * @param settled runs once, as soon as one counts
	 */
	HedgeRace(HedgePlan<Q, A> plan, Runnable settled) {
		this.plan = plan;
		this.settled = settled;
		this.startNanos = plan.target().nanoClock().getAsLong();
		this.current = plan.first(this);
	}

	void start(ClientCall.Listener<A> newListener, Metadata headers) {
		this.listener = newListener;
		HedgeArm<Q, A> first = this.current;
		synchronized (this) {
			first.setStarted();
		}
		first.call().start(first, headers);
	}

	HedgePlan<Q, A> plan() {
		return this.plan;
	}

	ClientCall.Listener<A> listener() {
		return Objects.requireNonNull(this.listener, "not started");
	}

	Attempts<Q, A> current() {
		return this.current.call();
	}

	boolean isCurrent(HedgeArm<Q, A> arm) {
		return this.current == arm;
	}

	boolean isDecided() {
		return this.decided;
	}

	/**
	 * Asks for messages. An attempt that does not count yet is asked for as many only as
	 * the plan allows, and for the rest when it does.
	 */
	void request(int messages) {
		if (this.decided || messages < 0) {
			current().request(messages);
			return;
		}
		HedgeArm<Q, A> one;
		HedgeArm<Q, A> other = null;
		int ofOne = messages;
		int ofOther = 0;
		synchronized (this) {
			one = this.current;
			if (!this.decided) {
				this.requested = Attempts.sum(this.requested, messages);
				ofOne = one.ask(this.requested, this.plan.advance());
				other = running(this.second);
				ofOther = (other != null) ? other.ask(this.requested, this.plan.advance()) : 0;
			}
		}
		one.request(ofOne);
		if (other != null) {
			other.request(ofOther);
		}
	}

	void cancel(@Nullable String text, @Nullable Throwable cause) {
		HedgeArm<Q, A> one;
		HedgeArm<Q, A> other;
		synchronized (this) {
			this.cancelled = true;
			one = this.current;
			other = running(this.second);
		}
		one.call().cancel(text, cause);
		if (other != null) {
			other.call().cancel(text, cause);
		}
	}

	/**
	 * Tells whether somebody waits for an answer as soon as the request is complete. A
	 * caller that has asked for nothing yet is neither hedged nor measured.
	 */
	synchronized boolean isAwaited() {
		this.measured = this.requested > 0;
		return this.measured && !isOver();
	}

	/**
	 * Takes note of how long the answer has taken.
	 */
	void record() {
		if (this.measured) {
			this.plan.hedges().delay().record(this.plan.target().nanoClock().getAsLong() - this.startNanos);
		}
	}

	/**
	 * Makes a second attempt, unless there is an answer, the first one is retried, or it
	 * may not be sent.
	 * @param instance where the first one is
	 * @return an attempt to be started; {@code null} if there is none
	 */
	synchronized @Nullable HedgeArm<Q, A> join(String instance) {
		if (isOver() || this.current.hasEnded() || !current().stayAtFirst()) {
			return null;
		}
		if (!this.plan.pay()) {
			current().mayGoOn();
			return null;
		}
		HedgeArm<Q, A> arm = this.plan.second(this, instance);
		this.second = arm;
		return arm;
	}

	/**
	 * The second attempt has started.
	 * @return for how many messages to ask it; {@link #LATE} if it is not needed any more
	 */
	synchronized int started(HedgeArm<Q, A> arm) {
		arm.setStarted();
		return isOver() ? LATE : arm.ask(this.requested, this.plan.advance());
	}

	/**
	 * Takes the answer of an attempt if it is the first one, and cancels the other.
	 * @return whether the attempt counts
	 */
	boolean wins(HedgeArm<Q, A> arm) {
		if (this.decided) {
			return isCurrent(arm);
		}
		HedgeArm<Q, A> loser;
		int rest;
		synchronized (this) {
			if (this.decided) {
				return isCurrent(arm);
			}
			loser = running(other(arm));
			rest = arm.ask(this.requested, Integer.MAX_VALUE);
			if (this.second != null) {
				this.plan.target().counters().hedgeEnded(arm == this.second);
			}
			this.second = null;
			this.current = arm;
			this.decided = true;
		}
		this.settled.run();
		arm.choose();
		arm.request(rest);
		if (loser != null) {
			loser.call().cancel("Another attempt has answered first", null);
		}
		return true;
	}

	/**
	 * Takes note of the end of an attempt.
	 * @param failed whether another one may still answer
	 * @return whether it is what the caller is told
	 */
	boolean ends(HedgeArm<Q, A> arm, boolean failed) {
		synchronized (this) {
			if (arm.hasEnded()) {
				return false;
			}
			arm.setEnded();
			if (this.decided) {
				return isCurrent(arm);
			}
			HedgeArm<Q, A> other = other(arm);
			if (failed && other != null && !other.hasEnded()) {
				// What is left of the two is retried as any other call is.
				other.call().mayGoOn();
				return false;
			}
		}
		return wins(arm);
	}

	private boolean isOver() {
		return this.decided || this.cancelled;
	}

	private @Nullable HedgeArm<Q, A> other(HedgeArm<Q, A> arm) {
		return isCurrent(arm) ? this.second : this.current;
	}

	/** One that is being started looks itself whether it is late. */
	private @Nullable HedgeArm<Q, A> running(@Nullable HedgeArm<Q, A> arm) {
		return (arm != null && arm.isRunning()) ? arm : null;
	}

}
