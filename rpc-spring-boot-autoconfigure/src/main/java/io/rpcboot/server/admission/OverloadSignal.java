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

import java.util.function.DoubleSupplier;

/**
 * Says whether the server is short of processors or threads. The load of the processors
 * is smoothed, since one busy second is no overload.
 */
final class OverloadSignal {

	private static final double SMOOTHING = 0.5;

	private final double cpuThreshold;

	private final long maxDelayNanos;

	private final DoubleSupplier cpuLoad;

	private double smoothed;

	/**
	 * Creates a signal.
	 * @param cpuThreshold the load that is too much, 0 to 1
	 * @param maxDelayNanos how long calls may wait for a thread on average
	 * @param cpuLoad the load of the process in the last second or so, 0 to 1; negative
	 * or not a number if it is not known
	 */
	OverloadSignal(double cpuThreshold, long maxDelayNanos, DoubleSupplier cpuLoad) {
		this.cpuThreshold = cpuThreshold;
		this.maxDelayNanos = maxDelayNanos;
		this.cpuLoad = cpuLoad;
	}

	/**
	 * Looks at the last window.
	 * @param delayNanos how long calls waited for a thread on average
	 */
	synchronized boolean isOverloaded(long delayNanos) {
		double load = this.cpuLoad.getAsDouble();
		if (load >= 0) {
			this.smoothed += (load - this.smoothed) * SMOOTHING;
		}
		return this.smoothed >= this.cpuThreshold || delayNanos >= this.maxDelayNanos;
	}

}
