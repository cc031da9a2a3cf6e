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

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.rpcboot.server.admission.AdmissionStatistics.Reason;

/**
 * Counts the calls that a limit refuses, by reason.
 */
final class RefusalCounts {

	private final Map<Reason, LongAdder> counts = new ConcurrentHashMap<>();

	void count(Reason reason) {
		this.counts.computeIfAbsent(reason, (key) -> new LongAdder()).increment();
	}

	/**
	 * Returns the counts, without those that are 0.
	 */
	Map<Reason, Long> get() {
		Map<Reason, Long> result = new EnumMap<>(Reason.class);
		this.counts.forEach((reason, count) -> result.put(reason, count.sum()));
		return result;
	}

}
