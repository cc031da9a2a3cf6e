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

package io.rpcboot.server;

import java.util.Set;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;

/**
 * The status that {@code grpc.health.v1} reports for the server as a whole ({@code ""})
 * and for each service: SERVING while the application accepts traffic and the server does
 * not drain.
 */
final class ServingHealth {

	private final HealthStatusManager manager = new HealthStatusManager();

	private final Set<String> services;

	private boolean accepting;

	private boolean draining;

	ServingHealth(Set<String> services) {
		this.services = services;
		update();
	}

	BindableService service() {
		return this.manager.getHealthService();
	}

	synchronized void acceptingTraffic(boolean newAccepting) {
		this.accepting = newAccepting;
		update();
	}

	synchronized void drain() {
		this.draining = true;
		update();
	}

	private void update() {
		ServingStatus status = (this.accepting && !this.draining) ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
		this.manager.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
		this.services.forEach((service) -> this.manager.setStatus(service, status));
	}

}
