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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.rpcboot.server.DrainStatistics;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcServerStartedEvent;

import org.springframework.context.ApplicationListener;

/**
 * The meters of the server: {@code rpc.server.loop.delay}, how late its event loops were
 * at most in the last 30 to 60 seconds, and {@code rpc.server.loop.blocked}, how often
 * each service declared {@link io.rpcboot.server.NonBlocking} held one of them for too
 * long, by the tag {@code rpc.service}; which services those are is known once the server
 * has started. Then what is open, whether the server drains and what became of calls
 * while it did, its connections, what its limits and executors let in and have refused,
 * and what deduplication has done.
 */
public final class RpcServerMeters implements MeterBinder, ApplicationListener<RpcServerStartedEvent> {

	private final RpcServerLifecycle server;

	private final LongSupplier nanoTime;

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	/**
	 * Creates the meters.
	 * @param server what is measured
	 */
	public RpcServerMeters(RpcServerLifecycle server) {
		this(server, System::nanoTime);
	}

	RpcServerMeters(RpcServerLifecycle server, LongSupplier nanoTime) {
		this.server = server;
		this.nanoTime = nanoTime;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		TimeGauge
			.builder("rpc.server.loop.delay", this.server, TimeUnit.NANOSECONDS,
					(lifecycle) -> lifecycle.loopDelay().toNanos())
			.description("How late the event loops of the RPC server were at most in the last 30 to 60 seconds")
			.register(registry);
		Gauge.builder("rpc.server.calls.active", this.server, (lifecycle) -> (double) lifecycle.activeCalls())
			.description("How many calls of users are open, streams included")
			.register(registry);
		Gauge.builder("rpc.server.draining", this.server, (lifecycle) -> lifecycle.isDraining() ? 1 : 0)
			.description("Whether the server serves on although it has been told to stop")
			.register(registry);
		drained(registry, "rpc.server.drain.served", "Calls that began while the server drained",
				DrainStatistics::served);
		drained(registry, "rpc.server.drain.late", "Calls that began after a draining server had closed its listener",
				DrainStatistics::late);
		drained(registry, "rpc.server.drain.forced", "Calls that were cut off at the end of a drain",
				DrainStatistics::forced);
		new ConnectionMeters(this.server, registry).bind();
		new AdmissionMeters(this.server::admission, registry, this.nanoTime).bind();
		new DeduplicationMeters(this.server::deduplication, registry).bind();
		this.registries.add(registry);
		bindServices(registry);
	}

	@Override
	public void onApplicationEvent(RpcServerStartedEvent event) {
		this.registries.forEach(this::bindServices);
	}

	private void drained(MeterRegistry registry, String name, String description,
			ToDoubleFunction<DrainStatistics> value) {
		FunctionCounter.builder(name, this.server, (lifecycle) -> value.applyAsDouble(lifecycle.drained()))
			.description(description)
			.register(registry);
	}

	private void bindServices(MeterRegistry registry) {
		for (String service : this.server.loopBlocks().keySet()) {
			FunctionCounter
				.builder("rpc.server.loop.blocked", this.server,
						(lifecycle) -> lifecycle.loopBlocks().getOrDefault(service, 0L))
				.description("How often a non-blocking service held an event loop for too long")
				.tag("rpc.service", service)
				.register(registry);
		}
	}

}
