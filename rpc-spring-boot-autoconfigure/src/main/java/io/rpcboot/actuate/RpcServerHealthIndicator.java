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

import io.rpcboot.registry.RegistrationState;
import io.rpcboot.server.RpcServerLifecycle;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Tells whether the server wants calls: UP while it listens and the application accepts
 * traffic, OUT_OF_SERVICE before that, while it drains, and when it does not listen;
 * UNKNOWN where there is nothing to serve. Good for readiness, never for liveness: a
 * server that drains must not be restarted.
 */
public final class RpcServerHealthIndicator implements HealthIndicator {

	private final RpcServerLifecycle server;

	/**
	 * Creates the indicator.
	 * @param server the server
	 */
	public RpcServerHealthIndicator(RpcServerLifecycle server) {
		this.server = server;
	}

	@Override
	public Health health() {
		if (!this.server.isRunning()) {
			return this.server.hasServices() ? Health.outOfService().withDetail("server", "does not listen").build()
					: Health.unknown().withDetail("server", "has nothing to serve").build();
		}
		boolean accepting = this.server.isAccepting();
		Health.Builder health = (accepting ? Health.up() : Health.outOfService()).withDetail("port", this.server.port())
			.withDetail("accepting", accepting)
			.withDetail("draining", this.server.isDraining())
			.withDetail("activeCalls", this.server.activeCalls());
		RegistrationState registration = this.server.registration();
		if (registration != null) {
			health.withDetail("registration", registration.name());
		}
		return health.build();
	}

}
