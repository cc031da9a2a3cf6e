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

package io.rpcboot.registry.etcd;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Says whether what the registry forgot can be believed. It is in doubt once it did not
 * answer for half a TTL, its revision went back, or many records vanished at one time,
 * and then until it has answered for one whole TTL: long enough for every instance that
 * lives to announce itself again. Records that vanish meanwhile speak against the
 * registry, not against the instances.
 * <p>
 * Envoy and Eureka know the same idea as panic threshold and self-preservation. Not safe
 * for several threads, except {@link #isSilent()} and {@link #age()}.
 */
final class RegistryTrust {

	/** At least two, and more than this share of the set, is many. */
	private static final double MANY = 0.3;

	private final long ttlNanos;

	private final LongSupplier nanoTime;

	/** When records vanished, within the last TTL. */
	private final Deque<Long> vanished = new ArrayDeque<>();

	private volatile long answeredNanos;

	private long doubtUntilNanos;

	/**
	 * Creates trust in a registry that is about to answer.
	 * @param ttlNanos the TTL of the leases
	 * @param nanoTime the monotonic clock
	 */
	RegistryTrust(long ttlNanos, LongSupplier nanoTime) {
		this.ttlNanos = ttlNanos;
		this.nanoTime = nanoTime;
		this.answeredNanos = nanoTime.getAsLong();
		this.doubtUntilNanos = this.answeredNanos;
	}

	/**
	 * Notes an answer of the registry.
	 */
	void answered() {
		boolean silent = isSilent();
		this.answeredNanos = this.nanoTime.getAsLong();
		if (silent) {
			doubt();
		}
	}

	/**
	 * Notes that a record vanished: its lease has ended.
	 * @param undecided how many more records have gone for a reason not known yet
	 * @param remaining how many records there still are
	 */
	void vanished(int undecided, int remaining) {
		long now = this.nanoTime.getAsLong();
		this.vanished.add(now);
		while (now - this.vanished.element() > this.ttlNanos) {
			this.vanished.remove();
		}
		int gone = this.vanished.size() + undecided;
		if (gone >= 2 && gone > MANY * (remaining + gone)) {
			doubt();
		}
	}

	/**
	 * Begins, or prolongs, the doubt.
	 */
	void doubt() {
		this.doubtUntilNanos = this.nanoTime.getAsLong() + this.ttlNanos;
	}

	/**
	 * Says whether the registry is in doubt.
	 */
	boolean isInDoubt() {
		return isSilent() || doubtNanos() > 0;
	}

	/**
	 * Returns how long ago the registry answered last.
	 */
	Duration age() {
		return Duration.ofNanos(Math.max(0, this.nanoTime.getAsLong() - this.answeredNanos));
	}

	/**
	 * Says whether the registry has not answered for half a TTL.
	 */
	boolean isSilent() {
		return this.nanoTime.getAsLong() - this.answeredNanos > this.ttlNanos / 2;
	}

	/**
	 * Returns how long the doubt lasts, if the registry goes on answering.
	 * @return nanoseconds, 0 if there is none
	 */
	long doubtNanos() {
		return Math.max(0, this.doubtUntilNanos - this.nanoTime.getAsLong());
	}

}
