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

package io.rpcboot.benchmarks.startup;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

import io.rpcboot.benchmarks.runner.Machine;
import io.rpcboot.benchmarks.runner.Table;
import io.rpcboot.benchmarks.startup.ClassOrigins.Origin;

/**
 * Puts the figures into tables.
 */
final class StartupReport {

	/** First call, against Boot's own gRPC starters. */
	private static final double BAR = 1.1;

	private static final List<Variant> BARRED = List.of(Variant.SERVER, Variant.CLIENT, Variant.BOTH);

	private final Measured measured;

	private final Map<Variant, Map<Origin, Integer>> origins;

	private final int rounds;

	private final String classPath;

	private final StringBuilder text = new StringBuilder();

	StartupReport(Measured measured, Map<Variant, Map<Origin, Integer>> origins, int rounds, String classPath) {
		this.measured = measured;
		this.origins = origins;
		this.rounds = rounds;
		this.classPath = classPath;
	}

	/**
	 * Tells whether every bar is met.
	 * @return whether it is
	 */
	boolean isMet() {
		return BARRED.stream().allMatch((variant) -> ratio(variant) <= BAR);
	}

	String text() {
		line("# Start and what is held at rest\n");
		line("Written by `benchmarks/startup.sh`; what is measured and how is in [README.md](README.md#start).\n");
		line("- " + LocalDate.now(ZoneOffset.UTC) + "; " + Machine.processor() + ", "
				+ Runtime.getRuntime().availableProcessors() + " cores, " + Machine.memory() + "; " + Machine.system());
		line("- " + Machine.jdk() + "; every JVM with `" + String.join(" ", Launcher.FLAGS) + "`; "
				+ Machine.versions(this.classPath));
		line("- Medians of " + this.rounds + " starts of each\n");
		starts();
		held();
		threads();
		origins();
		return this.text.toString();
	}

	private void starts() {
		line("## From the start of the process\n");
		Table table = new Table("application", List.of("context ready, ms", "over Boot alone",
				"first call answered, ms", "ratio to Boot's", "bar", "CPU until then, ms", "resident then, MiB"));
		for (Variant variant : Variant.values()) {
			Variant peer = variant.peer();
			table.row(variant.text(), List.of(median(variant, Start::startedMillis),
					Table.number(this.measured.median(variant, Start::startedMillis)
							- this.measured.median(Variant.EMPTY, Start::startedMillis)),
					median(variant, Start::calledMillis), (peer != null) ? Table.number(ratio(variant)) : "",
					BARRED.contains(variant) ? "≤ " + BAR + ((ratio(variant) <= BAR) ? ", met" : ", **missed**") : "",
					median(variant, Start::cpuMillis), median(variant, Start::rssMegabytes)));
		}
		line(table.toString());
	}

	private void held() {
		line("## At rest, after a collection\n");
		Table table = new Table("application",
				List.of("classes", "over Boot alone", "metaspace, MiB", "heap, MiB", "threads"));
		for (Variant variant : Variant.values()) {
			table.row(variant.text(), List.of(median(variant, (start) -> start.footprint().classes()),
					Table.number(this.measured.median(variant, (start) -> start.footprint().classes())
							- this.measured.median(Variant.EMPTY, (start) -> start.footprint().classes())),
					median(variant, (start) -> start.footprint().metaspaceBytes() / 1024.0 / 1024),
					median(variant, (start) -> start.footprint().heapBytes() / 1024.0 / 1024), String
						.valueOf(this.measured.threads(variant).values().stream().mapToInt(Integer::intValue).sum())));
		}
		line(table.toString());
	}

	private void threads() {
		line("## Threads that Boot alone does not have\n");
		List<Variant> columns = columns();
		TreeSet<String> names = new TreeSet<>();
		columns.forEach((variant) -> names.addAll(this.measured.threads(variant).keySet()));
		names.removeAll(this.measured.threads(Variant.EMPTY).keySet());
		Table table = table("thread", columns);
		for (String name : names) {
			table.row("`" + name + "`", columns.stream().map((variant) -> {
				Integer count = this.measured.threads(variant).get(name);
				return (count != null) ? count.toString() : "";
			}).toList());
		}
		line(table.toString());
	}

	private void origins() {
		line("## Where the classes come from that are loaded by then\n");
		List<Variant> columns = new ArrayList<>(columns());
		columns.add(0, Variant.EMPTY);
		Table table = table("from", columns);
		for (Origin origin : Origin.values()) {
			table.row(origin.text(),
					columns.stream()
						.map((variant) -> String
							.valueOf(this.origins.getOrDefault(variant, new TreeMap<>()).getOrDefault(origin, 0)))
						.toList());
		}
		line(table.toString());
	}

	private static Table table(String first, List<Variant> columns) {
		return new Table(first, columns.stream().map((variant) -> "`" + variant.id() + "`").toList());
	}

	private static List<Variant> columns() {
		return Arrays.stream(Variant.values()).filter((variant) -> variant != Variant.EMPTY).toList();
	}

	private double ratio(Variant variant) {
		Variant peer = variant.peer();
		return (peer != null) ? this.measured.ratio(variant, peer, Start::calledMillis) : Double.NaN;
	}

	private String median(Variant variant, ToDoubleFunction<Start> figure) {
		return Table.number(this.measured.median(variant, figure));
	}

	private void line(String line) {
		this.text.append(line).append('\n');
	}

}
