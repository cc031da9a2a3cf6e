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

import java.util.ArrayList;
import java.util.List;

import io.rpcboot.client.balancer.policy.XxHash64;

/**
 * Runs one incident under one variant: three clients, twelve servers, calls that come at
 * random and do not wait for each other. Each variant sees the same calls at the same
 * time, with the same work to do.
 */
final class Simulation {

	static final int SERVERS = 12;

	static final int CLIENTS = 3;

	static final double MEDIAN_MILLIS = 10;

	static final double SIGMA = 0.5;

	/** How much more work a heavy call is. */
	static final int HEAVY = 30;

	private static final long SEED = 42;

	private static final long WARM_UP = VirtualTime.seconds(5);

	private static final int KEYS = 10_000;

	private final VirtualTime time = new VirtualTime();

	private final Measurements measurements = new Measurements(WARM_UP);

	private final Incident incident;

	private final Fleet fleet;

	private final double meanGap;

	private final long end;

	private final long[] keys = new long[KEYS];

	private Simulation(Incident incident, Variant variant) {
		this.incident = incident;
		this.end = WARM_UP + VirtualTime.seconds(incident.seconds());
		this.meanGap = (double) VirtualTime.seconds(CLIENTS) / incident.callsPerSecond();
		for (int i = 0; i < KEYS; i++) {
			this.keys[i] = XxHash64.hash("key-" + i);
		}
		List<SimulatedClient> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			clients.add(new SimulatedClient(this.time, variant, new Chance(SEED + i), this.measurements));
		}
		this.fleet = new Fleet(this.time, clients, incident.threads());
	}

	static Result run(Incident incident, Variant variant) {
		return new Simulation(incident, variant).run(variant);
	}

	private Result run(Variant variant) {
		this.fleet.startWarm(SERVERS);
		long seed = SEED + CLIENTS;
		for (SimulatedClient client : this.fleet.clients()) {
			planCall(client, new Chance(seed++));
		}
		this.time.at(WARM_UP, () -> this.incident.begin(this.fleet));
		this.time.runUntil(this.end + SimulatedClient.TIMEOUT);
		this.measurements.close();
		return new Result(this.incident, variant, this.measurements,
				Shares.of(this.fleet.servers(), this.measurements::calls, WARM_UP, this.end));
	}

	private void planCall(SimulatedClient client, Chance chance) {
		this.time.after((long) chance.exponential(this.meanGap), () -> {
			if (this.time.now() < this.end) {
				double work = chance.lognormal(MEDIAN_MILLIS, SIGMA)
						* (chance.happens(this.incident.heavy()) ? HEAVY : 1);
				client.call(VirtualTime.millis(work), chance.happens(this.incident.poisoned()),
						this.keys[chance.below(KEYS)]);
				planCall(client, chance);
			}
		});
	}

}
