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

package io.rpcboot.testing;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.registry.WatchStatus.State;

/**
 * A discovery whose watches stand as a test says.
 */
public final class FixedWatches implements ServiceDiscovery {

	private final Map<String, WatchStatus> watches = new ConcurrentHashMap<>();

	private final Map<String, Duration> ages = new ConcurrentHashMap<>();

	private final AtomicInteger looks = new AtomicInteger();

	/**
	 * Says how the watch of an application stands.
	 * @param application the application
	 * @param state what its set rests on
	 * @param instances how many there are
	 * @param quarantined which of them are in quarantine
	 * @return this
	 */
	public FixedWatches with(String application, State state, int instances, String... quarantined) {
		this.watches.put(application, new WatchStatus(state, instances, Set.of(quarantined)));
		return this;
	}

	/**
	 * Says how long ago the registry answered about an application.
	 * @param application the application
	 * @param age how long ago
	 * @return this
	 */
	public FixedWatches answered(String application, Duration age) {
		this.ages.put(application, age);
		return this;
	}

	/**
	 * Closes the watch of an application.
	 * @param application the application
	 */
	public void close(String application) {
		this.watches.remove(application);
	}

	/**
	 * Returns how often somebody looked.
	 * @return the number
	 */
	public int looks() {
		return this.looks.get();
	}

	@Override
	public InstanceWatch watch(String application, InstanceListener listener) {
		return InstanceWatch.OF_FIXED_SET;
	}

	@Override
	public Map<String, WatchStatus> watches() {
		this.looks.incrementAndGet();
		return Map.copyOf(this.watches);
	}

	@Override
	public Map<String, Duration> ages() {
		return Map.copyOf(this.ages);
	}

	@Override
	public String describe() {
		return "fixed watches";
	}

}
