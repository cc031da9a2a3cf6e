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

package io.rpcboot.client.balancer.simulation;

import io.rpcboot.client.balancer.outlier.InstanceOutcomes;
import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.balancer.policy.InstanceStatistics;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * What one client knows of one server.
 */
final class SimulatedConnection implements Candidate {

	private final SimulatedServer server;

	private final ServiceInstance instance;

	private final InstanceStatistics statistics;

	private final @Nullable InstanceOutcomes outcomes;

	private double weight;

	private boolean usable;

	private boolean connected;

	private boolean draining;

	SimulatedConnection(SimulatedServer server, InstanceStatistics statistics, @Nullable InstanceOutcomes outcomes) {
		this.server = server;
		this.instance = ServiceInstance.of(server.id(), "demo-provider", "127.0.0.1", 9090);
		this.statistics = statistics;
		this.outcomes = outcomes;
		this.weight = this.instance.weight();
	}

	@Override
	public ServiceInstance instance() {
		return this.instance;
	}

	@Override
	public double weight() {
		return this.weight;
	}

	@Override
	public InstanceStatistics statistics() {
		return this.statistics;
	}

	@Override
	public boolean isUsable() {
		return this.usable;
	}

	SimulatedServer server() {
		return this.server;
	}

	@Nullable InstanceOutcomes outcomes() {
		return this.outcomes;
	}

	boolean isServing() {
		return this.connected && !this.draining;
	}

	boolean isDraining() {
		return this.draining;
	}

	void weight(double newWeight) {
		this.weight = newWeight;
	}

	void usable(boolean newUsable) {
		this.usable = newUsable;
	}

	void connected(boolean newConnected) {
		this.connected = newConnected;
	}

	void drain() {
		this.draining = true;
	}

}
