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

import java.util.function.DoubleSupplier;

/**
 * How long to wait before an attempt: a random time between 0 and a bound that doubles
 * with each attempt ("full jitter" of the AWS Architecture Blog's "Exponential Backoff
 * And Jitter", which spreads a crowd best and gives the least work in all).
 *
 * @param initialNanos the bound before the second attempt, above 0
 * @param maxNanos the highest bound, at least the first
 */
record Backoff(long initialNanos, long maxNanos) {

	private static final int MOST_DOUBLINGS = 30;

	/**
	 * Returns how long to wait.
	 * @param retry 1 before the second attempt, 2 before the third
	 * @param random draws from 0 inclusive to 1 exclusive
	 * @return nanoseconds, at least 0
	 */
	long delayNanos(int retry, DoubleSupplier random) {
		double bound = Math.min((double) this.maxNanos,
				this.initialNanos * Math.scalb(1.0, Math.min(retry - 1, MOST_DOUBLINGS)));
		return (long) (bound * random.getAsDouble());
	}

}
