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

package io.rpcboot.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import io.rpcboot.registry.WatchStatus;
import io.rpcboot.registry.WatchStatus.State;

/**
 * What health says of the applications that are watched: how many there are in each
 * state, and some by name. Stays small however many there are.
 */
final class DiscoveryDetail {

	private static final int NAMED = 10;

	private DiscoveryDetail() {
	}

	/**
	 * Sums up.
	 * @param watches the status of each application
	 * @return the number of applications by state, the number of quarantined instances,
	 * and at most ten applications by name: all of them, or of more than that only those
	 * in doubt
	 */
	static Map<String, Object> of(Map<String, WatchStatus> watches) {
		Map<String, Integer> states = new LinkedHashMap<>();
		for (State state : State.values()) {
			long count = watches.values().stream().filter((watch) -> watch.state() == state).count();
			if (count > 0) {
				states.put(state.name(), (int) count);
			}
		}
		Map<String, Object> named = new LinkedHashMap<>();
		new TreeMap<>(watches).entrySet()
			.stream()
			.filter((watch) -> watches.size() <= NAMED || isInDoubt(watch.getValue()))
			.limit(NAMED)
			.forEach((watch) -> named.put(watch.getKey(), application(watch.getValue())));
		Map<String, Object> detail = new LinkedHashMap<>();
		detail.put("states", states);
		detail.put("quarantined", watches.values().stream().mapToInt((watch) -> watch.quarantined().size()).sum());
		detail.put("applications", named);
		return detail;
	}

	private static boolean isInDoubt(WatchStatus watch) {
		return watch.state() != State.CURRENT || !watch.quarantined().isEmpty();
	}

	private static Map<String, Object> application(WatchStatus watch) {
		Map<String, Object> application = new LinkedHashMap<>();
		application.put("state", watch.state().name());
		application.put("instances", watch.instances());
		application.put("quarantined", watch.quarantined().size());
		return application;
	}

}
