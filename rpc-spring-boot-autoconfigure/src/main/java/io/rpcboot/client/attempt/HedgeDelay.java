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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.LongSupplier;

/**
 * The percentile of the latencies of one method after which a second attempt is sent
 * (Dean and Barroso, "The Tail at Scale"). From the answers of the last 20 to 30 s, in
 * windows of 10 s as in Finagle's {@code BackupRequestFilter}, and found anew every 3 s.
 * <p>
 * Safe for any thread; takes no lock and allocates nothing. A latency is known to a 16th
 * of its power of two and rounded up, so that a hedge is rather late than early. Answers
 * that come while a window begins may be counted in the one before, which is harmless.
 */
final class HedgeDelay {

	/** Fewer answers say nothing of a percentile. */
	static final int MIN_ANSWERS = 50;

	/** Nothing is known yet. */
	static final long UNKNOWN = -1;

	private static final int WINDOWS = 3;

	private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

	private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(3);

	private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	/** From 2^16 ns, 65 µs, on; anything below is as fast. */
	private static final int LEAST_EXPONENT = 16;

	/** To 2^37 ns, more than two minutes. */
	private static final int EXPONENTS = 21;

	private static final int STEP_BITS = 4;

	private static final int BUCKETS = EXPONENTS << STEP_BITS;

	private final AtomicIntegerArray[] windows = new AtomicIntegerArray[WINDOWS];

	private final AtomicBoolean refreshing = new AtomicBoolean();

	private final double percentile;

	private final LongSupplier nanoClock;

	private volatile int current;

	private volatile long windowStart;

	private volatile long refreshedAt;

	private volatile long delayNanos = UNKNOWN;

	/**
	 * Creates a delay that is not known yet.
	 * @param percentile above 0 and below 100
	 * @param nanoClock tells the time in nanoseconds
	 */
	HedgeDelay(double percentile, LongSupplier nanoClock) {
		this.percentile = percentile;
		this.nanoClock = nanoClock;
		for (int i = 0; i < WINDOWS; i++) {
			this.windows[i] = new AtomicIntegerArray(BUCKETS);
		}
		this.windowStart = nanoClock.getAsLong();
		this.refreshedAt = this.windowStart - REFRESH_NANOS;
	}

	/**
	 * Takes note of an answer.
	 * @param latencyNanos how long it took
	 */
	void record(long latencyNanos) {
		this.windows[this.current].getAndIncrement(bucket(latencyNanos));
	}

	/**
	 * Returns after what time a second attempt is sent.
	 * @return nanoseconds, at least a millisecond; {@link #UNKNOWN} after too few answers
	 */
	long delayNanos() {
		long now = this.nanoClock.getAsLong();
		if (now - this.refreshedAt >= REFRESH_NANOS && this.refreshing.compareAndSet(false, true)) {
			try {
				rotate(now);
				this.delayNanos = percentile();
				this.refreshedAt = (this.delayNanos != UNKNOWN) ? now : now - REFRESH_NANOS;
			}
			finally {
				this.refreshing.set(false);
			}
		}
		return this.delayNanos;
	}

	private void rotate(long now) {
		long start = this.windowStart;
		long passed = (now - start) / WINDOW_NANOS;
		for (long i = Math.max(0, passed - WINDOWS); i < passed; i++) {
			int next = (this.current + 1) % WINDOWS;
			for (int bucket = 0; bucket < BUCKETS; bucket++) {
				this.windows[next].set(bucket, 0);
			}
			this.current = next;
		}
		this.windowStart = start + passed * WINDOW_NANOS;
	}

	private long percentile() {
		long answers = 0;
		for (int bucket = 0; bucket < BUCKETS; bucket++) {
			answers += count(bucket);
		}
		if (answers < MIN_ANSWERS) {
			return UNKNOWN;
		}
		long wanted = (long) Math.ceil(answers * this.percentile / 100);
		long seen = 0;
		int bucket = -1;
		while (seen < wanted && bucket < BUCKETS - 1) {
			bucket++;
			seen += count(bucket);
		}
		return Math.max(MIN_NANOS, upperEdge(bucket));
	}

	private long count(int bucket) {
		long count = 0;
		for (AtomicIntegerArray window : this.windows) {
			count += window.get(bucket);
		}
		return count;
	}

	private static int bucket(long nanos) {
		long value = Math.max(1L << LEAST_EXPONENT, nanos);
		int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
		int step = (int) (value >>> (exponent - STEP_BITS)) - (1 << STEP_BITS);
		return Math.min(BUCKETS - 1, ((exponent - LEAST_EXPONENT) << STEP_BITS) + step);
	}

	private static long upperEdge(int bucket) {
		int exponent = LEAST_EXPONENT + (bucket >> STEP_BITS);
		long step = bucket & ((1 << STEP_BITS) - 1);
		return ((1L << STEP_BITS) + step + 1) << (exponent - STEP_BITS);
	}

}
