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

import java.util.List;
import java.util.Locale;

import io.rpcboot.benchmarks.runner.Table;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures single pieces by JMH, each in a JVM of its own.
 */
final class Pieces {

	private static final String FLAGS = "-Xmx1g";

	private static final String ALLOCATED = "gc.alloc.rate.norm";

	/** What the harness allocates comes to less for each. */
	private static final double NOTHING_BYTES = 0.5;

	private final BudgetOptions options;

	Pieces(BudgetOptions options) {
		this.options = options;
	}

	String measure(List<Piece> pieces) throws RunnerException {
		Table table = new Table("piece", List.of("ns", "bytes"));
		for (Piece piece : pieces) {
			RunResult result = new Runner(options(piece).build()).runSingle();
			double nanos = result.getPrimaryResult().getScore();
			double bytes = bytes(result);
			table.row(piece.title(), List.of(Table.number(nanos), (bytes < NOTHING_BYTES) ? "0" : Table.number(bytes)));
			System.out.printf(Locale.ROOT, "%s: %,.1f ns, %,.1f bytes%n", piece.title(), nanos, bytes);
		}
		return "## Single pieces\n\nBy JMH on one thread, " + iterations() + " iterations of " + millis() + " ms after "
				+ warmUps() + " to warm up, each piece in a JVM of its own with `" + FLAGS
				+ "`. More about picks is in [PICK.md](PICK.md).\n\n" + table;
	}

	private ChainedOptionsBuilder options(Piece piece) {
		ChainedOptionsBuilder builder = new OptionsBuilder().include(piece.pattern())
			.forks(this.options.smoke() ? 0 : 1)
			.jvmArgs(FLAGS)
			.warmupIterations(warmUps())
			.warmupTime(TimeValue.milliseconds(millis()))
			.measurementIterations(iterations())
			.measurementTime(TimeValue.milliseconds(millis()))
			.addProfiler(GCProfiler.class)
			.shouldFailOnError(true)
			.verbosity(VerboseMode.SILENT);
		piece.parameters().forEach(builder::param);
		return builder;
	}

	private static double bytes(RunResult result) {
		Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
		return (allocated != null) ? allocated.getScore() : Double.NaN;
	}

	private int warmUps() {
		return this.options.smoke() ? 1 : 6;
	}

	private int iterations() {
		return this.options.smoke() ? 1 : 5;
	}

	private int millis() {
		return this.options.smoke() ? 20 : 250;
	}

}
