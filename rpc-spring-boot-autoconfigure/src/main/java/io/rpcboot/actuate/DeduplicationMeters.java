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

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpcboot.server.dedup.DeduplicationStatistics;
import org.jspecify.annotations.Nullable;

/**
 * The meters of deduplication in one meter registry.
 */
final class DeduplicationMeters {

	private final Supplier<@Nullable DeduplicationStatistics> statistics;

	private final MeterRegistry registry;

	DeduplicationMeters(Supplier<@Nullable DeduplicationStatistics> statistics, MeterRegistry registry) {
		this.statistics = statistics;
		this.registry = registry;
	}

	void bind() {
		attempts("executed", (now) -> (double) now.executed());
		attempts("joined", (now) -> (double) now.joined());
		attempts("replayed", (now) -> (double) now.replayed());
		attempts("mismatched", (now) -> (double) now.mismatched());
		attempts("aborted", (now) -> (double) now.aborted());
		FunctionCounter
			.builder("rpc.server.deduplication.evicted", this, (meters) -> meters.read((now) -> (double) now.evicted()))
			.description("Calls that the store of answers forgot before their time")
			.register(this.registry);
		Gauge.builder("rpc.server.deduplication.running", () -> read(DeduplicationStatistics::running))
			.description("How many calls with an id run now")
			.register(this.registry);
		Gauge.builder("rpc.server.deduplication.stored", () -> read((now) -> (double) now.bytes()))
			.baseUnit("bytes")
			.description("What the store of answers holds")
			.register(this.registry);
	}

	private void attempts(String result, ToDoubleFunction<DeduplicationStatistics> value) {
		FunctionCounter.builder("rpc.server.deduplication.attempts", this, (meters) -> meters.read(value))
			.tag("rpc.result", result)
			.description("Attempts of calls with an id, by what became of them")
			.register(this.registry);
	}

	/** Nothing is running when the server does not. */
	private double read(ToDoubleFunction<DeduplicationStatistics> value) {
		DeduplicationStatistics now = this.statistics.get();
		return (now != null) ? value.applyAsDouble(now) : 0;
	}

}
