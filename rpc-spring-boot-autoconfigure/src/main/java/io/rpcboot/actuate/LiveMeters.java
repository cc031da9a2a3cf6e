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
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * The meters of things that come and go at run time, in one meter registry. Whichever of
 * them is read first looks which things there are, and adds and removes meters. It does
 * so once a second at most: to read all meters of n things costs O(n). Calls cost
 * nothing.
 *
 * @param <V> what is known of a thing
 */
final class LiveMeters<V> {

	private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final MeterRegistry registry;

	private final LongSupplier nanoTime;

	private final Supplier<Map<String, V>> source;

	private final Factory<V> factory;

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, List<Meter>> meters = new HashMap<>();

	private volatile Map<String, V> known = Map.of();

	private long lookedNanos;

	/**
	 * Creates the meters; none is registered before the first look.
	 * @param registry where they are registered
	 * @param nanoTime the monotonic clock
	 * @param source tells which things there are, by name
	 * @param factory makes the meters of a thing
	 */
	LiveMeters(MeterRegistry registry, LongSupplier nanoTime, Supplier<Map<String, V>> source, Factory<V> factory) {
		this.registry = registry;
		this.nanoTime = nanoTime;
		this.source = source;
		this.factory = factory;
		this.lookedNanos = nanoTime.getAsLong() - LOOK_NANOS;
	}

	/**
	 * Returns what is known, as of a second ago at most.
	 */
	Map<String, V> look() {
		// Somebody else's look is as good: waiting for it could be waiting for a thread
		// that waits for the meter registry, which may be ours.
		if (this.lock.tryLock()) {
			try {
				long now = this.nanoTime.getAsLong();
				if (now - this.lookedNanos >= LOOK_NANOS) {
					this.lookedNanos = now;
					this.known = this.source.get();
					reconcile(this.known.keySet());
				}
			}
			finally {
				this.lock.unlock();
			}
		}
		return this.known;
	}

	/**
	 * Makes a gauge of a thing; it has no value once the thing is gone.
	 */
	Meter gauge(String name, String thing, Tags tags, String description, ToDoubleFunction<V> value) {
		return Gauge.builder(name, () -> value(thing, value, Double.NaN))
			.tags(tags)
			.description(description)
			.register(this.registry);
	}

	/**
	 * Makes a counter of a thing.
	 */
	Meter counter(String name, String thing, Tags tags, String description, ToDoubleFunction<V> value) {
		return FunctionCounter.builder(name, this, (meters) -> meters.value(thing, value, 0))
			.tags(tags)
			.description(description)
			.register(this.registry);
	}

	private double value(String thing, ToDoubleFunction<V> value, double gone) {
		V current = look().get(thing);
		return (current != null) ? value.applyAsDouble(current) : gone;
	}

	private void reconcile(Set<String> things) {
		Set<String> gone = new HashSet<>(this.meters.keySet());
		gone.removeAll(things);
		gone.forEach((thing) -> this.meters.remove(thing).forEach(this.registry::remove));
		things.forEach((thing) -> this.meters.computeIfAbsent(thing, (name) -> this.factory.meters(this, name)));
	}

	/**
	 * Makes the meters of a thing.
	 *
	 * @param <V> what is known of it
	 */
	@FunctionalInterface
	interface Factory<V> {

		List<Meter> meters(LiveMeters<V> meters, String thing);

	}

}
