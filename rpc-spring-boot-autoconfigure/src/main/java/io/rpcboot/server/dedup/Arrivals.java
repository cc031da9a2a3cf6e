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

package io.rpcboot.server.dedup;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import io.grpc.Deadline;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.dedup.Ledger.Claim;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of an attempt once its request is there: it runs the call, joins it, gets
 * what is recorded, or is turned away.
 */
final class Arrivals {

	private static final Logger logger = LoggerFactory.getLogger(Arrivals.class);

	private final Ledger ledger;

	private final DeduplicationHost host;

	private final DeduplicationThreads threads;

	private final Duration maxRunTime;

	private final FailureLog failures;

	private final LongAdder executed = new LongAdder();

	private final LongAdder joined = new LongAdder();

	private final LongAdder replayed = new LongAdder();

	private final LongAdder mismatched = new LongAdder();

	private final LongAdder aborted = new LongAdder();

	Arrivals(Ledger ledger, DeduplicationHost host, DeduplicationThreads threads, Duration maxRunTime) {
		this.ledger = ledger;
		this.failures = new FailureLog(ledger::now);
		this.host = host;
		this.threads = threads;
		this.maxRunTime = maxRunTime;
	}

	/**
	 * Takes an attempt, in the context of its call.
	 * @param key which call it is
	 * @param later what it says of the attempts before; {@code null} if it is the first
	 * @param otherInstances whether the call may run although it was sent elsewhere
	 * @param attempt where the answer goes
	 * @param request its request
	 * @param handler starts the handler
	 */
	<Q, A> void take(RequestKey key, @Nullable LaterAttempt later, boolean otherInstances, Attempt<Q, A> attempt,
			Q request, Function<ServerCall<Q, A>, ServerCall.Listener<Q>> handler) {
		Deadline deadline = attempt.context().getDeadline();
		if (attempt.call().isCancelled() || (deadline != null && deadline.isExpired())) {
			// It is over already, and gRPC says so.
			return;
		}
		String fingerprint = Fingerprint.of(attempt.call(), request);
		RunningCall<A> own = new RunningCall<>(fingerprint, this.ledger.now(), attempt, this.host::unattended);
		Claim claim;
		try {
			claim = this.ledger.claim(key, own, later, otherInstances);
		}
		catch (RuntimeException ex) {
			this.failures.log(() -> logger.error("The store of deduplicated calls cannot say whether a call ran. "
					+ "Further failures are not logged for a minute", ex));
			// Without the mark of a call that did not run: that is what is not known.
			attempt.answer(
					Answer.of(Status.UNAVAILABLE.withDescription("It is not known now whether the call ran before")));
			return;
		}
		if (claim.running() == own && this.threads.isAnswering()) {
			// Known when it came in, and not any more: it has no permit to run. Either it
			// was refused further in, or it ran, and its record had to go: so without the
			// mark of a call that did not run.
			this.ledger.ended(key, own, null);
			own.end(Answer.of(Status.UNAVAILABLE
				.withDescription("The call was known when this attempt of it came in, and is not any more")));
			return;
		}
		if (claim.running() == own) {
			this.executed.increment();
			own.leaveWithItsClient(attempt);
			run(key, own, request, attempt, (deadline != null) ? deadline : ownDeadline(), handler);
		}
		else if (claim.running() != null) {
			join(claim.running(), fingerprint, attempt);
		}
		else {
			attempt.answer(known(claim.recorded(), fingerprint, later, attempt));
		}
	}

	DeduplicationStatistics statistics(DeduplicationStore store) {
		return new DeduplicationStatistics(this.executed.sum(), this.joined.sum(), this.replayed.sum(),
				this.mismatched.sum(), this.aborted.sum(), this.ledger.running(), store.evicted(), store.bytes());
	}

	private <Q, A> void run(RequestKey key, RunningCall<A> own, Q request, Attempt<Q, A> attempt, Deadline deadline,
			Function<ServerCall<Q, A>, ServerCall.Listener<Q>> handler) {
		new DetachedHandler<Q, A>(attempt.call(), request, deadline, this.threads.timer(), (answer) -> {
			try {
				// A refusal further in: nothing ran, so the next attempt may.
				boolean ran = !this.host.isNotExecuted(answer.status());
				this.ledger.ended(key, own, ran ? () -> answer.recorded(own.fingerprint()) : null);
			}
			finally {
				own.end(answer);
			}
		}).start(handler, this.threads.answers());
	}

	@SuppressWarnings("unchecked")
	private <Q, A> void join(RunningCall<?> running, String fingerprint, Attempt<Q, A> attempt) {
		if (!running.fingerprint().equals(fingerprint)) {
			attempt.answer(Answer.of(mismatch()));
			return;
		}
		// The method is in the fingerprint, so the type of the response is the same.
		RunningCall<A> same = (RunningCall<A>) running;
		if (!same.join(attempt)) {
			// Without the mark of a call that did not run: it runs.
			attempt.answer(Answer.of(Status.RESOURCE_EXHAUSTED
				.withDescription("More than " + RunningCall.MAX_ATTEMPTS + " attempts of one call wait for its end")));
			return;
		}
		this.joined.increment();
		same.leaveWithItsClient(attempt);
	}

	private <Q, A> Answer<A> known(@Nullable RecordedCall recorded, String fingerprint, @Nullable LaterAttempt later,
			Attempt<Q, A> attempt) {
		if (recorded == null) {
			this.aborted.increment();
			return Answer.of(Status.ABORTED.withDescription("The call may have run, and is not run again: this is "
					+ later + "; instance '" + this.host.instanceId() + "' does not know it (any more)"));
		}
		if (!recorded.fingerprint().equals(fingerprint)) {
			return Answer.of(mismatch());
		}
		this.replayed.increment();
		return Answer.of(recorded, attempt.call().getMethodDescriptor());
	}

	/**
	 * Without the mark of a call that did not run: another instance, which does not know
	 * the id, would run it.
	 */
	private Status mismatch() {
		this.mismatched.increment();
		return Status.INVALID_ARGUMENT.withDescription(
				RpcMetadata.REQUEST_ID.name() + ": used before for another request (expected: one id for each call)");
	}

	private Deadline ownDeadline() {
		return Deadline.after(this.maxRunTime.toNanos(), TimeUnit.NANOSECONDS);
	}

}
