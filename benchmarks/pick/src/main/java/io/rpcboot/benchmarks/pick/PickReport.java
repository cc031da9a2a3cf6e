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

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import io.rpcboot.benchmarks.runner.Machine;
import io.rpcboot.benchmarks.runner.Table;

/**
 * Puts the figures into tables.
 */
final class PickReport {

	private final PickOptions options;

	private final Figures figures;

	private final StringBuilder text = new StringBuilder();

	PickReport(PickOptions options, Figures figures) {
		this.options = options;
		this.figures = figures;
	}

	String text(List<String> policies, String jvmFlags) {
		line("# The cost of a pick\n");
		line("Written by `benchmarks/pick.sh`; what is measured and how is in"
				+ " [README.md](README.md#the-cost-of-a-pick).\n");
		line("- " + LocalDate.now(ZoneOffset.UTC) + "; " + Machine.processor() + ", "
				+ Runtime.getRuntime().availableProcessors() + " cores, " + Machine.memory() + "; " + Machine.system());
		line("- " + Machine.jdk() + "; every JVM with `" + jvmFlags + "`; "
				+ Machine.versions(System.getProperty("java.class.path")));
		line("- " + this.options.rounds() + " round(s), in each a JVM of its own for each figure: "
				+ this.options.iterations() + " iterations of " + this.options.millis() + " ms after "
				+ this.options.warmUps() + " to warm up; figures are medians, ratios the medians of the ratios within"
				+ " a round\n");
		for (Measure measure : Measure.values()) {
			times(measure, policies);
		}
		bytes(policies);
		return this.text.toString();
	}

	private void times(Measure measure, List<String> policies) {
		line("## " + measure.title() + "\n");
		line(measure.hasReference() ? "Nanoseconds by number of instances (ratio to grpc-java's `round_robin`).\n"
				: "Nanoseconds by number of instances.\n");
		Table table = new Table("", this.options.sizes().stream().map(PickReport::count).toList());
		for (String policy : policies) {
			List<Cell> row = row(measure, policy);
			if (!Double.isNaN(this.figures.nanos(row.get(0)))) {
				table.row(name(policy), row.stream().map(this::time).toList());
			}
		}
		line(table.toString());
	}

	private void bytes(List<String> policies) {
		line("## Allocated bytes, at the size with the most\n");
		line("What the harness allocates in an iteration, below " + Figures.NOTHING_BYTES
				+ " a pick, is shown as 0.\n");
		Table table = new Table("",
				Arrays.stream(Measure.values()).map((measure) -> measure.name().toLowerCase(Locale.ROOT)).toList());
		for (String policy : policies) {
			List<String> cells = new ArrayList<>();
			for (Measure measure : Measure.values()) {
				double most = row(measure, policy).stream().mapToDouble(this.figures::bytes).max().orElse(Double.NaN);
				cells.add(Double.isNaN(most) ? "–" : String.format(Locale.ROOT, "%.0f", most));
			}
			table.row(name(policy), cells);
		}
		line(table.toString().stripTrailing());
	}

	private List<Cell> row(Measure measure, String policy) {
		return this.options.sizes().stream().map((size) -> new Cell(measure, policy, size)).toList();
	}

	private String time(Cell cell) {
		String nanos = Table.number(this.figures.nanos(cell));
		double ratio = this.figures.ratio(cell);
		return Double.isNaN(ratio) ? nanos : nanos + String.format(Locale.ROOT, " (%.2f)", ratio);
	}

	private static String name(String policy) {
		return policy.equals(Cell.REFERENCE) ? "grpc-java's `" + policy + "`" : "`" + policy + "`";
	}

	private static String count(int size) {
		return String.format(Locale.ROOT, "%,d", size);
	}

	private void line(String line) {
		this.text.append(line).append('\n');
	}

}
