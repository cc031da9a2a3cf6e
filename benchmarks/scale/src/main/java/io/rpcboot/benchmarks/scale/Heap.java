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

package io.rpcboot.benchmarks.scale;

import java.lang.management.ManagementFactory;

import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.ProcessStats;

/**
 * What is alive in this process.
 */
final class Heap {

	private Heap() {
	}

	/**
	 * Collects the garbage and counts what is left.
	 * @return bytes of the heap, threads, and what the process has used
	 */
	static Fields collected() {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return ProcessStats.take()
			.addTo(new Fields())
			.with("heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed())
			.with("threads", ManagementFactory.getThreadMXBean().getThreadCount());
	}

}
