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

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Delay before the next attempt: exponential with full jitter between a floor and a
 * ceiling, so that a fleet which lost etcd at one moment does not return to it at one
 * moment (Brooker, "Exponential Backoff And Jitter", 2015). Not safe for several threads.
 */
final class Backoff {

	private static final long FLOOR_MILLIS = 500;

	private static final long CEILING_MILLIS = 3000;

	private final RandomGenerator random;

	private int failures;

	Backoff(RandomGenerator random) {
		this.random = random;
	}

	/**
	 * Counts a failure.
	 * @param elapsedNanos how long the attempt took that failed; the delay counts from
	 * its begin, so that slow failures do not make attempts rarer than quick ones
	 * @return milliseconds to wait: uniform from 0 to 0.5 s after the first failure, the
	 * upper end doubling up to 3 s, less what has elapsed; if nothing is left, 0 to 0.5 s
	 */
	long nextMillis(long elapsedNanos) {
		long upper = Math.min(CEILING_MILLIS, FLOOR_MILLIS << Math.min(this.failures, 10));
		this.failures++;
		long left = this.random.nextLong(upper + 1) - TimeUnit.NANOSECONDS.toMillis(elapsedNanos);
		// Never at once: a fleet's attempts that time out together would stay together.
		return (left > 0 || elapsedNanos == 0) ? left : this.random.nextLong(FLOOR_MILLIS + 1);
	}

	void reset() {
		this.failures = 0;
	}

}
