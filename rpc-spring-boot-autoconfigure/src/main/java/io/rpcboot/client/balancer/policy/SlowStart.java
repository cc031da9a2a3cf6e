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

import java.time.Duration;

/**
 * Gives a new instance a growing share of its weight, since a fresh process is slow. Its
 * age counts from when the consumer could first call it, by the consumer's own monotonic
 * clock: no clocks are compared. Linear, as Envoy's slow start with aggression 1.
 */
public final class SlowStart {

	private final long windowNanos;

	private final double minimum;

	/**
	 * Creates a slow start.
	 * @param window how long an instance is new; zero for never. Usually 30 s
	 * @param minimum the share of the weight to begin with, above 0 and at most 1.
	 * Usually 0.1
	 */
	public SlowStart(Duration window, double minimum) {
		if (window.isNegative()) {
			throw new IllegalArgumentException("window: " + window + " (expected: >= 0s)");
		}
		if (!(minimum > 0 && minimum <= 1)) {
			throw new IllegalArgumentException("minimum: " + minimum + " (expected: > 0 and <= 1)");
		}
		this.windowNanos = window.toNanos();
		this.minimum = minimum;
	}

	/**
	 * Returns the share of its weight that an instance gets.
	 * @param readySinceNanos since when it can be called
	 * @param nowNanos the time
	 * @return from the minimum to 1
	 */
	public double factor(long readySinceNanos, long nowNanos) {
		if (!isNew(readySinceNanos, nowNanos)) {
			return 1;
		}
		double age = Math.max(0, nowNanos - readySinceNanos);
		return Math.max(this.minimum, age / this.windowNanos);
	}

	/**
	 * Returns whether an instance is new.
	 * @param readySinceNanos since when it can be called
	 * @param nowNanos the time
	 * @return whether less than the window has passed
	 */
	public boolean isNew(long readySinceNanos, long nowNanos) {
		return nowNanos - readySinceNanos < this.windowNanos;
	}

	/**
	 * Returns whether new instances are to be spared. Not if more than half of the set is
	 * new: the few others could not carry what the new ones are spared.
	 * @param newOnes how many are new
	 * @param all the size of the set
	 * @return whether their weights are to be multiplied by the {@link #factor}
	 */
	public boolean applies(int newOnes, int all) {
		return newOnes > 0 && newOnes <= all / 2.0;
	}

}
