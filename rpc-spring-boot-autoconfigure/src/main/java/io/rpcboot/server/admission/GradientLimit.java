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

/**
 * Finds out how many calls may run at a time by how much longer they take than they would
 * at best: the rule of Gradient2 in Netflix' concurrency-limits (Gradient2Limit.java) and
 * its constants, with two differences.
 * <p>
 * There calls are compared with a long average, which an overload that lasts pulls up
 * until it passes for normal: with 8 workers of 10 ms each that limit goes from 4 to 200
 * within 1500 windows, and onwards from any other start. Here they are compared with the
 * least time, which is approached at once from above and forgotten slowly; every 50th
 * window runs at half the limit to see whether it can be less, as brpc does
 * (auto_concurrency_limiter.cpp). And the limit grows by the allowance for a queue only
 * while calls do not get slower: otherwise it grows at a gradient of 0.9 too, as long as
 * it is below ten times the allowance.
 * <p>
 * Not thread-safe; fed once a window.
 */
final class GradientLimit {

	private static final double SMOOTHING = 0.2;

	private static final double TOLERANCE = 1.5;

	private static final int QUEUE = 4;

	/** How much of a shorter time is believed at once; it may be luck. */
	private static final double FALL = 0.3;

	/** How much of a longer time: an hour of windows makes less than half of it. */
	private static final double RISE = 1.0 / 6000;

	private static final int PROBE_EVERY = 50;

	private final int min;

	private final int max;

	private double limit;

	private double leastNanos;

	private int windows;

	/**
	 * Creates a limit that begins at its minimum.
	 * @param min the least, at least 1
	 * @param max the most
	 */
	GradientLimit(int min, int max) {
		this.min = min;
		this.max = max;
		this.limit = min;
	}

	/**
	 * Learns from a window.
	 * @param nanos how long calls took on average, above 0
	 * @param running how many calls ran
	 * @return the limit from now on
	 */
	int update(double nanos, int running) {
		learn(nanos);
		if (running >= this.limit / 2) {
			double gradient = Math.max(0.5, Math.min(1, TOLERANCE * this.leastNanos / nanos));
			double next = this.limit * gradient + ((gradient >= 1) ? QUEUE : 0);
			this.limit = Math.max(this.min, Math.min(this.max, this.limit * (1 - SMOOTHING) + next * SMOOTHING));
		}
		return limit();
	}

	int max() {
		return this.max;
	}

	int limit() {
		double current = (this.windows % PROBE_EVERY == PROBE_EVERY - 1) ? this.limit / 2 : this.limit;
		return Math.max(this.min, (int) current);
	}

	private void learn(double nanos) {
		this.windows++;
		if (this.windows == 1) {
			this.leastNanos = nanos;
		}
		else {
			this.leastNanos += (nanos - this.leastNanos) * ((nanos < this.leastNanos) ? FALL : RISE);
		}
	}

}
