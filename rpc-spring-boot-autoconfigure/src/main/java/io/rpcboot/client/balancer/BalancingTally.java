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

package io.rpcboot.client.balancer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the instances of one application over its channels.
 */
final class BalancingTally {

	private final Map<String, State> states = new HashMap<>();

	private final Map<String, Integer> inFlight = new HashMap<>();

	void add(PickSet set) {
		add(set.known(), State.OTHER);
		add(set.connecting(), State.CONNECTING);
		add(set.ejected(), State.EJECTED);
		add(set.usable(), State.USABLE);
	}

	BalancingCounts counts(long picks) {
		return new BalancingCounts(count(State.USABLE), count(State.EJECTED), count(State.CONNECTING),
				count(State.OTHER), this.inFlight.values().stream().mapToInt((open) -> open).sum(), picks);
	}

	private void add(List<InstanceConnection> connections, State state) {
		for (InstanceConnection connection : connections) {
			String id = connection.instance().id();
			this.states.merge(id, state, (one, other) -> (one.compareTo(other) >= 0) ? one : other);
			// The channels share the statistics of an instance.
			this.inFlight.putIfAbsent(id, connection.statistics().inFlight());
		}
	}

	private int count(State state) {
		return (int) this.states.values().stream().filter((each) -> each == state).count();
	}

	/** The best last. */
	private enum State {

		OTHER, CONNECTING, EJECTED, USABLE

	}

}
