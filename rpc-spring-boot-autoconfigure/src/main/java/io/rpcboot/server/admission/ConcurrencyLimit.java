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

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the calls that run, up to a limit. One compare-and-set a call, no lock.
 */
final class ConcurrencyLimit {

	private final int max;

	private final AtomicInteger running = new AtomicInteger();

	private volatile int adaptive = Integer.MAX_VALUE;

	/**
	 * Creates a limit.
	 * @param max the most calls, {@link Integer#MAX_VALUE} for any number
	 */
	ConcurrencyLimit(int max) {
		this.max = max;
	}

	/**
	 * Sets a second, lower limit, which calls of high priority pass.
	 */
	void adapt(int limit) {
		this.adaptive = limit;
	}

	boolean tryAcquire(boolean high) {
		int limit = limit(high);
		int count = this.running.get();
		while (count < limit) {
			if (this.running.compareAndSet(count, count + 1)) {
				return true;
			}
			count = this.running.get();
		}
		return false;
	}

	/**
	 * Counts a call that runs whatever the limit says.
	 */
	void acquireAnyway() {
		this.running.getAndIncrement();
	}

	void release() {
		this.running.getAndDecrement();
	}

	boolean isFull(boolean high) {
		return this.running.get() >= limit(high);
	}

	int running() {
		return this.running.get();
	}

	int limit(boolean high) {
		return high ? this.max : Math.min(this.max, this.adaptive);
	}

}
