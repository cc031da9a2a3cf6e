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

package io.rpcboot.client.throttle;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Decides which requests are not sent because most of the recent ones failed: adaptive
 * throttling of <i>Site Reliability Engineering</i>, chapter 21, "Handling Overload". A
 * request is dropped with the probability
 * {@code max(0, (requests - k * accepts) / (requests + 1))} over a rolling window.
 * <p>
 * It differs in what a request is: one that was sent and has ended. If dropped ones
 * counted, they would keep the probability up when the target is well again: a share of 1
 * % that is let through would grow by k in each window only. If requests in flight
 * counted, a burst to a slow target would look like an outage. As dropped requests do not
 * count, the probability settles where failures still come in, at about the square root
 * of {@code rate * window} requests in a window. One request a second is sent whatever
 * the probability is, and below {@value #MIN_REQUESTS} requests in the window nothing is
 * dropped: so few prove nothing.
 * <p>
 * No lock, no allocation; a decision reads {@value #BUCKETS} numbers.
 */
final class ClientThrottle {

	static final int BUCKETS = 10;

	static final int MIN_REQUESTS = 20;

	static final long PROBE_NANOS = 1_000_000_000L;

	/** A bucket is one number: when it was begun, requests and accepts of that time. */
	private static final int COUNT_BITS = 20;

	private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

	private static final long TIME_MASK = (1L << (64 - 2 * COUNT_BITS)) - 1;

	private static final long TOTAL_MASK = 0xFFFF_FFFFL;

	private final double k;

	private final long bucketNanos;

	private final LongSupplier nanoTime;

	private final DoubleSupplier random;

	private final long origin;

	private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);

	private final AtomicLong lastProbe;

	/**
	 * Creates a throttle that has seen nothing.
	 * @param k how many requests are sent for each one that is accepted, 1 or more
	 * @param windowNanos length of the window
	 * @param nanoTime the clock
	 * @param random gives 0 inclusive to 1 exclusive
	 */
	ClientThrottle(double k, long windowNanos, LongSupplier nanoTime, DoubleSupplier random) {
		this.k = k;
		this.bucketNanos = windowNanos / BUCKETS;
		this.nanoTime = nanoTime;
		this.random = random;
		this.origin = nanoTime.getAsLong();
		this.lastProbe = new AtomicLong(this.origin - PROBE_NANOS);
	}

	/**
	 * Decides about a request.
	 * @return whether to send it
	 */
	boolean admit() {
		long now = this.nanoTime.getAsLong();
		double dropped = probability(total(now));
		return dropped <= 0 || this.random.getAsDouble() >= dropped || isProbe(now);
	}

	/**
	 * Counts a request that was sent.
	 * @param accepted whether it was answered, be it with an error of the application
	 */
	void onEnd(boolean accepted) {
		long time = time(this.nanoTime.getAsLong());
		int index = (int) (time % BUCKETS);
		long stamp = time & TIME_MASK;
		long bucket;
		long changed;
		do {
			bucket = this.buckets.get(index);
			long counts = (bucket >>> (2 * COUNT_BITS) == stamp) ? bucket : stamp << (2 * COUNT_BITS);
			if (requests(counts) == COUNT_MASK) {
				// A million in a bucket say it all.
				return;
			}
			changed = counts + (1L << COUNT_BITS) + (accepted ? 1 : 0);
		}
		while (!this.buckets.compareAndSet(index, bucket, changed));
	}

	/**
	 * Returns how many requests in the window were sent and have ended.
	 */
	long requests() {
		return total(this.nanoTime.getAsLong()) >>> Integer.SIZE;
	}

	/**
	 * Returns how many of them were answered.
	 */
	long accepts() {
		return total(this.nanoTime.getAsLong()) & TOTAL_MASK;
	}

	/**
	 * Returns the probability with which a request is dropped at this moment.
	 */
	double probability() {
		return probability(total(this.nanoTime.getAsLong()));
	}

	private double probability(long total) {
		long requests = total >>> Integer.SIZE;
		if (requests < MIN_REQUESTS) {
			return 0;
		}
		return Math.max(0, (requests - this.k * (total & TOTAL_MASK)) / (requests + 1));
	}

	private boolean isProbe(long now) {
		long last = this.lastProbe.get();
		return now - last >= PROBE_NANOS && this.lastProbe.compareAndSet(last, now);
	}

	/**
	 * Adds up the buckets of the window.
	 * @return the requests in the upper half, the accepts in the lower one
	 */
	private long total(long now) {
		long time = time(now);
		long total = 0;
		for (int i = 0; i < BUCKETS; i++) {
			long bucket = this.buckets.get(i);
			if (((time - (bucket >>> (2 * COUNT_BITS))) & TIME_MASK) < BUCKETS) {
				total += (requests(bucket) << Integer.SIZE) + accepts(bucket);
			}
		}
		return total;
	}

	private long time(long now) {
		return (now - this.origin) / this.bucketNanos;
	}

	private static long requests(long counts) {
		return (counts >>> COUNT_BITS) & COUNT_MASK;
	}

	private static long accepts(long counts) {
		return counts & COUNT_MASK;
	}

}
