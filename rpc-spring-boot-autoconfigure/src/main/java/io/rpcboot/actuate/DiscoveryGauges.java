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

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.registry.WatchStatus.State;
import org.jspecify.annotations.Nullable;

/**
 * The gauges of discovery in one meter registry.
 */
final class DiscoveryGauges {

	private final ServiceDiscovery discovery;

	private final MeterRegistry registry;

	private final LiveMeters<Watched> applications;

	DiscoveryGauges(ServiceDiscovery discovery, MeterRegistry registry, LongSupplier nanoTime) {
		this.discovery = discovery;
		this.registry = registry;
		this.applications = new LiveMeters<>(registry, nanoTime, this::watched, this::gauges);
	}

	/**
	 * Adds the gauges of the applications that are watched, and the one that is always
	 * there, so that there is one to read when there are no applications yet.
	 */
	void bind() {
		Gauge.builder("rpc.discovery.applications", () -> this.applications.look().size())
			.description("How many applications are watched in the registry")
			.register(this.registry);
		this.applications.look();
	}

	private Map<String, Watched> watched() {
		Map<String, Duration> ages = this.discovery.ages();
		Map<String, Watched> watched = new HashMap<>();
		this.discovery.watches()
			.forEach((application, status) -> watched.put(application, new Watched(status, ages.get(application))));
		return watched;
	}

	private List<Meter> gauges(LiveMeters<Watched> meters, String application) {
		Tags tags = Tags.of("rpc.application", application);
		String instances = "How many instances of an application are known";
		return List.of(
				meters.gauge("rpc.discovery.instances", application, tags.and("rpc.state", "live"), instances,
						(watched) -> Math.max(0, watched.status().instances() - watched.status().quarantined().size())),
				meters.gauge("rpc.discovery.instances", application, tags.and("rpc.state", "quarantined"), instances,
						(watched) -> watched.status().quarantined().size()),
				meters.gauge("rpc.discovery.stale", application, tags,
						"Whether the instances known rest on a registry that does not answer, or on a file",
						(watched) -> isStale(watched.status().state()) ? 1 : 0),
				age(application, tags));
	}

	private Meter age(String application, Tags tags) {
		return TimeGauge.builder("rpc.discovery.age", () -> {
			Watched watched = this.applications.look().get(application);
			Duration age = (watched != null) ? watched.age() : null;
			return (age != null) ? age.toNanos() : Double.NaN;
		}, TimeUnit.NANOSECONDS)
			.tags(tags)
			.description("How long ago the registry has answered last about an application")
			.register(this.registry);
	}

	private static boolean isStale(State state) {
		return state == State.STALE || state == State.SNAPSHOT;
	}

	/**
	 * What is known of an application.
	 *
	 * @param status how its watch stands
	 * @param age how long ago the registry answered; {@code null} if it does not know
	 */
	private record Watched(WatchStatus status, @Nullable Duration age) {

	}

}
