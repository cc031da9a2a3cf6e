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

package io.rpcboot.client.balancer.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.rpcboot.registry.ServiceInstance;

/**
 * A candidate as a test wants it.
 */
final class SettableCandidate implements Candidate {

	private final ServiceInstance instance;

	private final InstanceStatistics statistics;

	private double weight;

	private boolean usable = true;

	SettableCandidate(String id, double weight, InstanceStatistics statistics) {
		this.instance = ServiceInstance.of(id, "demo-provider", "127.0.0.1", 9090);
		this.weight = weight;
		this.statistics = statistics;
	}

	/**
	 * Makes candidates with ids "0", "1" and so on, and a latency of 1 ms at the time 0.
	 */
	static List<SettableCandidate> list(double... weights) {
		List<SettableCandidate> candidates = new ArrayList<>();
		for (double weight : weights) {
			InstanceStatistics statistics = new InstanceStatistics(() -> 0);
			long start = -TimeUnit.MILLISECONDS.toNanos(1);
			statistics.end(statistics.begin(start), start, 0, Outcome.ANSWER, 0);
			candidates.add(new SettableCandidate(String.valueOf(candidates.size()), weight, statistics));
		}
		return candidates;
	}

	static List<SettableCandidate> list(int size) {
		double[] weights = new double[size];
		Arrays.fill(weights, 100);
		return list(weights);
	}

	@Override
	public ServiceInstance instance() {
		return this.instance;
	}

	@Override
	public double weight() {
		return this.weight;
	}

	@Override
	public InstanceStatistics statistics() {
		return this.statistics;
	}

	@Override
	public boolean isUsable() {
		return this.usable;
	}

	void setWeight(double weight) {
		this.weight = weight;
	}

	void setUsable(boolean usable) {
		this.usable = usable;
	}

}
