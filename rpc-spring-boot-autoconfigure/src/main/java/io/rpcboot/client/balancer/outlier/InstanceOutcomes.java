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

package io.rpcboot.client.balancer.outlier;

import java.util.concurrent.atomic.AtomicLong;

import io.rpcboot.client.balancer.policy.Outcome;

/**
 * Counts how the calls of one instance end. Safe for many threads; takes no lock and
 * allocates nothing as it records.
 */
public final class InstanceOutcomes {

	/**
	 * The run of failures that ejects an instance again that has not answered since it
	 * came back. Not one: the connection may have died unnoticed while nobody used it.
	 */
	static final int TRIAL_FAILURES = 2;

	private static final long ANSWER = 1;

	private static final long FAILURE = 1L << Integer.SIZE;

	/** Answers in the low half and failures in the high one, so that a swap is exact. */
	private final AtomicLong counts = new AtomicLong();

	private final AtomicLong run = new AtomicLong();

	private final int consecutiveFailures;

	private volatile boolean onTrial;

	InstanceOutcomes(int consecutiveFailures) {
		this.consecutiveFailures = consecutiveFailures;
	}

	/**
	 * Counts the end of an attempt. Refusals and what says nothing are not counted, and
	 * neither break a run of failures nor lengthen it. Fewer than 2^32 may be recorded
	 * between two sweeps. Called on any thread, never blocks.
	 * @param outcome how the attempt ended
	 * @return whether the run of failures has just become long enough to eject, so that
	 * {@link OutlierDetector#look()} is worth a call
	 */
	public boolean record(Outcome outcome) {
		if (outcome == Outcome.ANSWER) {
			answered();
		}
		else if (outcome == Outcome.FAILURE) {
			this.counts.getAndAdd(FAILURE);
			return this.run.incrementAndGet() == limit();
		}
		return false;
	}

	private void answered() {
		this.counts.getAndAdd(ANSWER);
		// Read before written: nearly always there is nothing to change, and threads that
		// only read do not take the cache line from each other.
		if (this.run.get() != 0) {
			this.run.set(0);
		}
		if (this.onTrial) {
			this.onTrial = false;
		}
	}

	private int limit() {
		if (this.onTrial) {
			return Math.min(TRIAL_FAILURES, this.consecutiveFailures);
		}
		return this.consecutiveFailures;
	}

	/**
	 * Takes what was counted since the last time.
	 */
	Tally take() {
		if (isEmpty()) {
			return Tally.NONE;
		}
		long taken = this.counts.getAndSet(0);
		return new Tally(taken & (FAILURE - 1), taken >>> Integer.SIZE);
	}

	/**
	 * Returns whether nothing was counted since the last time.
	 */
	boolean isEmpty() {
		return this.counts.get() == 0;
	}

	/**
	 * Returns the run of failures if it is long enough to eject, else 0.
	 */
	long fatalRun() {
		long failures = this.run.get();
		return (this.consecutiveFailures > 0 && failures >= limit()) ? failures : 0;
	}

	/**
	 * Begins anew: until the first answer the instance has to prove itself.
	 */
	void putOnTrial() {
		this.onTrial = true;
		this.run.set(0);
	}

	boolean isOnTrial() {
		return this.onTrial;
	}

}
