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

package io.rpcboot.benchmarks.connections;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.runner.Table;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What one load with one number of connections has shown, over all rounds.
 */
final class Figures {

	static final List<String> HEADS = List.of("a second", "p50 ms", "p99 ms", "client CPU µs each", "busiest loop");

	private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);

	private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

	private final Histogram times = new ConcurrentHistogram(HIGHEST_NANOS, 2);

	private final LongAdder failed = new LongAdder();

	private long nanos;

	private long cpuNanos;

	private double busiest;

	private ProcessStats before = ProcessStats.take();

	private Map<Long, Long> loopsBefore = Map.of();

	void count(long nanosOfOne) {
		this.times.recordValue(Math.min(nanosOfOne, HIGHEST_NANOS));
	}

	void fail(Throwable failure) {
		if (this.failed.sum() == 0) {
			System.err.println("A call failed: " + failure);
		}
		this.failed.increment();
	}

	void begin() {
		this.loopsBefore = loops();
		this.before = ProcessStats.take();
	}

	void end() {
		ProcessStats used = ProcessStats.take().since(this.before);
		this.nanos += used.nanos();
		this.cpuNanos += used.cpuNanos();
		loops().forEach((id, cpu) -> this.busiest = Math.max(this.busiest,
				(double) (cpu - this.loopsBefore.getOrDefault(id, 0L)) / used.nanos()));
	}

	boolean isFailed() {
		return this.failed.sum() > 0;
	}

	boolean isEmpty() {
		return this.times.getTotalCount() == 0;
	}

	List<String> row() {
		double count = this.times.getTotalCount();
		return List.of(Table.number(count * 1e9 / this.nanos), millis(50), millis(99),
				Table.number(this.cpuNanos / count / 1000), Math.round(this.busiest * 100) + " %");
	}

	private String millis(double percentile) {
		return Table.number(this.times.getValueAtPercentile(percentile) / 1e6);
	}

	/**
	 * The CPU time of each of the client's event loops.
	 */
	private static Map<Long, Long> loops() {
		Map<Long, Long> loops = new HashMap<>();
		for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
			if (thread != null && thread.getThreadName().startsWith("rpc-client-loop")) {
				loops.put(thread.getThreadId(), THREADS.getThreadCpuTime(thread.getThreadId()));
			}
		}
		return loops;
	}

}
