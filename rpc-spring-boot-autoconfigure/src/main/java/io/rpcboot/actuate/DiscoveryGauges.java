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

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.registry.WatchStatus.State;

/**
 * The gauges of discovery in one meter registry. Applications come and go at run time, so
 * whichever gauge is read first looks which there are, and adds and removes gauges. It
 * does so once a second at most: to read all gauges of n applications costs O(n).
 */
final class DiscoveryGauges {

	private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final ServiceDiscovery discovery;

	private final MeterRegistry registry;

	private final LongSupplier nanoTime;

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, List<Meter>> gauges = new HashMap<>();

	private volatile Map<String, WatchStatus> watches = Map.of();

	private long lookedNanos;

	DiscoveryGauges(ServiceDiscovery discovery, MeterRegistry registry, LongSupplier nanoTime) {
		this.discovery = discovery;
		this.registry = registry;
		this.nanoTime = nanoTime;
		this.lookedNanos = nanoTime.getAsLong() - LOOK_NANOS;
	}

	/**
	 * Adds the gauges of the applications that are watched, and the one that is always
	 * there, so that there is one to read when there are no applications yet.
	 */
	void bind() {
		Gauge.builder("rpc.discovery.applications", () -> watches().size())
			.description("How many applications are watched in the registry")
			.register(this.registry);
		watches();
	}

	private Map<String, WatchStatus> watches() {
		// Somebody else's look is as good: waiting for it could be waiting for a thread
		// that waits for the meter registry, which may be ours.
		if (this.lock.tryLock()) {
			try {
				long now = this.nanoTime.getAsLong();
				if (now - this.lookedNanos >= LOOK_NANOS) {
					this.lookedNanos = now;
					this.watches = this.discovery.watches();
					reconcile(this.watches.keySet());
				}
			}
			finally {
				this.lock.unlock();
			}
		}
		return this.watches;
	}

	private void reconcile(Set<String> applications) {
		Set<String> gone = new HashSet<>(this.gauges.keySet());
		gone.removeAll(applications);
		gone.forEach((application) -> this.gauges.remove(application).forEach(this.registry::remove));
		applications.forEach((application) -> this.gauges.computeIfAbsent(application, this::gauges));
	}

	private List<Meter> gauges(String application) {
		return List.of(
				instances(application, "live", (watch) -> Math.max(0, watch.instances() - watch.quarantined().size())),
				instances(application, "quarantined", (watch) -> watch.quarantined().size()),
				gauge("rpc.discovery.stale", application, (watch) -> isStale(watch.state()) ? 1 : 0)
					.description("Whether the instances known rest on a registry that does not answer, or on a file")
					.register(this.registry));
	}

	private Meter instances(String application, String state, ToDoubleFunction<WatchStatus> value) {
		return gauge("rpc.discovery.instances", application, value).tag("rpc.state", state)
			.description("How many instances of an application are known")
			.register(this.registry);
	}

	private Gauge.Builder<?> gauge(String name, String application, ToDoubleFunction<WatchStatus> value) {
		return Gauge.builder(name, () -> {
			WatchStatus watch = watches().get(application);
			return (watch != null) ? value.applyAsDouble(watch) : Double.NaN;
		}).tag("rpc.application", application);
	}

	private static boolean isStale(State state) {
		return state == State.STALE || state == State.SNAPSHOT;
	}

}
