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

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The share of the processors that this process used in the last second or so. The JVM's
 * own figure is that since anybody asked it last, so of two who ask one after the other
 * the second learns nothing; here all who ask within a second get the same.
 */
final class ProcessLoad implements DoubleSupplier {

	/** A little less than the windows of those who ask, so that each gets a new one. */
	static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

	private final LongSupplier cpuNanos;

	private final int processors;

	private final LongSupplier nanoTime;

	private long sampledAt;

	private long sampledCpu;

	private double load = -1;

	/**
	 * Creates a sampler, whose first value is known {@value #KEPT_NANOS} ns later.
	 * @param cpuNanos for how long the process has run on processors; negative if that is
	 * not known
	 * @param processors how many it may use
	 * @param nanoTime the time
	 */
	ProcessLoad(LongSupplier cpuNanos, int processors, LongSupplier nanoTime) {
		this.cpuNanos = cpuNanos;
		this.processors = processors;
		this.nanoTime = nanoTime;
		this.sampledAt = nanoTime.getAsLong();
		this.sampledCpu = cpuNanos.getAsLong();
	}

	/**
	 * Makes a sampler of this process.
	 */
	static ProcessLoad ofThisProcess(LongSupplier nanoTime) {
		OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
		return new ProcessLoad((system instanceof com.sun.management.OperatingSystemMXBean hotspot)
				? hotspot::getProcessCpuTime : () -> -1, Runtime.getRuntime().availableProcessors(), nanoTime);
	}

	/**
	 * Returns the load, 0 to 1; negative if it is not known.
	 */
	@Override
	public synchronized double getAsDouble() {
		long now = this.nanoTime.getAsLong();
		long elapsed = now - this.sampledAt;
		if (elapsed >= KEPT_NANOS) {
			long cpu = this.cpuNanos.getAsLong();
			boolean known = cpu >= 0 && this.sampledCpu >= 0;
			this.load = known ? Math.min(1, (double) (cpu - this.sampledCpu) / elapsed / this.processors) : -1;
			this.sampledAt = now;
			this.sampledCpu = cpu;
		}
		return this.load;
	}

}
