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

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Time that passes when a test says so. Begins near the overflow, as
 * {@link System#nanoTime} may.
 */
final class FakeTime implements LongSupplier {

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000);

	@Override
	public long getAsLong() {
		return this.nanos.get();
	}

	void pass(Duration duration) {
		this.nanos.addAndGet(duration.toNanos());
	}

}
