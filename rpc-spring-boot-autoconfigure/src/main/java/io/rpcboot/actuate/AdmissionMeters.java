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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.rpcboot.server.admission.AdmissionStatistics;
import io.rpcboot.server.admission.AdmissionStatistics.Executor;
import io.rpcboot.server.admission.AdmissionStatistics.Limit;
import io.rpcboot.server.admission.AdmissionStatistics.Reason;

/**
 * The meters of what a server lets in, in one meter registry. Which limits and executors
 * there are is known once the server has started.
 */
final class AdmissionMeters {

	private static final String REFUSED = "rpc.server.admission.refused";

	private static final String REFUSED_TEXT = "Calls that a limit refused, or would have in a dry run";

	private final Supplier<AdmissionStatistics> statistics;

	private final MeterRegistry registry;

	private final LiveMeters<Limit> limits;

	private final LiveMeters<Executor> executors;

	private final LiveMeters<Long> rates;

	AdmissionMeters(Supplier<AdmissionStatistics> statistics, MeterRegistry registry, LongSupplier nanoTime) {
		this.statistics = statistics;
		this.registry = registry;
		this.limits = new LiveMeters<>(registry, nanoTime, () -> statistics.get().limits(), AdmissionMeters::limit);
		this.executors = new LiveMeters<>(registry, nanoTime, () -> statistics.get().executors(),
				AdmissionMeters::executor);
		this.rates = new LiveMeters<>(registry, nanoTime, () -> statistics.get().refusedByRate(),
				AdmissionMeters::rate);
	}

	/**
	 * Adds the meter that is always there, and those that there are already.
	 */
	void bind() {
		Gauge.builder("rpc.server.admission.callers", () -> {
			look();
			return this.statistics.get().callers();
		}).description("How many callers are told apart").register(this.registry);
		look();
	}

	private void look() {
		this.limits.look();
		this.executors.look();
		this.rates.look();
	}

	private static List<Meter> limit(LiveMeters<Limit> meters, String scope) {
		Tags tags = Tags.of("rpc.scope", scope);
		List<Meter> made = new ArrayList<>(List.of(
				meters.gauge("rpc.server.admission.limit", scope, tags,
						"How many calls may run at a time; no value for any number",
						(limit) -> (limit.limit() != Integer.MAX_VALUE) ? limit.limit() : Double.NaN),
				meters.gauge("rpc.server.admission.limit.adaptive", scope, tags,
						"What the adaptive limit has found out, whether it applies or not; 0 if there is none",
						Limit::adaptiveLimit),
				meters.gauge("rpc.server.admission.running", scope, tags, "How many calls run under a limit",
						Limit::running),
				meters.gauge("rpc.server.admission.waiting", scope, tags, "How many calls wait for a limit",
						Limit::waiting)));
		for (Reason reason : Reason.values()) {
			made.add(meters.counter(REFUSED, scope,
					tags.and("rpc.reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-')), REFUSED_TEXT,
					(limit) -> (double) limit.refused().getOrDefault(reason, 0L)));
		}
		return made;
	}

	private static List<Meter> executor(LiveMeters<Executor> meters, String name) {
		Tags tags = Tags.of("rpc.executor", name);
		return List.of(
				meters.gauge("rpc.server.executor.threads", name, tags,
						"How many threads there are; 0 for virtual ones", Executor::threads),
				meters.gauge("rpc.server.executor.threads.max", name, tags,
						"How many threads there may be; 0 for virtual ones", Executor::maxThreads),
				meters.gauge("rpc.server.executor.active", name, tags,
						"How many threads run something; 0 for virtual ones", Executor::active),
				meters.gauge("rpc.server.executor.queued", name, tags, "How many calls wait for a thread",
						Executor::waiting),
				meters.gauge("rpc.server.executor.queue.capacity", name, tags, "How many calls may wait for a thread",
						Executor::queueCapacity),
				meters.counter("rpc.server.executor.refused", name, tags, "Calls that found the queue full",
						(executor) -> sum(executor.refused())));
	}

	private static List<Meter> rate(LiveMeters<Long> meters, String service) {
		return List.of(meters.counter(REFUSED, service, Tags.of("rpc.scope", service, "rpc.reason", "rate"),
				REFUSED_TEXT, Long::doubleValue));
	}

	private static double sum(Map<String, Long> counts) {
		return (double) counts.values().stream().mapToLong((count) -> count).sum();
	}

}
