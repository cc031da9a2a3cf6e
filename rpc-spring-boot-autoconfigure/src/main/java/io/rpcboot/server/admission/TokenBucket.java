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

package io.rpcboot.server.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket in the form of the generic cell rate algorithm (ITU-T I.371, virtual
 * scheduling): all that is kept is when the bucket will be full again. One
 * compare-and-set a call, no lock, no timer, no allocation.
 */
final class TokenBucket {

	private final long intervalNanos;

	private final long toleranceNanos;

	/** When the bucket will be full. */
	private final AtomicLong full;

	/**
	 * Creates a full bucket.
	 * @param perSecond calls a second
	 * @param burst calls that find a full bucket, at least 1
	 * @param now the time in nanoseconds
	 */
	TokenBucket(double perSecond, int burst, long now) {
		this.intervalNanos = Math.max(1, Math.round(TimeUnit.SECONDS.toNanos(1) / perSecond));
		this.toleranceNanos = (burst - 1) * this.intervalNanos;
		this.full = new AtomicLong(now);
	}

	/**
	 * Takes a token.
	 * @param now the time
	 * @return 0 if there was one, else how many nanoseconds it takes until there is one
	 */
	long take(long now) {
		while (true) {
			long current = this.full.get();
			long start = (current - now > 0) ? current : now;
			long missing = start - now - this.toleranceNanos;
			if (missing > 0) {
				return missing;
			}
			if (this.full.compareAndSet(current, start + this.intervalNanos)) {
				return 0;
			}
		}
	}

	/**
	 * Tells whether it is full, so that a new one would be no different.
	 */
	boolean isFull(long now) {
		return this.full.get() - now <= 0;
	}

}
