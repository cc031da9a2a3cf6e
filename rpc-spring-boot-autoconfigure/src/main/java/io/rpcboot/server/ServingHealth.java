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

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;

/**
 * The status that {@code grpc.health.v1} reports for the server as a whole ({@code ""})
 * and for each service: SERVING while the application accepts traffic, the server does
 * not drain, and nobody says that what stands behind it is not well. Other names may be
 * reported too: of those only what somebody says counts.
 */
final class ServingHealth {

	private final HealthStatusManager manager = new HealthStatusManager();

	private final Set<String> services;

	/** What somebody has said, by name. */
	private final Map<String, Boolean> told = new HashMap<>();

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

	/**
	 * Tells whether what stands behind a name is well.
	 * @param name the name of a service, {@code ""} for the server as a whole, or any
	 * other name that is to be reported
	 * @param well whether it is
	 */
	synchronized void well(String name, boolean well) {
		this.told.put(name, well);
		update();
	}

	/**
	 * Returns whether the application accepts traffic and the server does not drain.
	 */
	synchronized boolean isOpen() {
		return this.accepting && !this.draining;
	}

	/**
	 * Returns what is reported for a name.
	 */
	synchronized ServingStatus status(String name) {
		boolean own = name.equals(HealthStatusManager.SERVICE_NAME_ALL_SERVICES) || this.services.contains(name);
		return ((!own || isOpen()) && this.told.getOrDefault(name, own)) ? ServingStatus.SERVING
				: ServingStatus.NOT_SERVING;
	}

	private void update() {
		report(HealthStatusManager.SERVICE_NAME_ALL_SERVICES);
		this.services.forEach(this::report);
		this.told.keySet().forEach(this::report);
	}

	private void report(String name) {
		this.manager.setStatus(name, status(name));
	}

}
