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

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;

/**
 * A candidate whose state and open calls the test sets.
 */
final class LoadedCandidate implements Candidate {

	final AtomicInteger inFlight = new AtomicInteger();

	volatile boolean usable = true;

	private final ServiceInstance instance;

	private final InstanceStatistics statistics = new InstanceStatistics(System::nanoTime);

	LoadedCandidate(String id, int weight) {
		this.instance = new ServiceInstance(id, "app", "127.0.0.1", 1, List.of(), InstanceState.UP, weight, null, null,
				Map.of(), null, Map.of());
	}

	static List<LoadedCandidate> many(int count) {
		return IntStream.range(0, count)
			.mapToObj((index) -> new LoadedCandidate("instance-%05d".formatted(index), 100))
			.toList();
	}

	static int inFlight(Candidate candidate) {
		return ((LoadedCandidate) candidate).inFlight.get();
	}

	@Override
	public ServiceInstance instance() {
		return this.instance;
	}

	/**
	 * Another than the record's, as during a slow start.
	 */
	@Override
	public double weight() {
		return this.instance.weight() * ((this.instance.id().hashCode() % 2 == 0) ? 0.1 : 1);
	}

	@Override
	public InstanceStatistics statistics() {
		return this.statistics;
	}

	@Override
	public boolean isUsable() {
		return this.usable;
	}

}
