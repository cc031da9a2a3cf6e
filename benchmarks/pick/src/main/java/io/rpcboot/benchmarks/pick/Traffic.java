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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.rpcboot.client.balancer.policy.InstanceStatistics;
import io.rpcboot.client.balancer.policy.Outcome;

/**
 * What other calls leave in the statistics: latencies that differ from instance to
 * instance, and none to two calls in flight on each.
 */
final class Traffic {

	private static final int MOST_IN_FLIGHT = 2;

	private final Random random = new Random(42);

	private final List<InstanceStatistics> instances;

	private final long[] latencies;

	private final List<Open> open = new ArrayList<>();

	Traffic(List<InstanceStatistics> instances, Duration median) {
		this.instances = instances;
		this.latencies = this.random.doubles(instances.size(), -1, 1)
			.mapToLong((exponent) -> (long) (median.toNanos() * Math.exp(exponent)))
			.toArray();
	}

	/**
	 * Ends the calls in flight and begins others, so that nothing is older than it would
	 * be.
	 */
	void renew() {
		this.open.forEach((call) -> end(call, System.nanoTime()));
		this.open.clear();
		for (int index = 0; index < this.instances.size(); index++) {
			for (int call = this.random.nextInt(MOST_IN_FLIGHT + 1); call >= 0; call--) {
				begin(index);
			}
			// The first one is answered, so that the latency is known.
			end(this.open.remove(this.open.size() - 1), System.nanoTime());
		}
	}

	private void begin(int index) {
		long start = System.nanoTime() - (long) (this.random.nextDouble() * this.latencies[index]);
		this.open.add(new Open(index, this.instances.get(index).begin(start)));
	}

	private void end(Open call, long now) {
		this.instances.get(call.instance())
			.end(call.slot(), now - this.latencies[call.instance()], now, Outcome.ANSWER, Long.MAX_VALUE);
	}

	/**
	 * A call in flight.
	 *
	 * @param instance the index of its instance
	 * @param slot what its beginning returned
	 */
	private record Open(int instance, int slot) {

	}

}
