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

package io.rpcboot.benchmarks.pick;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import io.rpcboot.client.balancer.policy.InstanceStatistics;
import io.rpcboot.client.balancer.policy.Outcome;

/**
 * What other calls leave in the statistics: latencies that differ from instance to
 * instance, and none to two calls in flight on each. Renewing it allocates nothing, or
 * the profiler would take it for picks.
 */
final class Traffic {

	private static final int MOST_IN_FLIGHT = 2;

	private final Random random = new Random(42);

	private final List<InstanceStatistics> instances;

	private final long[] latencies;

	/** How many calls each has in flight. */
	private final int[] open;

	/** What their beginnings returned. */
	private final int[][] slots;

	Traffic(List<InstanceStatistics> instances, Duration median) {
		this.instances = instances;
		this.latencies = this.random.doubles(instances.size(), -1, 1)
			.mapToLong((exponent) -> (long) (median.toNanos() * Math.exp(exponent)))
			.toArray();
		this.open = new int[instances.size()];
		this.slots = new int[instances.size()][MOST_IN_FLIGHT];
	}

	/**
	 * Ends the calls in flight and begins others, so that nothing is older than it would
	 * be.
	 */
	void renew() {
		for (int index = 0; index < this.open.length; index++) {
			for (int call = 0; call < this.open[index]; call++) {
				end(index, this.slots[index][call]);
			}
			// One is answered for certain, so that the latency is known.
			end(index, begin(index));
			this.open[index] = this.random.nextInt(MOST_IN_FLIGHT + 1);
			for (int call = 0; call < this.open[index]; call++) {
				this.slots[index][call] = begin(index);
			}
		}
	}

	private int begin(int index) {
		long start = System.nanoTime() - (long) (this.random.nextDouble() * this.latencies[index]);
		return this.instances.get(index).begin(start);
	}

	private void end(int index, int slot) {
		long now = System.nanoTime();
		this.instances.get(index).end(slot, now - this.latencies[index], now, Outcome.ANSWER, Long.MAX_VALUE);
	}

}
