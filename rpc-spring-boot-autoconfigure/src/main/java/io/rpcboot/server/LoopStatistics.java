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

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What operators see of the watch over the event loops. Outlives a stop of the server, so
 * that counts never go back.
 */
final class LoopStatistics {

	private final RecentMaximum delayNanos;

	private final Map<String, LongAdder> blocked = new ConcurrentHashMap<>();

	LoopStatistics(LongSupplier nanoTime) {
		this.delayNanos = new RecentMaximum(nanoTime);
	}

	/**
	 * Tells which services run on the loops.
	 */
	void serve(Collection<String> services) {
		services.forEach((service) -> this.blocked.computeIfAbsent(service, (unused) -> new LongAdder()));
	}

	/**
	 * Takes a delay, on the thread of the watch.
	 */
	void delay(long nanos) {
		this.delayNanos.add(nanos);
	}

	void blocked(String service) {
		this.blocked.computeIfAbsent(service, (unused) -> new LongAdder()).increment();
	}

	long delayNanos() {
		return this.delayNanos.get();
	}

	/**
	 * Returns how often each service blocked, by name.
	 */
	Map<String, Long> blocked() {
		Map<String, Long> counts = new TreeMap<>();
		this.blocked.forEach((service, count) -> counts.put(service, count.sum()));
		return counts;
	}

}
