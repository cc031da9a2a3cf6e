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

import java.util.Map;
import java.util.function.Supplier;

import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.WatchStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Tells where the registration of this instance stands, and what is known of the
 * applications that it calls. Always UP: a registry that is away takes nothing from an
 * application that serves and knows its peers, so it must not take the application out of
 * traffic either.
 */
public final class RpcRegistryHealthIndicator implements HealthIndicator {

	private final ServiceDiscovery discovery;

	private final Supplier<@Nullable RegistrationState> registration;

	/**
	 * Creates the indicator.
	 * @param discovery the registry
	 * @param registration the state of the registration; {@code null} where there is none
	 */
	public RpcRegistryHealthIndicator(ServiceDiscovery discovery, Supplier<@Nullable RegistrationState> registration) {
		this.discovery = discovery;
		this.registration = registration;
	}

	@Override
	public Health health() {
		Health.Builder health = Health.up().withDetail("registry", this.discovery.describe());
		RegistrationState state = this.registration.get();
		if (state != null) {
			health.withDetail("registration", state.name());
		}
		Map<String, WatchStatus> watches = this.discovery.watches();
		if (!watches.isEmpty()) {
			health.withDetail("discovery", DiscoveryDetail.of(watches));
		}
		return health.build();
	}

}
