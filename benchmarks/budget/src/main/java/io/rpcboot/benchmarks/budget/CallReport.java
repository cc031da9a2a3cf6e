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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

import io.rpcboot.benchmarks.runner.ProcessPair.Measurement;
import io.rpcboot.benchmarks.runner.Table;

/**
 * Puts the figures of whole calls into tables.
 */
final class CallReport {

	/** How many times the CPU of tuned grpc-java a call may take. */
	private static final double CPU_BAR = 2;

	private static final double NON_BLOCKING_CPU_BAR = 1.4;

	private final String title;

	private final String about;

	private final CallFigures figures;

	CallReport(String title, String about, CallFigures figures) {
		this.title = title;
		this.about = about;
		this.figures = figures;
	}

	/**
	 * Returns the section about some steps.
	 * @param steps the steps
	 * @return the section
	 */
	String of(List<Step> steps) {
		return "## " + this.title + "\n\n" + this.about + " Of the processors, compilers had "
				+ Math.round(100 * this.figures.jitShare()) + " % in the median.\n\n" + table(steps) + "\n";
	}

	private Table table(List<Step> steps) {
		Table table = new Table("step", List.of("has besides", "beside", "calls/s", "(ratio)",
				"CPU µs, server + client", "more CPU µs", "bytes, server + client", "more bytes"));
		for (Step step : steps) {
			Step base = step.base();
			boolean isBeside = base != null && steps.contains(base);
			List<String> cells = new ArrayList<>();
			cells.add(step.feature());
			cells.add((base != null && isBeside) ? "`" + base.id() + "`" : "–");
			cells.add(Table.number(this.figures.of(step, Measurement::perSecond)));
			cells.add((base != null && isBeside) ? Table.ratio(this.figures.ratio(step, base, Measurement::perSecond))
					: "–");
			cells.add(both(step, (measured) -> measured.server().cpuMicros(),
					(measured) -> measured.client().cpuMicros()));
			cells.add((base != null && isBeside) ? signed(this.figures.above(step, base, CallFigures::cpu), "%+.2f")
					: "–");
			cells.add(both(step, (measured) -> measured.server().bytes(), (measured) -> measured.client().bytes()));
			cells.add((base != null && isBeside) ? signed(this.figures.above(step, base, CallFigures::bytes), "%+,.0f")
					: "–");
			table.row("`" + step.id() + "`", cells);
		}
		return table;
	}

	/**
	 * Returns what a call may cost.
	 * @return the table
	 */
	String bars() {
		Table table = new Table("step", List.of("times the CPU of `tuned`", "bar"));
		bar(table, Step.BALANCING, CPU_BAR);
		bar(table, Step.METRICS, CPU_BAR);
		bar(table, Step.NON_BLOCKING, NON_BLOCKING_CPU_BAR);
		bar(table, Step.NON_BLOCKING_METRICS, NON_BLOCKING_CPU_BAR);
		return "CPU of client and server per call:\n\n" + table;
	}

	private void bar(Table table, Step step, double bar) {
		double ratio = this.figures.ratio(step, Step.TUNED, CallFigures::cpu);
		table.row("`" + step.id() + "`",
				List.of(Table.ratio(ratio) + ((ratio <= bar) ? " ok" : " **missed**"), "≤ " + bar));
	}

	private String both(Step step, ToDoubleFunction<Measurement> server, ToDoubleFunction<Measurement> client) {
		return Table.number(this.figures.of(step, server)) + " + " + Table.number(this.figures.of(step, client));
	}

	private static String signed(double value, String format) {
		return String.format(Locale.ROOT, format, value);
	}

}
