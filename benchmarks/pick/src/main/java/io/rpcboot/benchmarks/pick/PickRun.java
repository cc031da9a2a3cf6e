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

package io.rpcboot.benchmarks.pick;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures picks and writes the tables. The policies take turns at each size, so that
 * what the machine does meanwhile meets all of them.
 */
public final class PickRun {

	private static final List<String> POLICIES = List.of(Cell.REFERENCE, "rpc_round_robin", "rpc_p2c", "rpc_random",
			"rpc_consistent_hash", "rpc_pick_first");

	private static final String JVM_FLAGS = "-Xmx1g";

	private static final int LOOKS = 3;

	private static final String ALLOCATED = "gc.alloc.rate.norm";

	private final PickOptions options;

	private final Figures figures = new Figures();

	private PickRun(PickOptions options) {
		this.options = options;
	}

	/**
	 * Runs.
	 * @param args see {@link PickOptions}
	 * @throws IOException if the results cannot be written
	 * @throws RunnerException if a benchmark fails
	 */
	public static void main(String[] args) throws IOException, RunnerException {
		PickOptions options = PickOptions.parse(args);
		PickRun run = new PickRun(options);
		for (int round = 0; round < options.rounds(); round++) {
			run.round(round);
		}
		Files.writeString(options.results(), new PickReport(options, run.figures).text(POLICIES, JVM_FLAGS));
		List<String> violations = run.figures.violations();
		violations.forEach(System.err::println);
		System.exit(violations.isEmpty() ? 0 : 1);
	}

	private void round(int round) throws RunnerException {
		List<String> policies = new ArrayList<>(POLICIES);
		Collections.rotate(policies, round);
		for (Measure measure : Measure.values()) {
			for (int size : this.options.sizes()) {
				for (String policy : policies) {
					Cell cell = new Cell(measure, policy, size);
					if (cell.isOurs() || measure.hasReference()) {
						measure(cell);
					}
				}
			}
		}
	}

	/**
	 * Looks again, and for longer, at a pick that seems to allocate: in an iteration that
	 * got little of the processor, what the harness allocates comes to much for each.
	 */
	private void measure(Cell cell) throws RunnerException {
		int millis = this.options.millis();
		RunResult result = new Runner(options(cell, millis)).runSingle();
		for (int look = 1; look < LOOKS && isSuspect(cell, result); look++) {
			millis *= 4;
			result = new Runner(options(cell, millis)).runSingle();
		}
		double nanos = result.getPrimaryResult().getScore();
		this.figures.add(cell, nanos, bytes(result));
		System.out.printf("%s %s of %,d: %.1f ns, %.3f bytes%n", cell.measure(), cell.policy(), cell.size(), nanos,
				bytes(result));
	}

	private static boolean isSuspect(Cell cell, RunResult result) {
		return cell.mustNotAllocate() && bytes(result) >= Figures.NOTHING_BYTES;
	}

	private static double bytes(RunResult result) {
		Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
		return (allocated != null) ? allocated.getScore() : Double.NaN;
	}

	private Options options(Cell cell, int millis) {
		return new OptionsBuilder()
			.include("^" + PickBenchmark.class.getName().replace(".", "\\.") + "\\." + cell.measure().method() + "$")
			.param("policy", cell.policy())
			.param("instances", String.valueOf(cell.size()))
			.param("variant", cell.measure().variant().name())
			.threads(cell.measure().threads())
			.forks(this.options.forks() ? 1 : 0)
			.jvmArgs(JVM_FLAGS)
			.warmupIterations(this.options.warmUps())
			.warmupTime(TimeValue.milliseconds(millis))
			.measurementIterations(this.options.iterations())
			.measurementTime(TimeValue.milliseconds(millis))
			.addProfiler(GCProfiler.class)
			.shouldFailOnError(true)
			.verbosity(VerboseMode.SILENT)
			.build();
	}

}
