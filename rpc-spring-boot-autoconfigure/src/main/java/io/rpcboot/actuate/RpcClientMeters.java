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
import java.util.TreeMap;
import java.util.function.LongSupplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.rpcboot.client.ReferenceGuards;
import io.rpcboot.client.RpcChannels;
import io.rpcboot.client.attempt.AttemptCounters;
import io.rpcboot.client.attempt.CallReport.Reason;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.balancer.BalancingCounts;

/**
 * The meters of the client, for each application that is called, by the tag
 * {@code rpc.application}: its instances by state, calls in flight, picks, what became of
 * attempts and hedges, what is left of the retry budget, why calls were not retried, what
 * fallbacks answered, and what throttling did not send. An application has its meters
 * from the first reading of {@code rpc.client.applications} after its first use.
 */
public final class RpcClientMeters implements MeterBinder {

	private final RpcChannels channels;

	private final BalancerContext balancing;

	private final ReferenceGuards guards;

	private final LongSupplier nanoTime;

	/**
	 * Creates the meters.
	 * @param channels the channels
	 * @param balancing what they share
	 * @param guards what stands in front of them
	 */
	public RpcClientMeters(RpcChannels channels, BalancerContext balancing, ReferenceGuards guards) {
		this(channels, balancing, guards, System::nanoTime);
	}

	RpcClientMeters(RpcChannels channels, BalancerContext balancing, ReferenceGuards guards, LongSupplier nanoTime) {
		this.channels = channels;
		this.balancing = balancing;
		this.guards = guards;
		this.nanoTime = nanoTime;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		LiveMeters<AttemptCounters> called = new LiveMeters<>(registry, this.nanoTime, this::called, this::attempts);
		LiveMeters<BalancingCounts> balanced = new LiveMeters<>(registry, this.nanoTime, this.balancing::counts,
				RpcClientMeters::balancing);
		Gauge.builder("rpc.client.applications", () -> {
			balanced.look();
			return called.look().size();
		}).description("How many applications have channels").register(registry);
		called.look();
		balanced.look();
	}

	private Map<String, AttemptCounters> called() {
		Map<String, AttemptCounters> called = new TreeMap<>();
		this.channels.applications()
			.forEach((application) -> called.put(application, this.channels.attempts(application)));
		return called;
	}

	private List<Meter> attempts(LiveMeters<AttemptCounters> meters, String application) {
		Tags tags = Tags.of("rpc.application", application);
		String retries = "Attempts that followed another one";
		String hedges = "Second attempts that were due before the first had ended";
		String fallbacks = "Failed calls that fallbacks took over";
		List<Meter> made = new ArrayList<>(List.of(
				meters.counter("rpc.client.retries", application, tags.and("rpc.kind", "retry"), retries,
						(counters) -> (double) counters.retries()),
				meters.counter("rpc.client.retries", application, tags.and("rpc.kind", "resend"), retries,
						(counters) -> (double) counters.resends()),
				meters.counter("rpc.client.hedges", application, tags.and("rpc.result", "won"), hedges,
						(counters) -> (double) counters.hedgesWon()),
				meters.counter("rpc.client.hedges", application, tags.and("rpc.result", "lost"), hedges,
						(counters) -> (double) counters.hedgesLost()),
				meters.counter("rpc.client.hedges", application, tags.and("rpc.result", "refused"), hedges,
						(counters) -> (double) counters.hedgesRefused()),
				meters.gauge("rpc.client.retry.budget", application, tags,
						"How many more attempts may be sent now, retries and hedges", AttemptCounters::budget),
				meters.counter("rpc.client.fallbacks", application, tags.and("rpc.result", "answered"), fallbacks,
						(counters) -> (double) this.guards.fallbacksAnswered(application)),
				meters.counter("rpc.client.fallbacks", application, tags.and("rpc.result", "failed"), fallbacks,
						(counters) -> (double) this.guards.fallbacksFailed(application)),
				meters.counter("rpc.client.throttled", application, tags,
						"Calls that throttling did not send, or would not have in a dry run",
						(counters) -> (double) this.guards.throttled(application))));
		for (Reason reason : Reason.values()) {
			made.add(meters.counter("rpc.client.not.retried", application,
					tags.and("rpc.reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-')),
					"Calls that failed and were not retried", (counters) -> (double) counters.notRetried(reason)));
		}
		return made;
	}

	private static List<Meter> balancing(LiveMeters<BalancingCounts> meters, String application) {
		Tags tags = Tags.of("rpc.application", application);
		String instances = "Instances by what the client thinks of them";
		return List.of(
				meters.gauge("rpc.client.instances", application, tags.and("rpc.state", "usable"), instances,
						BalancingCounts::usable),
				meters.gauge("rpc.client.instances", application, tags.and("rpc.state", "ejected"), instances,
						BalancingCounts::ejected),
				meters.gauge("rpc.client.instances", application, tags.and("rpc.state", "connecting"), instances,
						BalancingCounts::connecting),
				meters.gauge("rpc.client.instances", application, tags.and("rpc.state", "other"), instances,
						BalancingCounts::other),
				meters.gauge("rpc.client.calls.active", application, tags, "Attempts that are open, streams included",
						BalancingCounts::inFlight),
				meters.counter("rpc.client.picks", application, tags, "Attempts for which an instance was picked",
						(counts) -> (double) counts.picks()));
	}

}
