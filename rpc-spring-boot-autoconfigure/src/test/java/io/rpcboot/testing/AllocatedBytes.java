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

package io.rpcboot.testing;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

/**
 * Counts what the current thread allocates.
 */
public final class AllocatedBytes {

	private static final int WARM_UP = 2_000;

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private AllocatedBytes() {
	}

	/**
	 * Runs something many times.
	 * @param times how often it is counted
	 * @param work what to run
	 * @return how many bytes all of it took
	 */
	public static long of(int times, Runnable work) {
		for (int i = 0; i < WARM_UP; i++) {
			work.run();
		}
		return once(() -> {
			for (int i = 0; i < times; i++) {
				work.run();
			}
		});
	}

	/**
	 * Runs something that is so large that it needs no warming up.
	 * @param work what to run
	 * @return how many bytes it took
	 */
	public static long once(Runnable work) {
		long before = THREADS.getCurrentThreadAllocatedBytes();
		work.run();
		return THREADS.getCurrentThreadAllocatedBytes() - before;
	}

}
