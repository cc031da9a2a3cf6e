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

package io.rpcboot.benchmarks.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.rpcboot.benchmarks.driver.Scenario;

/**
 * Measures all peers in turn, round by round, and writes the tables.
 */
public final class Runner {

	private static final long RAMP_MILLIS = 100;

	// All warming up takes at most so many times what one scenario's does.
	private static final int WARM_UPS = 100;

	private static final double UNSETTLED_JIT_SHARE = 0.2;

	private final Options options;

	private final Jvm jvm;

	private final Path work;

	private final long begun = System.nanoTime();

	private final List<RunningPeer> peers = new ArrayList<>();

	private final Results results = new Results();

	private final Failures failures = new Failures();

	private Runner(Options options, Jvm jvm, Path work) {
		this.options = options;
		this.jvm = jvm;
		this.work = work;
	}

	/**
	 * Runs the benchmarks; ends with 1 if a call failed.
	 * @param args options, each a name and a value
	 * @throws IOException if a process or a file fails
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Options options = Options.parse(args);
		Path work = Files.createDirectories(options.root().resolve("target"));
		List<String> failures;
		if (options.peers().stream().anyMatch(Peer::needsEtcd)) {
			Path data = work.resolve("etcd");
			delete(data);
			try (Etcd etcd = Etcd.start(options.etcd(), Files.createDirectories(data))) {
				failures = run(options, work, etcd.endpoint());
			}
		}
		else {
			failures = run(options, work, "none");
		}
		if (!failures.isEmpty()) {
			System.err.println(
					"FAILED: calls have failed, so the figures are worth nothing\n  " + String.join("\n  ", failures));
			System.exit(1);
		}
	}

	private static List<String> run(Options options, Path work, String etcd) throws IOException, InterruptedException {
		Jvm jvm = new Jvm(options.root(), work, options.newerJdk(), etcd);
		Runner runner = new Runner(options, jvm, work);
		try {
			runner.run();
		}
		finally {
			runner.peers.forEach(RunningPeer::close);
		}
		return runner.failures.texts();
	}

	private void run() throws IOException, InterruptedException {
		start();
		warmUp();
		measure();
		String text = report();
		System.out.println(text);
		if (this.failures.texts().isEmpty()) {
			Files.writeString(this.options.results(), text);
		}
	}

	private void start() throws IOException, InterruptedException {
		Probe probe = Probe.warmedUp(this.jvm);
		boolean virtual = this.options.loads().contains(Scenario.B16V);
		for (Peer peer : this.options.peers()) {
			RunningPeer running = RunningPeer.start(peer, this.jvm, probe, virtual && peer.takes(Scenario.B16V));
			this.peers.add(running);
			say("%s is up: server %.0f ms, client %.0f ms", peer.id(), running.start().serverMillis(),
					running.start().clientMillis());
		}
	}

	private void warmUp() throws InterruptedException {
		long begun = System.nanoTime();
		Map<RunningPeer, List<Scenario>> unsettled = new LinkedHashMap<>();
		for (RunningPeer peer : this.peers) {
			unsettled.put(peer, warmUp(peer, scenariosOf(peer)));
			say("%s is warm but for %s", peer.peer().id(), unsettled.get(peer));
		}
		// By scenario, so that no peer goes without when the time runs out.
		for (Scenario scenario : this.options.loads()) {
			if (System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(WARM_UPS * this.options.warmUpMillis())) {
				return;
			}
			for (Map.Entry<RunningPeer, List<Scenario>> peer : unsettled.entrySet()) {
				if (peer.getValue().contains(scenario)) {
					warmUp(peer.getKey(), List.of(scenario));
				}
			}
		}
	}

	// Returns the scenarios in which the compilers still had much to do.
	private List<Scenario> warmUp(RunningPeer peer, List<Scenario> scenarios) throws InterruptedException {
		List<Scenario> unsettled = new ArrayList<>();
		for (Scenario scenario : scenarios) {
			Cell cell = peer.measure(scenario, 0, RAMP_MILLIS, this.options.warmUpMillis(), this.failures);
			if (cell.jitShare() > UNSETTLED_JIT_SHARE) {
				unsettled.add(scenario);
			}
		}
		return unsettled;
	}

	private void measure() throws IOException, InterruptedException {
		long longestRound = 0;
		for (int round = 0; round < this.options.rounds(); round++) {
			long begun = System.nanoTime();
			if (begun - this.begun + longestRound > TimeUnit.SECONDS.toNanos(this.options.budgetSeconds())) {
				say("there is no time for round %d", round + 1);
				return;
			}
			measure(round);
			longestRound = Math.max(longestRound, System.nanoTime() - begun);
		}
	}

	private void measure(int round) throws IOException, InterruptedException {
		int turn = round;
		for (Scenario scenario : this.options.loads()) {
			for (RunningPeer peer : inTurn(turn++)) {
				if (peer.peer().takes(scenario)) {
					add(peer.measure(scenario, round, RAMP_MILLIS, this.options.measureMillis(), this.failures));
				}
			}
		}
		if (this.options.h2load() != null) {
			H2Load h2load = new H2Load(this.options.h2load(), this.work);
			for (H2Load.Shape shape : this.options.shapes()) {
				for (RunningPeer peer : inTurn(turn++)) {
					add(h2load.measure(peer, shape, round, this.options.measureMillis(), this.failures));
				}
			}
		}
	}

	private List<Scenario> scenariosOf(RunningPeer peer) {
		return this.options.loads().stream().filter((scenario) -> peer.peer().takes(scenario)).toList();
	}

	// So that no peer is always measured after the same other one.
	private List<RunningPeer> inTurn(int turn) {
		List<RunningPeer> rotated = new ArrayList<>(this.peers);
		Collections.rotate(rotated, turn);
		return rotated;
	}

	private void add(Cell cell) {
		this.results.add(cell);
		say("round %d %-9s %-7s %,10.0f/s  p99 %,8.0f us  server %6.1f client %6.1f us CPU", cell.round() + 1,
				cell.scenario(), cell.peer().id(), cell.perSecond(), cell.p99(), cell.serverCpu(),
				cell.client().cpuMicros());
	}

	private String report() throws IOException, InterruptedException {
		Map<Peer, String> versions = new LinkedHashMap<>();
		for (RunningPeer peer : this.peers) {
			versions.put(peer.peer(), Machine.versions(this.jvm.classPath(peer.peer())));
		}
		Report report = new Report(this.options, this.results);
		report.head(versions);
		report.throughput();
		report.latency();
		report.cpu();
		report.usage();
		report.starts(this.peers);
		report.h2load();
		report.bars();
		return report.text();
	}

	private static void say(String format, Object... args) {
		System.out.printf(Locale.ROOT, format + "%n", args);
	}

	private static void delete(Path directory) throws IOException {
		if (!Files.exists(directory)) {
			return;
		}
		try (Stream<Path> paths = Files.walk(directory)) {
			for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(path);
			}
		}
	}

}
