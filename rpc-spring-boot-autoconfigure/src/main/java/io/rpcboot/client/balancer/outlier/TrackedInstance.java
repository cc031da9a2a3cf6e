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

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * What the detector knows of an instance: whether it is in the set, its last interval,
 * its ejection, and how much longer the next one will last. Changed by one thread at a
 * time; whether it is in the set and ejected may be read by any.
 */
final class TrackedInstance {

	/** How long an instance that left the set is remembered. */
	static final long MEMORY_NANOS = TimeUnit.SECONDS.toNanos(60);

	private final String id;

	private final InstanceOutcomes outcomes;

	private volatile boolean member;

	private volatile long leftNanos;

	private volatile @Nullable Term term;

	private Tally tally = Tally.NONE;

	private int multiplier;

	private int times;

	/**
	 * Creates what is known of an instance that is not in the set.
	 */
	TrackedInstance(String id, int consecutiveFailures, long now) {
		this.id = id;
		this.outcomes = new InstanceOutcomes(consecutiveFailures);
		this.leftNanos = now;
	}

	String id() {
		return this.id;
	}

	InstanceOutcomes outcomes() {
		return this.outcomes;
	}

	Tally tally() {
		return this.tally;
	}

	boolean isForgotten(long now) {
		return !this.member && now - this.leftNanos >= MEMORY_NANOS;
	}

	/**
	 * Returns whether a sweep would change nothing: it is in the set, nothing was counted
	 * lately, it is not ejected and has nothing to live down, or cannot yet: on trial it
	 * waits for an answer, which will be counted.
	 */
	boolean isAtRest() {
		return this.member && this.outcomes.isEmpty() && this.outcomes.fatalRun() == 0 && this.term == null
				&& (this.multiplier == 0 || this.outcomes.isOnTrial());
	}

	void join() {
		this.member = true;
	}

	void leave(long now) {
		this.leftNanos = now;
		this.member = false;
	}

	void swap() {
		this.tally = this.outcomes.take();
	}

	boolean isEjected() {
		return this.term != null;
	}

	/**
	 * Ejects it for the base time, multiplied by how often that has lately happened. The
	 * multiplier does not grow beyond what makes a difference, or an instance that was
	 * bad for a day would need hours of good intervals to live it down.
	 */
	void eject(String reason, long now, OutlierSettings settings) {
		long base = settings.baseEjectionTime().toNanos();
		long max = Math.max(base, settings.maxEjectionTime().toNanos());
		if (base * this.multiplier < max) {
			this.multiplier++;
		}
		this.times++;
		this.term = new Term(reason, now + Math.min(base * this.multiplier, max), this.times);
	}

	/**
	 * Returns whether its ejection has lasted long enough; only for one that is ejected.
	 */
	boolean isOver(long now) {
		return endNanos() - now <= 0;
	}

	/**
	 * Returns when its ejection ends; only for one that is ejected.
	 */
	long endNanos() {
		return Objects.requireNonNull(this.term).endNanos();
	}

	void release() {
		this.outcomes.putOnTrial();
		this.term = null;
	}

	/**
	 * Ends an interval in which it was not ejected. One that has not answered since its
	 * ejection has proven nothing, and one whom only the want of room saved has proven
	 * the contrary: they keep the multiplier.
	 */
	void forgive() {
		if (this.multiplier > 0 && !this.outcomes.isOnTrial() && this.outcomes.fatalRun() == 0) {
			this.multiplier--;
		}
	}

	@Nullable Ejection ejection(long now) {
		Term current = this.term;
		return (current != null) ? new Ejection(current.reason(),
				Duration.ofNanos(Math.max(0, current.endNanos() - now)), current.times()) : null;
	}

	/**
	 * An ejection and when it ends, on the monotonic clock.
	 */
	private record Term(String reason, long endNanos, int times) {

	}

}
