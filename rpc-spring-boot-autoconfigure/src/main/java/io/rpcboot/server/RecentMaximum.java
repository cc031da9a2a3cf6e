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

package io.rpcboot.server;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The largest of the values of the last 30 to 60 seconds, so that a scrape a minute sees
 * each of them. One thread adds, any may read.
 */
final class RecentMaximum {

	static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);

	private final LongSupplier nanoTime;

	private volatile Windows windows;

	RecentMaximum(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.windows = new Windows(nanoTime.getAsLong(), 0, 0);
	}

	void add(long value) {
		Windows current = this.windows.at(this.nanoTime.getAsLong());
		if (value > current.latest) {
			this.windows = new Windows(current.startNanos, value, current.previous);
		}
	}

	/**
	 * Returns the largest value; 0 if there was none.
	 */
	long get() {
		Windows current = this.windows.at(this.nanoTime.getAsLong());
		return Math.max(current.latest, current.previous);
	}

	private record Windows(long startNanos, long latest, long previous) {

		Windows at(long now) {
			long age = now - this.startNanos;
			if (age < WINDOW_NANOS) {
				return this;
			}
			return new Windows(now, 0, (age < 2 * WINDOW_NANOS) ? this.latest : 0);
		}

	}

}
