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

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.RetryPushback;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.AttemptEnd.Proof;
import io.rpcboot.client.attempt.AttemptPolicy.Deduplication;
import io.rpcboot.client.attempt.CallReport.Reason;
import io.rpcboot.client.balancer.NotExecuted;
import io.rpcboot.client.balancer.PickOptions;
import io.rpcboot.client.balancer.policy.PickHints;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a call is sent again, where to, and remembers its attempts. Made when
 * the first one has failed; used by one thread at a time.
 */
final class Retries {

	/** No other attempt. */
	static final long NO = -1;

	/** So many instances in a row may be about to leave, as in a rolling restart. */
	private static final int MOST_LEAVING = 5;

	private static final String UNKNOWN_INSTANCE = "-";

	private final Target target;

	private final AttemptPolicy policy;

	private final boolean idempotent;

	private final boolean deduplicated;

	private final boolean chainStopped;

	private final List<CallReport.Attempt> log = new ArrayList<>(2);

	private final Set<String> tried = new LinkedHashSet<>(2);

	private int counted;

	/** How often nobody was picked while the call waited for its instance. */
	private int awaited;

	private int leaving;

	private boolean refused;

	private boolean mayHaveRun;

	private @Nullable String firstInstance;

	private long firstNanos;

	private Reason reason = Reason.STATUS;

	/**
	 * Creates the memory of a call.
	 * @param target whom it calls
	 * @param policy how it is attempted
	 * @param idempotent whether it may run more than once
	 * @param chainStopped whether it was made while serving a repeated attempt
	 */
	Retries(Target target, AttemptPolicy policy, boolean idempotent, boolean chainStopped) {
		this.target = target;
		this.policy = policy;
		this.idempotent = idempotent;
		this.deduplicated = policy.deduplication() != Deduplication.NONE;
		this.chainStopped = chainStopped;
	}

	/**
	 * Decides after an attempt has failed. The budget bounds what servers get: an attempt
	 * that none of them got costs nothing, so the next one takes its place.
	 * @param end how it ended
	 * @param kept whether all that was sent can be sent again
	 * @param hedged whether another attempt is under way
	 * @return how long to wait before the next one in nanoseconds; {@link #NO} if there
	 * is none
	 */
	long next(AttemptEnd end, boolean kept, boolean hedged) {
		boolean may = end.proof() == Proof.NONE;
		this.log.add(new CallReport.Attempt(end.instance(), end.status().getCode(), may,
				Duration.ofNanos(end.endNanos() - end.startNanos())));
		if (end.instance() != null) {
			this.tried.add(end.instance());
		}
		if (this.log.size() == 1) {
			this.firstNanos = end.startNanos();
		}
		if (may && !this.mayHaveRun) {
			this.mayHaveRun = true;
			this.firstInstance = end.instance();
		}
		if (kept && !hedged && isFree(end)) {
			this.target.counters().resend();
			return 0;
		}
		if (awaitsItsInstance(end)) {
			this.awaited++;
		}
		else {
			this.counted++;
		}
		long pushBack = pushBackNanos(end.trailers());
		long delay = (pushBack > 0) ? pushBack
				: this.policy.backoff().delayNanos(this.counted + this.awaited, this.target.random());
		Reason refusal = hedged ? Reason.HEDGED : refusal(end, kept, pushBack, delay);
		if (refusal == null && end.proof() != Proof.NOT_PICKED && !this.target.budget().tryWithdraw()) {
			refusal = Reason.BUDGET;
		}
		if (refusal != null) {
			this.reason = refusal;
			return NO;
		}
		this.target.counters().retry();
		return delay;
	}

	/**
	 * A call that may have run where it is not connected now goes nowhere else. To wait
	 * costs no server anything, so only its time limits that. An instance that is known
	 * no more may be back in a moment, having registered anew, but mostly is not.
	 */
	private boolean awaitsItsInstance(AttemptEnd end) {
		return isBoundToOne() && end.proof() == Proof.NOT_PICKED && !NotExecuted.isInstanceGone(end.status());
	}

	private boolean isBoundToOne() {
		return this.mayHaveRun && this.firstInstance != null
				&& this.policy.deduplication() == Deduplication.SAME_INSTANCE;
	}

	/**
	 * What a connection or server that leaves has refused costs nobody anything to send
	 * elsewhere, and a restart must not lose it.
	 */
	private boolean isFree(AttemptEnd end) {
		if (end.remainingNanos() <= 0) {
			return false;
		}
		if (end.proof() == Proof.REFUSED && !this.refused) {
			this.refused = true;
			return true;
		}
		return end.proof() == Proof.SAID && end.trailers().containsKey(RpcMetadata.DRAIN)
				&& this.leaving++ < MOST_LEAVING;
	}

	private @Nullable Reason refusal(AttemptEnd end, boolean kept, long pushBack, long delay) {
		if (end.remainingNanos() <= 0) {
			return Reason.DEADLINE;
		}
		Reason unsafe = unsafe(end);
		if (unsafe != null) {
			return unsafe;
		}
		if (!kept) {
			return Reason.NOT_KEPT;
		}
		if (this.chainStopped) {
			return Reason.CHAIN_STOP;
		}
		if (pushBack < 0) {
			return Reason.PUSH_BACK;
		}
		if (this.counted >= this.policy.maxAttempts()) {
			return NotExecuted.isInstanceGone(end.status()) ? Reason.INSTANCE_GONE : Reason.MAX_ATTEMPTS;
		}
		return (end.remainingNanos() <= delay) ? Reason.DEADLINE : null;
	}

