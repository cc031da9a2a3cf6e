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

package io.rpcboot.server.connection;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how often peers reach limits, and logs it: one line a minute for each limit, as
 * a flood of connections must not become a flood of lines. For all threads.
 */
final class ReachedLimits {

	static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private static final Logger logger = LoggerFactory.getLogger(ConnectionLimits.class);

	private final LongSupplier nanoTime;

	private final Map<Limit, AtomicLong> nextNanos = new EnumMap<>(Limit.class);

	private final Map<Limit, LongAdder> counts = new EnumMap<>(Limit.class);

	ReachedLimits(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		long now = nanoTime.getAsLong();
		for (Limit limit : Limit.values()) {
			this.nextNanos.put(limit, new AtomicLong(now));
			this.counts.put(limit, new LongAdder());
		}
	}

	/**
	 * Counts that a peer has reached a limit, and logs it unless that was done a short
	 * time ago.
	 * @param limit the limit
	 * @param peer the address of the peer; {@code null} if it has gone already
	 */
	void add(Limit limit, @Nullable Object peer) {
		Objects.requireNonNull(this.counts.get(limit), "not a limit").increment();
		long now = this.nanoTime.getAsLong();
		AtomicLong ofLimit = Objects.requireNonNull(this.nextNanos.get(limit), "not a limit");
		long next = ofLimit.get();
		if (now - next >= 0 && ofLimit.compareAndSet(next, now + SILENCE_NANOS)) {
			logger.warn("A connection from {} {} ({}). Further ones are not logged for a minute", peer, limit.outcome(),
					limit.property());
		}
	}

	/**
	 * Returns how often each limit was reached, by {@link Limit#reason()}.
	 */
	Map<String, Long> counts() {
		Map<String, Long> byReason = new LinkedHashMap<>();
		this.counts.forEach((limit, count) -> byReason.put(limit.reason(), count.sum()));
		return byReason;
	}

}
