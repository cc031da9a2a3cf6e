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

package io.rpcboot.tls;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Tells whether something that goes on is due to be said: the first time, and again after
 * ten minutes. For what a peer repeats with each of its attempts to connect. Safe for any
 * thread.
 */
public final class Reminders {

	private static final long PERIOD_NANOS = Duration.ofMinutes(10).toNanos();

	/** So many things are told apart; further ones are not said. */
	private static final int MAX_KEYS = 256;

	private final LongSupplier nanoTime;

	private final Map<Object, Long> saidNanos = new ConcurrentHashMap<>();

	/**
	 * Creates reminders.
	 * @param nanoTime the clock, as {@link System#nanoTime()}
	 */
	public Reminders(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Tells whether something is due, and notes that it is said.
	 * @param what identifies it by equality
	 * @return {@code true} for one caller in ten minutes
	 */
	public boolean isDue(Object what) {
		long now = this.nanoTime.getAsLong();
		Long last = this.saidNanos.get(what);
		if (last != null) {
			return now - last >= PERIOD_NANOS && this.saidNanos.replace(what, last, now);
		}
		if (this.saidNanos.size() >= MAX_KEYS) {
			this.saidNanos.values().removeIf((said) -> now - said >= PERIOD_NANOS);
		}
		return this.saidNanos.size() < MAX_KEYS && this.saidNanos.putIfAbsent(what, now) == null;
	}

}
