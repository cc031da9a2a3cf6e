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

package io.rpcboot.benchmarks.gate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.driver.Scenario;

/**
 * Measures one mode after the other, each alone.
 */
final class Measurement {

	private static final List<Scenario> SCENARIOS = List.of(Scenario.U64, Scenario.U1, Scenario.SSTREAM,
			Scenario.CSTREAM, Scenario.BIDI);

	private static final int ROUNDS = 3;

	private static final long ROUND_MILLIS = 500;

	/** By count: a busy machine takes longer for them. */
	private static final int FIRST_WARM_UP_CALLS = 150_000;

	private static final int WARM_UP_CALLS = 20_000;

	private static final int MOST_WARM_UPS = 60;

	private static final long REST_MILLIS = 3_000;

	private final String etcd;

	private final Path logs;

	private final Figures figures = new Figures();

	private final Map<Mode, Map<Scenario, Cost>> costs = new EnumMap<>(Mode.class);

	/**
	 * Creates a measurement.
	 * @param etcd etcd's endpoint
	 * @param logs the directory of the logs
	 */
	Measurement(String etcd, Path logs) {
		this.etcd = etcd;
		this.logs = logs;
	}

	/**
	 * Measures all.
	 * @return the figures
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if interrupted
	 */
	Figures run() throws IOException, InterruptedException {
		for (Mode mode : Mode.values()) {
			try (Pair pair = Pair.start(mode.id(), mode.mainPrefix(), mode.argument(), this.etcd, this.logs)) {
				if (mode == Mode.BLOCKING_SAFE) {
					afterStart(pair);
				}
				this.costs.put(mode, costs(pair));
				if (mode == Mode.BLOCKING_SAFE) {
					afterLoad(pair);
				}
			}
		}
		Cost tuned = cost(Mode.TUNED, Scenario.U64);
		System.out.printf("a unary call of tuned grpc-java: server %.0f B, client %.0f B%n", tuned.serverBytes(),
				tuned.clientBytes());
		compare(Mode.BLOCKING_SAFE);
		compare(Mode.NON_BLOCKING);
		return this.figures;
	}

	private void afterStart(Pair pair) throws InterruptedException {
		ProcessStats server = pair.server();
		ProcessStats client = pair.client();
		this.figures.putCount("server.classes-at-first-call", server.classes());
		this.figures.putCount("client.classes-at-first-call", client.classes());
		this.figures.putCount("server.threads-after-start", server.threads());
		this.figures.putCount("client.threads-after-start", client.threads());
	}

	private void afterLoad(Pair pair) throws InterruptedException {
		ProcessStats server = pair.server();
		ProcessStats client = pair.client();
		this.figures.putCount("server.threads-after-load", server.threads());
		this.figures.putCount("client.threads-after-load", client.threads());
		Thread.sleep(REST_MILLIS);
		this.figures.put("server.wake-ups-a-second-at-rest", wakeUpsASecond(pair.server().since(server)));
		this.figures.put("client.wake-ups-a-second-at-rest", wakeUpsASecond(pair.client().since(client)));
	}

	private static double wakeUpsASecond(ProcessStats rest) {
		return rest.wakeUps() * 1e9 / rest.nanos();
	}

	private Map<Scenario, Cost> costs(Pair pair) throws InterruptedException {
		Map<Scenario, Cost> costs = new EnumMap<>(Scenario.class);
		for (Scenario scenario : SCENARIOS) {
			warmUp(pair, scenario, costs.isEmpty() ? FIRST_WARM_UP_CALLS : WARM_UP_CALLS);
			Cost least = Cost.UNKNOWN;
			for (int round = 0; round < ROUNDS; round++) {
				least = least.least(pair.run(scenario, ROUND_MILLIS).cost());
			}
			costs.put(scenario, least);
		}
		return costs;
	}

	private static void warmUp(Pair pair, Scenario scenario, long calls) throws InterruptedException {
		long made = 0;
		for (int i = 0; i < MOST_WARM_UPS && made < calls; i++) {
			made += pair.run(scenario, ROUND_MILLIS).count();
		}
	}

	private void compare(Mode mode) {
		Cost unary = cost(mode, Scenario.U64);
		System.out.printf("a unary call, %s: server %.0f B, client %.0f B%n", mode.id(), unary.serverBytes(),
				unary.clientBytes());
		putBytes(mode, "unary", Scenario.U64);
		putBytes(mode, "server-stream", Scenario.SSTREAM);
		putBytes(mode, "client-stream", Scenario.CSTREAM);
		putBytes(mode, "bidi", Scenario.BIDI);
		this.figures.put(mode.id() + ".unary-at-1.wake-ups", cost(mode, Scenario.U1).wakeUps());
		this.figures.put(mode.id() + ".unary-at-64.wake-ups", unary.wakeUps());
	}

	private void putBytes(Mode mode, String what, Scenario scenario) {
		this.figures.put(mode.id() + "." + what + ".bytes",
				cost(mode, scenario).bytes() - cost(Mode.TUNED, scenario).bytes());
	}

	private Cost cost(Mode mode, Scenario scenario) {
		return Objects.requireNonNull(Objects.requireNonNull(this.costs.get(mode)).get(scenario));
	}

}
