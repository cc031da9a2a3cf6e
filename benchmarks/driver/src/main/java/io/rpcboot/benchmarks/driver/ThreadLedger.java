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

package io.rpcboot.benchmarks.driver;

import java.util.HashMap;
import java.util.Map;

/**
 * Sums figures of threads that only grow, such as what each has allocated. Nobody tells
 * them of a thread that has ended, so the last one of each is kept: lost is what a thread
 * adds between the last look and its end. A pool ends threads that were idle for longer
 * than a measurement takes, which loses nothing.
 */
final class ThreadLedger {

	private final Map<Long, Long> latest = new HashMap<>();

	private long replaced;

	/**
	 * Takes the figures of the threads that are alive.
	 * @param figures by the id of the thread
	 * @return the sum over all threads that were ever seen
	 */
	synchronized long total(Map<Long, Long> figures) {
		figures.forEach((id, figure) -> {
			Long before = this.latest.put(id, figure);
			if (before != null && before > figure) {
				// Linux has given the id of a thread that has ended to another one.
				this.replaced += before;
			}
		});
		return this.replaced + this.latest.values().stream().mapToLong(Long::longValue).sum();
	}

}
