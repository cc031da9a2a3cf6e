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

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The statistics of each instance by its id, shared by all the channels to it. They are
 * kept for 60 s after the last channel let go, so that a change of the set or of the
 * connection forgets nothing. Safe for any thread; used when channels and sets change,
 * never for a call, so that a lock does. No thread of its own: what is too old goes with
 * the next change.
 */
public final class StatisticsStore {

	private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(60);

	private final LongSupplier nanoClock;

	private final Map<String, Used> used = new HashMap<>();

	/** The one released first comes first. */
	private final Map<String, Released> released = new LinkedHashMap<>();

	/**
	 * Creates an empty store.
	 * @param nanoClock tells the time in nanoseconds
	 */
	public StatisticsStore(LongSupplier nanoClock) {
		this.nanoClock = nanoClock;
	}

	/**
	 * Returns the statistics of an instance for a new user, who releases them at the end.
	 * @param instanceId id of the instance
	 * @return the same object for all the users
	 */
	public synchronized InstanceStatistics acquire(String instanceId) {
		purge();
		Used current = this.used.get(instanceId);
		if (current == null) {
			Released kept = this.released.remove(instanceId);
			current = new Used((kept != null) ? kept.statistics() : new InstanceStatistics(this.nanoClock));
			this.used.put(instanceId, current);
		}
		current.users++;
		return current.statistics;
	}

	/**
	 * Ends one use. Does nothing for an instance that nobody uses.
	 * @param instanceId id of the instance
	 */
	public synchronized void release(String instanceId) {
		purge();
		Used current = this.used.get(instanceId);
		if (current != null && --current.users == 0) {
			this.used.remove(instanceId);
			this.released.put(instanceId, new Released(current.statistics, this.nanoClock.getAsLong()));
		}
	}

	/**
	 * Returns the statistics of an instance without using them.
	 * @param instanceId id of the instance
	 * @return those that are used or kept; {@code null} if there are none
	 */
	public synchronized @Nullable InstanceStatistics find(String instanceId) {
		purge();
		Used current = this.used.get(instanceId);
		if (current != null) {
			return current.statistics;
		}
		Released kept = this.released.get(instanceId);
		return (kept != null) ? kept.statistics() : null;
	}

	private void purge() {
		long now = this.nanoClock.getAsLong();
		Iterator<Released> oldestFirst = this.released.values().iterator();
		while (oldestFirst.hasNext() && now - oldestFirst.next().atNanos() >= KEPT_NANOS) {
			oldestFirst.remove();
		}
	}

	/**
	 * Statistics that nobody uses.
	 *
	 * @param statistics the statistics
	 * @param atNanos since when
	 */
	private record Released(InstanceStatistics statistics, long atNanos) {

	}

	/**
	 * Statistics and how many use them.
	 */
	private static final class Used {

		private final InstanceStatistics statistics;

		private int users;

		Used(InstanceStatistics statistics) {
			this.statistics = statistics;
		}

	}

}
