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

package io.rpcboot.benchmarks.runner;

import io.rpcboot.benchmarks.driver.ProcessStats;

/**
 * What one side uses for a call, or for a message of a stream.
 *
 * @param cpuMicros CPU time, user and system, in microseconds
 * @param bytes bytes allocated
 * @param switches context switches
 */
public record Usage(double cpuMicros, double bytes, double switches) {

	/**
	 * Divides what a process used by what was done, each over its own time.
	 * @param used what the process used
	 * @param perSecond calls or messages a second
	 * @return the quotient
	 */
	static Usage of(ProcessStats used, double perSecond) {
		double operations = perSecond * used.nanos() / 1e9;
		return new Usage(used.cpuNanos() / 1e3 / operations, used.allocatedBytes() / operations,
				used.switches() / operations);
	}

}
