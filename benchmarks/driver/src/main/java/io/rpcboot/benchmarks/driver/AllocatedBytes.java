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

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

import com.sun.management.ThreadMXBean;

/**
 * What this process has allocated. A thread that ends takes its own count along, so the
 * counts are added up look by look: the sum never falls.
 */
final class AllocatedBytes {

	static final AllocatedBytes OF_PROCESS = new AllocatedBytes();

	private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

	private Map<Long, Long> last = Map.of();

	private long sum;

	private AllocatedBytes() {
	}

	/**
	 * Looks again.
	 * @return bytes since the start of each thread that was alive at this look or one
	 * before
	 */
	synchronized long look() {
		Map<Long, Long> now = new HashMap<>();
		long[] ids = this.threads.getAllThreadIds();
		long[] bytes = this.threads.getThreadAllocatedBytes(ids);
		for (int i = 0; i < ids.length; i++) {
			if (bytes[i] > 0) {
				now.put(ids[i], bytes[i]);
				this.sum += bytes[i] - this.last.getOrDefault(ids[i], 0L);
			}
		}
		this.last = now;
		return this.sum;
	}

}
