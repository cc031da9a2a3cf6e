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

package io.rpcboot.server.dedup;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Up to when the past may have been forgotten.
 */
final class Horizon {

	private final LongSupplier nanoTime;

	private final long created;

	private final AtomicLong forgotten = new AtomicLong(Long.MIN_VALUE);

	Horizon(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.created = nanoTime.getAsLong();
	}

	/**
	 * Notes that what began so long ago is forgotten, or about to be.
	 */
	void forget(long ageNanos) {
		this.forgotten.accumulateAndGet(elapsed() - ageNanos, Math::max);
	}

	/**
	 * Returns whether nothing was forgotten that began so long ago or later.
	 */
	boolean isOlderThan(long ageNanos) {
		return this.forgotten.get() < elapsed() - ageNanos;
	}

	/**
	 * Returns for how long time has been watched.
	 */
	long elapsed() {
		return this.nanoTime.getAsLong() - this.created;
	}

}
