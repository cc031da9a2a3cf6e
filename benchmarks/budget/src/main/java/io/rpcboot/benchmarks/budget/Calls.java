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

package io.rpcboot.benchmarks.budget;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.rpcboot.benchmarks.driver.Scenario;
import io.rpcboot.benchmarks.runner.PeerProcess;
import io.rpcboot.benchmarks.runner.ProcessPair;
import io.rpcboot.benchmarks.runner.ProcessPair.Measurement;

/**
 * Measures whole calls at some steps, in turn. All processes stay alive; one whose turn
 * it is not does nothing.
 */
final class Calls implements AutoCloseable {

	static final String FLAGS = "-Xmx256m";

	private static final long RAMP_MILLIS = 100;

	private static final int WARM_UPS = 3;

	private final Path logs;

	private final Map<Step, ProcessPair> pairs = new LinkedHashMap<>();

	private final CallFigures figures = new CallFigures();

	private Calls(Path logs) {
		this.logs = logs;
	}

	/**
	 * Measures.
	 * @param steps what to measure
	 * @param options how long
	 * @return the figures
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if interrupted
	 */
	static CallFigures measure(List<Step> steps, BudgetOptions options) throws IOException, InterruptedException {
		try (Calls calls = new Calls(options.work())) {
			for (Step step : steps) {
				calls.start(step);
			}
			// Twice, since the last to be warmed up has the longest rest of the
			// compilers'
			// work before it.
			for (int turn = 0; turn < WARM_UPS; turn++) {
				calls.round(steps, turn, options.warmUpMillis() / WARM_UPS, false);
			}
			for (int round = 0; round < options.rounds(); round++) {
				calls.round(steps, round, options.measureMillis(), true);
			}
			return calls.figures;
		}
	}

	private void start(Step step) throws IOException, InterruptedException {
		PeerProcess server = process(step.id() + "-server", step.serverCommand());
		int port = (int) server.await("READY").number("port");
		PeerProcess client = process(step.id() + "-client", step.clientCommand(port));
		this.pairs.put(step, new ProcessPair(server, client));
		client.await("READY");
	}

	private PeerProcess process(String name, List<String> arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java", FLAGS,
						"-cp", System.getProperty("java.class.path")));
		command.addAll(arguments);
		return new PeerProcess(name, command, this.logs);
	}

	// In an order that turns, so that no step is always measured after the same other
	// one.
	private void round(List<Step> steps, int round, long millis, boolean counts) throws InterruptedException {
		List<Step> inTurn = new ArrayList<>(steps);
		Collections.rotate(inTurn, round);
		for (Step step : inTurn) {
			Measurement measured = pair(step).measure(Scenario.U64, RAMP_MILLIS, millis);
			if (measured.failures() > 0) {
				throw new IllegalStateException(
						step.id() + ": " + measured.failures() + " calls have failed, such as " + measured.failure());
			}
			if (counts) {
				this.figures.add(step, round, measured);
				System.out.printf(Locale.ROOT, "round %d %-20s %,9.0f/s  CPU %5.2f + %5.2f us  %,6.0f + %,6.0f B%n",
						round + 1, step.id(), measured.perSecond(), measured.server().cpuMicros(),
						measured.client().cpuMicros(), measured.server().bytes(), measured.client().bytes());
			}
		}
	}

	private ProcessPair pair(Step step) {
		ProcessPair pair = this.pairs.get(step);
		if (pair == null) {
			throw new IllegalStateException(step + " is not started");
		}
		return pair;
	}

	@Override
	public void close() {
		this.pairs.values().forEach((pair) -> {
			pair.client().close();
			pair.server().close();
		});
	}

}
