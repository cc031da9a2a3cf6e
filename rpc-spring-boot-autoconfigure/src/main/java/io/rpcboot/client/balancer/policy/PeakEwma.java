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

/**
 * A moving average that a higher sample replaces and time forgets: a slow reply shows at
 * once, and an instance that got no call for long becomes attractive again. The algorithm
 * is that of Finagle's {@code PeakEwma}: a lower sample x after the time d gives
 * {@code v·w + x·(1 - w)} with {@code w = exp(-d/tau)}.
 * <p>
 * Value and time stand in one word, so that no reader sees one without the other and no
 * sample is lost: the upper half holds the value as a {@code float}, the lower half the
 * time in steps of 2^20 ns, about a millisecond. Of several lower samples within one step
 * none counts, of higher ones the highest.
 * <p>
 * This is the arithmetic only. The word belongs to whoever has the average, in a field of
 * its own object rather than behind a reference: a pick among many instances waits for
 * memory more than for anything else. 0 is an average without a sample.
 */
final class PeakEwma {

	/** What has decayed below is nothing that anybody measured. No call is that fast. */
	static final double LEAST_NANOS = 1_000;

	private static final int STEP_BITS = 20;

	/** Clocks of two threads differ less than that; what is older has gone round. */
	private static final int LATE_STEPS = -(1 << 16);

	/** Times tau; what is left after that is below {@link #LEAST_NANOS}. */
	private static final int FORGOTTEN = 35;

	private final double tauSteps;

	private final double perStep;

	/**
	 * Creates the arithmetic of a time constant.
	 * @param tauNanos the time in which the value falls to 1/e
	 */
	PeakEwma(long tauNanos) {
		this.tauSteps = (double) tauNanos / (1L << STEP_BITS);
		this.perStep = 1 / this.tauSteps;
	}

	/**
	 * Adds a sample.
	 * @param before the average
	 * @param sampleNanos what was measured
	 * @param nowNanos when
	 * @return the average with the sample
	 */
	long add(long before, double sampleNanos, long nowNanos) {
		int step = step(nowNanos);
		double value = value(before);
		if (sampleNanos >= value) {
			return pack(sampleNanos, step);
		}
		long elapsed = elapsed(before, step);
		return (elapsed == 0) ? before : mix(value, sampleNanos, Math.exp(-elapsed / this.tauSteps), step);
	}

	/**
	 * Adds a sample without the rule of the peak: it counts for as much as time has
	 * passed since the last one, be it lower or higher. Of several within one step the
	 * first counts. The very first one stands for all that is known.
	 * @param before the average
	 * @param sampleNanos what was measured
	 * @param nowNanos when
	 * @return the average with the sample
	 */
	long blend(long before, double sampleNanos, long nowNanos) {
		int step = step(nowNanos);
		if (before == 0) {
			return pack(sampleNanos, step);
		}
		long elapsed = elapsed(before, step);
		if (elapsed == 0) {
			return before;
		}
		double value = value(before);
		// Nearly all samples are 0 after 0, which needs no exponential.
		double weight = (value != sampleNanos) ? Math.exp(-elapsed / this.tauSteps) : 0;
		return mix(value, sampleNanos, weight, step);
	}

	/**
	 * Returns the value, decayed towards 0 since the last sample.
	 * @param current the average
	 * @param nowNanos the time
	 * @return nanoseconds; 0 if nothing is known, or no longer
	 */
	double at(long current, long nowNanos) {
		double value = value(current);
		if (value == 0) {
			return 0;
		}
		long elapsed = elapsed(current, step(nowNanos));
		double age = elapsed * this.perStep;
		if (age > FORGOTTEN) {
			return 0;
		}
		double decayed = (elapsed == 0) ? value : value * ExponentialDecay.of(age);
		return (decayed < LEAST_NANOS) ? 0 : decayed;
	}

	private static long mix(double value, double sampleNanos, double weight, int step) {
		return pack(value * weight + sampleNanos * (1 - weight), step);
	}

	private static long pack(double value, int step) {
		return ((long) Float.floatToRawIntBits((float) value) << Integer.SIZE) | Integer.toUnsignedLong(step);
	}

	private static double value(long state) {
		return Float.intBitsToFloat((int) (state >>> Integer.SIZE));
	}

	private static int step(long nanos) {
		return (int) (nanos >> STEP_BITS);
	}

	/**
	 * The time since the last sample. It is taken for 52 days less after every 52 days
	 * without a sample, which lets an old value count for another minute.
	 */
	private static long elapsed(long state, int step) {
		int difference = step - (int) state;
		return (difference < 0 && difference >= LATE_STEPS) ? 0 : Integer.toUnsignedLong(difference);
	}

}