	private @Nullable Reason unsafe(AttemptEnd end) {
		boolean wanted = this.idempotent || this.deduplicated;
		if (!wanted) {
			if (this.mayHaveRun) {
				return Reason.MAY_HAVE_RUN;
			}
			if (end.proof() != Proof.SAID) {
				return (end.proof() == Proof.REFUSED) ? Reason.REFUSED_AGAIN : Reason.NOBODY;
			}
			return null;
		}
		boolean proven = end.proof() == Proof.SAID || end.proof() == Proof.REFUSED;
		return (proven || this.policy.statuses().contains(end.status().getCode())) ? null : Reason.STATUS;
	}

	/**
	 * Returns what the server asks for.
	 * @return nanoseconds; 0 if it asks for nothing, below 0 for no other attempt
	 */
	private static long pushBackNanos(Metadata trailers) {
		RetryPushback pushback = RetryPushback.of(trailers);
		if (pushback == null) {
			return 0;
		}
		return pushback.allowed() ? Math.max(1, pushback.delayNanos()) : -1;
	}

	/**
	 * Returns the options of the next attempt: another instance, but the same one if the
	 * call may have run there and only that one would know.
	 * @param options the options of the call
	 * @return options with hints
	 */
	CallOptions options(CallOptions options) {
		@Nullable PickHints set = options.getOption(PickOptions.HINTS);
		PickHints hints = (set != null) ? set : PickHints.NONE;
		if (this.deduplicated && this.mayHaveRun && this.firstInstance != null) {
			return options.withOption(PickOptions.HINTS, new PickHints(this.firstInstance, hints.avoided(), hints.key(),
					this.policy.deduplication() == Deduplication.SAME_INSTANCE));
		}
		if (this.tried.isEmpty()) {
			return options;
		}
		Set<String> avoided = new LinkedHashSet<>(hints.avoided());
		avoided.addAll(this.tried);
		return options.withOption(PickOptions.HINTS, new PickHints(null, avoided, hints.key(), hints.strict()));
	}

	/**
	 * Adds what the next attempt says of those before.
	 * @param headers its headers
	 */
	void addTo(Metadata headers) {
		if (this.counted > 0) {
			headers.discardAll(RpcMetadata.NO_RETRY);
			headers.put(RpcMetadata.NO_RETRY, RpcMetadata.SET);
		}
		if (this.deduplicated) {
			long age = TimeUnit.NANOSECONDS.toMillis(this.target.nanoClock().getAsLong() - this.firstNanos);
			headers.discardAll(RpcMetadata.ATTEMPT);
			headers.put(RpcMetadata.ATTEMPT, (this.log.size() + 1) + ";" + age + ";" + whereItMayHaveRun());
			if (isBoundToOne()) {
				headers.discardAll(RpcMetadata.SAME_INSTANCE);
				headers.put(RpcMetadata.SAME_INSTANCE, RpcMetadata.SET);
			}
		}
	}

	/**
	 * Empty means nowhere, so an instance of which the policy does not tell has a name
	 * that none has.
	 */
	private String whereItMayHaveRun() {
		if (!this.mayHaveRun) {
			return "";
		}
		return (this.firstInstance != null) ? this.firstInstance : UNKNOWN_INSTANCE;
	}

	/**
	 * Tells whether an attempt may have run.
	 * @return {@code false} if it is proven that none has
	 */
	boolean mayHaveRun() {
		return this.mayHaveRun;
	}

	/**
	 * Takes note that there is no other attempt for a reason that lies outside.
	 */
	void giveUp(Reason newReason) {
		this.reason = newReason;
	}

	/**
	 * Returns the status that the caller is told: as it was, with the report.
	 */
	Status told(Status status, CallReport report) {
		this.target.counters().failed(report.reason());
		Throwable reported = new ReportedFailure(report, status.getCause());
		boolean says = this.log.size() > 1
				|| report.attempts().stream().anyMatch((attempt) -> attempt.instance() != null);
		Status told = status.withCause(reported);
		if (!says || !isTold(status.getCode())) {
			return told;
		}
		String description = status.getDescription();
		return told.withDescription(((description != null) ? description + " " : "") + "[" + report.describe()
				+ ((this.deduplicated && this.mayHaveRun) ? "; it may have run" : "") + "]");
	}

	private boolean isTold(Status.Code code) {
		return this.log.size() > 1 || code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED
				|| code == Status.Code.RESOURCE_EXHAUSTED || code == Status.Code.CANCELLED;
	}

	CallReport report(int neverLeft, long elapsedNanos, long remainingNanos, @Nullable String timeoutOrigin) {
		return new CallReport(this.log, neverLeft, Duration.ofNanos(elapsedNanos),
				(remainingNanos != Long.MAX_VALUE) ? Duration.ofNanos(Math.max(0, remainingNanos)) : null,
				timeoutOrigin, this.reason);
	}

}
