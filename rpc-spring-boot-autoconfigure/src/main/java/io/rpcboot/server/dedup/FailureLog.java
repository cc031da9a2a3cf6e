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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Logs one failure a minute: while a store is away each call meets it.
 */
final class FailureLog {

	static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final LongSupplier nanoTime;

	private final AtomicLong nextNanos;

	FailureLog(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.nextNanos = new AtomicLong(nanoTime.getAsLong());
	}

	/**
	 * Logs a failure, unless another one was logged a short time ago.
	 * @param log logs it
	 */
	void log(Runnable log) {
		long now = this.nanoTime.getAsLong();
		long next = this.nextNanos.get();
		if (now - next >= 0 && this.nextNanos.compareAndSet(next, now + SILENCE_NANOS)) {
			log.run();
		}
	}

}
