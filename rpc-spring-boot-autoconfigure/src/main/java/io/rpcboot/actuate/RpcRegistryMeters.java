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

import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistrationStatistics;
import io.rpcboot.registry.ServiceDiscovery;
import org.jspecify.annotations.Nullable;

/**
 * The meters of the registry: {@code rpc.registration.registered}, 1 while this instance
 * is registered and 0 while it is not, {@code rpc.registration.renewals} and
 * {@code rpc.registration.losses}, {@code rpc.discovery.applications}, how many
 * applications are watched, and for each of them by the tag {@code rpc.application}
 * {@code rpc.discovery.instances}, by the tag {@code rpc.state},
 * {@code rpc.discovery.stale} and {@code rpc.discovery.age}. An application has its
 * meters from the first reading of any of these after its first use.
 */
public final class RpcRegistryMeters implements MeterBinder {

	private final ServiceDiscovery discovery;

	private final Supplier<@Nullable RegistrationState> registration;

	private final Supplier<RegistrationStatistics> statistics;

	private final LongSupplier nanoTime;

	/**
	 * Creates the meters.
	 * @param discovery the registry
	 * @param registration the state of the registration; {@code null} where there is none
	 * @param statistics how it has been kept
	 */
	public RpcRegistryMeters(ServiceDiscovery discovery, Supplier<@Nullable RegistrationState> registration,
			Supplier<RegistrationStatistics> statistics) {
		this(discovery, registration, statistics, System::nanoTime);
	}

	RpcRegistryMeters(ServiceDiscovery discovery, Supplier<@Nullable RegistrationState> registration,
			Supplier<RegistrationStatistics> statistics, LongSupplier nanoTime) {
		this.discovery = discovery;
		this.registration = registration;
		this.statistics = statistics;
		this.nanoTime = nanoTime;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("rpc.registration.registered", this::registered)
			.description("Whether this instance is in the registry")
			.register(registry);
		FunctionCounter
			.builder("rpc.registration.renewals", this.statistics, (statistics) -> (double) statistics.get().renewals())
			.description("How often the registry has confirmed the lease of this instance")
			.register(registry);
		FunctionCounter
			.builder("rpc.registration.losses", this.statistics, (statistics) -> (double) statistics.get().losses())
			.description("How often the registry has lost this instance, which was put back")
			.register(registry);
		new DiscoveryGauges(this.discovery, registry, this.nanoTime).bind();
	}

	private double registered() {
		RegistrationState state = this.registration.get();
		if (state == null) {
			return Double.NaN;
		}
		return (state == RegistrationState.REGISTERED) ? 1 : 0;
	}

}
