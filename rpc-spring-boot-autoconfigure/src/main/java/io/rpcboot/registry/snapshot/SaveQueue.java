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

package io.rpcboot.registry.snapshot;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written: the latest set of each application, at most one a second
 * each. A fleet that restarts changes a set hundreds of times, and only the last one is
 * worth a file. Not safe for several threads.
 */
final class SaveQueue {

	static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

	private final Map<String, List<ServiceInstance>> pending = new LinkedHashMap<>();

	private final Map<String, Long> takenNanos = new HashMap<>();

	/**
	 * Adds a set in the place of an older one of the same application.
	 * @param application whose instances they are
	 * @param instances the set
	 */
	void put(String application, List<ServiceInstance> instances) {
		this.pending.put(application, instances);
	}

	/**
	 * Takes a set whose time has come.
	 * @param now the time in nanoseconds
	 * @return the one that waits longest, or {@code null} if there is none
	 */
	@Nullable PendingSave poll(long now) {
		for (String application : this.pending.keySet()) {
			if (waitNanos(application, now) <= 0) {
				this.takenNanos.put(application, now);
				return take(application);
			}
		}
		return null;
	}

	/**
	 * Takes a set whether its time has come or not.
	 * @return the one that waits longest, or {@code null} if there is none
	 */
	@Nullable PendingSave pollNow() {
		return this.pending.isEmpty() ? null : take(this.pending.keySet().iterator().next());
	}

	/**
	 * Returns how long it takes until there is something to poll.
	 * @param now the time in nanoseconds
	 * @return nanoseconds; {@link Long#MAX_VALUE} if nothing waits
	 */
	long nanosToNext(long now) {
		return this.pending.keySet()
			.stream()
			.mapToLong((application) -> waitNanos(application, now))
			.min()
			.orElse(Long.MAX_VALUE);
	}

	private long waitNanos(String application, long now) {
		Long taken = this.takenNanos.get(application);
		return (taken != null) ? taken + INTERVAL_NANOS - now : 0;
	}

	private @Nullable PendingSave take(String application) {
		List<ServiceInstance> instances = this.pending.remove(application);
		return (instances != null) ? new PendingSave(application, instances) : null;
	}

}
