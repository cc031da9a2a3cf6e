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

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;

import org.jspecify.annotations.Nullable;

/**
 * Sends calls of one key to one instance, the same from every consumer: a
 * {@link MaglevTable} under a {@link BoundedLoad}. A place depends on the ids and the
 * weights in the registry alone. An instance that cannot be called keeps its slots and is
 * skipped, so that only its own keys move, and they all come back. A call without a key
 * has no place.
 */
final class ConsistentHashPolicy implements LoadBalancingPolicy {

	static final String NAME = "consistent_hash";

	private final Function<List<? extends Candidate>, IntUnaryOperator> inFlight;

	ConsistentHashPolicy() {
		this.inFlight = ConsistentHashPolicy::inFlight;
	}

	/**
	 * Creates the policy.
	 * @param inFlight counts the open calls of a candidate; called while a call is
	 * placed, by many threads
	 */
	ConsistentHashPolicy(ToIntFunction<Candidate> inFlight) {
		this.inFlight = (candidates) -> (index) -> inFlight.applyAsInt(candidates.get(index));
	}

	/**
	 * Statistics that are at hand need not be asked of the candidates.
	 */
	private static IntUnaryOperator inFlight(List<? extends Candidate> candidates) {
		InstanceStatistics[] statistics = candidates.stream()
			.map(Candidate::statistics)
			.toArray(InstanceStatistics[]::new);
		return (index) -> statistics[index].inFlight();
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public boolean placesByKey() {
		return true;
	}

	@Override
	public InstanceSelector selector(List<? extends Candidate> candidates, @Nullable InstanceSelector previous) {
		String[] ids = candidates.stream().map((candidate) -> candidate.instance().id()).toArray(String[]::new);
		int[] weights = weights(candidates);
		MaglevTable table = (previous instanceof ConsistentHashSelector before && before.table().isOf(ids, weights))
				? before.table() : new MaglevTable(ids, weights);
		return new ConsistentHashSelector(candidates.toArray(Candidate[]::new), ids, weights, table,
				this.inFlight.apply(candidates));
	}

	/**
	 * Those of the registry: slow start, which differs between consumers, moves no key.
	 * If nobody has any weight, all have the same.
	 */
	private static int[] weights(List<? extends Candidate> candidates) {
		int[] weights = candidates.stream().mapToInt((candidate) -> candidate.instance().weight()).toArray();
		if (Arrays.stream(weights).allMatch((weight) -> weight == 0)) {
			Arrays.fill(weights, 1);
		}
		return weights;
	}

}
