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

package io.rpcboot.client.balancer.policy;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * When the calls in flight began, for up to {@value #SLOTS} beyond those that
 * {@link OpenCalls} holds itself.
 * <p>
 * A slot costs one compare-and-set in a map of bits. The lowest free one is taken, so
 * that the starts of an instance with few calls in flight need little memory.
 */
final class InFlightCalls {

	private static final int WORDS = 3;

	static final int SLOTS = WORDS * Long.SIZE;

	/** Returned when no slot is free. */
	static final int NO_SLOT = -1;

	/** Ages are looked at no more often than this, by whoever comes first. */
	private static final long INTERVAL_NANOS = 1_000_000;

	private final AtomicLongArray taken = new AtomicLongArray(WORDS);

	/** 0 between two calls; made when a slot among them is taken for the first time. */
	private final AtomicReferenceArray<@Nullable AtomicLongArray> starts = new AtomicReferenceArray<>(WORDS);

	private final AtomicLong predictedAt;

	private volatile double predicted;

	InFlightCalls(long nowNanos) {
		this.predictedAt = new AtomicLong(nowNanos - INTERVAL_NANOS);
	}

	/**
	 * Takes a slot for a call.
	 * @param startNanos when it began
	 * @return the slot, or {@link #NO_SLOT}
	 */
	int take(long startNanos) {
		for (int word = 0; word < WORDS; word++) {
			for (long bits = this.taken.get(word); bits != -1L; bits = this.taken.get(word)) {
				long free = Long.lowestOneBit(~bits);
				if (this.taken.compareAndSet(word, bits, bits | free)) {
					int bit = Long.numberOfTrailingZeros(free);
					// An odd number is never 0, and a nanosecond is nothing.
					starts(word).set(bit, startNanos | 1);
					return word * Long.SIZE + bit;
				}
			}
		}
		return NO_SLOT;
	}

	private AtomicLongArray starts(int word) {
		AtomicLongArray array = this.starts.get(word);
		if (array != null) {
			return array;
		}
		// Another thread may be first; then its array is found, since none is ever taken
		// away.
		this.starts.compareAndSet(word, null, new AtomicLongArray(Long.SIZE));
		return starts(word);
	}

	/**
	 * Gives a slot back.
	 * @param slot what {@link #take} returned, once
	 */
	void free(int slot) {
		int word = slot / Long.SIZE;
		starts(word).set(slot % Long.SIZE, 0);
		// The bit is ours and set: subtracting clears it and needs no loop.
		this.taken.getAndAdd(word, -(1L << slot));
	}

	/**
	 * Goes on where {@link OpenCalls#predict} has seen its own calls. Recomputed once a
	 * millisecond: whoever moves the time first does it, and the others go by the last
	 * result meanwhile. A result that is written late is replaced a millisecond later.
	 * @param seen how many it has seen
	 * @param old how many of them are older than usual
	 * @param sum the ages of those
	 * @param usualNanos how long a call usually takes
	 * @param nowNanos the time
	 * @return the mean age; 0 if most of the calls are younger than usual
	 */
	double predict(int seen, int old, double sum, double usualNanos, long nowNanos) {
		long last = this.predictedAt.get();
		if (nowNanos - last >= INTERVAL_NANOS && this.predictedAt.compareAndSet(last, nowNanos)) {
			this.predicted = compute(seen, old, sum, usualNanos, nowNanos);
		}
		return this.predicted;
	}

	static double meanAge(int seen, int old, double sum) {
		return (old > seen / 2) ? sum / old : 0;
	}

	private double compute(int seenBefore, int oldBefore, double sumBefore, double usualNanos, long nowNanos) {
		int seen = seenBefore;
		int old = oldBefore;
		double sum = sumBefore;
		for (int word = 0; word < WORDS; word++) {
			AtomicLongArray array = this.starts.get(word);
			for (long bits = this.taken.get(word); bits != 0 && array != null; bits &= bits - 1) {
				long start = array.get(Long.numberOfTrailingZeros(bits));
				if (start != 0) {
					seen++;
					long age = nowNanos - start;
					if (age > usualNanos) {
						old++;
						sum += age;
					}
				}
			}
		}
		return meanAge(seen, old, sum);
	}

}
