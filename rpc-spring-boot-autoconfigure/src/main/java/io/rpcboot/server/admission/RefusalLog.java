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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that calls are refused, or in a dry run would be: one of them a minute.
 */
final class RefusalLog {

	static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private static final Logger logger = LoggerFactory.getLogger(RefusalLog.class);

	private final LongSupplier nanoTime;

	private final AtomicLong nextNanos;

	RefusalLog(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.nextNanos = new AtomicLong(nanoTime.getAsLong());
	}

	/**
	 * Logs one, unless another one was logged a short time ago.
	 * @param name the service or method
	 * @param dryRun whether nothing is refused
	 * @param reason makes the reason
	 */
	void log(String name, boolean dryRun, Supplier<String> reason) {
		long now = this.nanoTime.getAsLong();
		long next = this.nextNanos.get();
		if (now - next >= 0 && this.nextNanos.compareAndSet(next, now + SILENCE_NANOS)) {
			logger.warn("{} {} calls, such as this one: {}. Further ones are not logged for a minute", name,
					dryRun ? "would refuse" : "refuses", reason.get());
		}
	}

}
