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

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.client.routing.InstanceFilter;

/**
 * Sees each pick set as it is made, since filters are asked then, and leaves out nobody.
 * The weight of a record tells which step it is of.
 */
final class PickSets implements InstanceFilter {

	private final SeenTimes times;

	private final AtomicLong made = new AtomicLong();

	private volatile int base = Integer.MAX_VALUE;

	private volatile List<Candidate> latest = List.of();

	PickSets(SeenTimes times) {
		this.times = times;
	}

	@Override
	public String name() {
		return "measured";
	}

	@Override
	public List<Candidate> filter(List<Candidate> candidates, CallRoute route, List<Candidate> known) {
		this.made.incrementAndGet();
		this.latest = candidates;
		for (Candidate candidate : candidates) {
			int step = candidate.instance().weight() - this.base;
			if (step >= 0 && step < SeenTimes.MAX_STEPS) {
				this.times.putFirst(step, System.nanoTime());
			}
		}
		return candidates;
	}

	/**
	 * Awaits steps.
	 * @param newBase the weight of the first one; each has one more
	 */
	void expect(int newBase) {
		this.base = newBase;
	}

	long made() {
		return this.made.get();
	}

	List<Candidate> latest() {
		return this.latest;
	}

}
