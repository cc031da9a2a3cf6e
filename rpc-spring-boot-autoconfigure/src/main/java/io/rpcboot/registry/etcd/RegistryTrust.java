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
 * Says whether one watch can believe what the registry forgot. That is in doubt once the
 * registry was not heard of for half a TTL, or the watch could not follow it for so long,
 * its revision went back, or many records of the watch vanished at one time, and then
 * until it has answered for one whole TTL: long enough for every instance that lives to
 * announce itself again. Records that vanish meanwhile speak against the registry, not
 * against the instances.
 * <p>
 * Envoy and Eureka know the same idea as panic threshold and self-preservation. Not safe
 * for several threads, except {@link #isSilent()} and {@link #age()}.
 */
final class RegistryTrust {

	/** At least two, and more than this share of the set, is many. */
	private static final double MANY = 0.3;

	private final RegistryLiveness registry;

	private final LongSupplier nanoTime;

	/** When records vanished, within the last TTL. */
	private final Deque<Long> vanished = new ArrayDeque<>();

	/** Whether what the registry says of itself holds for this watch. */
	private volatile boolean follows;

	/** Up to when the watch knew its range, while it does not follow. */
	private volatile long knewNanos;

	private long doubtUntilNanos;

	/**
	 * Creates the trust of a watch that has not been answered yet.
	 * @param registry when the registry was heard of
	 * @param nanoTime the monotonic clock
	 */
	RegistryTrust(RegistryLiveness registry, LongSupplier nanoTime) {
		this.registry = registry;
		this.nanoTime = nanoTime;
		this.knewNanos = nanoTime.getAsLong();
		this.doubtUntilNanos = this.knewNanos;
	}

	/**
	 * Notes an answer to this watch, which follows its range from here on.
	 */
	void answered() {
		boolean silent = isSilent();
		this.follows = true;
		if (silent) {
			doubt();
		}
	}

	/**
	 * Notes that the watch does not follow its range, until the next answer to it.
	 */
	void broken() {
		if (this.follows) {
			this.knewNanos = this.registry.heardNanos();
			this.follows = false;
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
		while (now - this.vanished.element() > this.registry.ttlNanos()) {
			this.vanished.remove();
		}
		int gone = this.vanished.size() + undecided;
		if (gone >= 2 && gone > MANY * (remaining + gone)) {
			doubt();
		}
	}

	/**
	 * Begins, or prolongs, the doubt of this watch.
	 */
	void doubt() {
		this.doubtUntilNanos = this.nanoTime.getAsLong() + this.registry.ttlNanos();
	}

	/**
	 * Says whether the registry is in doubt.
	 */
	boolean isInDoubt() {
		return doubtNanos() > 0;
	}

	/**
	 * Returns how long ago the watch was known to be up to date: since the registry was
	 * heard of while the watch follows it, otherwise since the watch did; before its
	 * first answer, how long the watch has been open.
	 */
	Duration age() {
		return Duration.ofNanos(Math.max(0, this.nanoTime.getAsLong() - heardNanos()));
	}

	/**
	 * Says whether the registry was not heard of, or not followed, for half a TTL.
	 */
	boolean isSilent() {
		return this.registry.isSilence(this.nanoTime.getAsLong() - heardNanos());
	}

	/**
	 * Returns how long the doubt lasts, if the registry answers from now on.
	 * @return nanoseconds, 0 if there is none
	 */
	long doubtNanos() {
		if (isSilent()) {
			return this.registry.ttlNanos();
		}
		long now = this.nanoTime.getAsLong();
		return Math.max(0, Math.max(this.doubtUntilNanos - now, this.registry.doubtUntilNanos() - now));
	}

	private long heardNanos() {
		return this.follows ? this.registry.heardNanos() : this.knewNanos;
	}

}
