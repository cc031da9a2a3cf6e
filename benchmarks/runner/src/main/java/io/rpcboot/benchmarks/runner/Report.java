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

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

import io.rpcboot.benchmarks.driver.Scenario;
import io.rpcboot.benchmarks.runner.RunningPeer.Start;

/**
 * Puts the results into tables.
 */
final class Report {

	private final Options options;

	private final Results results;

	private final StringBuilder text = new StringBuilder();

	Report(Options options, Results results) {
		this.options = options;
		this.results = results;
	}

	String text() {
		return this.text.toString();
	}

	void head(Map<Peer, String> versions) {
		line("# Results\n");
		line("Written by `benchmarks/run.sh`; what is measured and how is in [README.md](README.md).\n");
		line("- " + LocalDate.now(ZoneOffset.UTC) + "; " + Machine.processor() + ", "
				+ Runtime.getRuntime().availableProcessors() + " cores, " + Machine.memory() + "; " + Machine.system());
		Path newer = this.options.newerJdk();
		line("- " + Machine.jdk() + "; the client of `b16v` on "
				+ ((newer != null) ? "JDK " + Machine.jdk(newer) : "no newer one, so it is left out")
				+ "; every JVM with `" + String.join(" ", Jvm.FLAGS) + "`");
		line("- " + this.results.rounds() + " round(s) of " + this.options.measureMillis() + " ms a cell; figures are "
				+ "medians, ratios the medians of the ratios within a round");
		line("- the compilers took " + Table.percent(this.results.median(Cell::jitShare))
				+ " of the machine in the median of the cells, " + Table.percent(this.results.max(Cell::jitShare))
				+ " at most");
		versions.forEach((peer, names) -> line("- `" + peer.id() + "`: " + names));
		line("");
	}

	void throughput() {
		section("Throughput, calls or messages a second (ratio to raw)", loads(), (peer, scenario) -> Table
			.numberAndRatio(median(peer, scenario, Cell::perSecond), toRaw(peer, scenario, Cell::perSecond)));
		if (this.options.peers().contains(Peer.DUBBO)) {
			line("`dubbo` has no flow control for senders; its streams end after 10,000 messages and begin anew.\n");
		}
	}

	void latency() {
		section("Latency of unary calls, µs, p50 / p99 / p99.9",
				loads().stream().filter((id) -> Scenario.of(id).kind().isUnary()).toList(),
				(peer, scenario) -> Table.number(median(peer, scenario, Cell::p50)) + " / "
						+ Table.number(median(peer, scenario, Cell::p99)) + " / "
						+ Table.number(median(peer, scenario, Cell::p999)));
		line("`sleep1pct` tells of the calls that do not sleep.\n");
	}

	void cpu() {
		section("CPU per call or message, µs, server + client (ratio of the sum to raw)", loads(),
				(peer, scenario) -> Table.number(median(peer, scenario, Cell::serverCpu)) + " + "
						+ Table.numberAndRatio(median(peer, scenario, (cell) -> cell.client().cpuMicros()),
								toRaw(peer, scenario, Cell::cpuOfBoth)));
	}

	void usage() {
		String scenario = Scenario.U64.id();
		if (!this.results.has(scenario)) {
			return;
		}
		line("## Garbage and context switches per call at u64\n");
		Table table = new Table("peer", List.of("server B", "client B", "server switches", "client switches"));
		for (Peer peer : this.options.peers()) {
			table.row("`" + peer.id() + "`",
					numbers(median(peer, scenario, (cell) -> cell.server().bytes()),
							median(peer, scenario, (cell) -> cell.client().bytes()),
							median(peer, scenario, (cell) -> cell.server().switches()),
							median(peer, scenario, (cell) -> cell.client().switches())));
		}
		line(table.toString());
		line("Switches are summed over the threads alive at both ends of the interval.\n");
	}

	void starts(List<RunningPeer> peers) throws InterruptedException {
		line("## Start to first call and resident memory\n");
		Table table = new Table("peer", List.of("server ms", "client ms", "server MiB at start", "client MiB at start",
				"server MiB after load", "client MiB after load"));
		for (RunningPeer peer : peers) {
			Start start = peer.start();
			List<Double> now = peer.rssMegabytes();
			table.row("`" + peer.peer().id() + "`", numbers(start.serverMillis(), start.clientMillis(),
					start.serverMegabytes(), start.clientMegabytes(), now.get(0), now.get(1)));
		}
		line(table.toString());
		line("One start each, from the start of the process to its first call answered. `raw`, `tuned` and `dubbo` "
				+ "are plain Java, the others Spring Boot applications.\n");
	}

	void h2load() {
		List<String> shapes = this.options.shapes().stream().map(H2Load.Shape::id).toList();
		if (shapes.isEmpty()) {
			line("h2load is not installed: its table is left out.\n");
			return;
		}
		section("The servers under h2load, requests a second (ratio to raw), server CPU µs per request (ratio)", shapes,
				(peer, shape) -> Table.numberAndRatio(median(peer, shape, Cell::perSecond),
						toRaw(peer, shape, Cell::perSecond)) + ", "
						+ Table.numberAndRatio(median(peer, shape, Cell::serverCpu),
								toRaw(peer, shape, Cell::serverCpu)));
	}

	void bars() {
		line("## The bars\n");
		Table table = new Table("measure",
				List.of("against", "bar", "blocking-safe (`ours`)", "bar", "non-blocking (`ours-nb`)"));
		for (Bar bar : Bar.all()) {
			List<String> cells = new ArrayList<>();
			cells.add(String.join(", ", bar.others().stream().map(Peer::id).toList()));
			cells.addAll(verdict(bar, Peer.OURS, bar.blocking()));
			cells.addAll(verdict(bar, Peer.OURS_NB, bar.nonBlocking()));
			table.row(bar.measure(), cells);
		}
		line(table.toString());
	}

	private List<String> verdict(Bar bar, Peer peer, double limit) {
		double value = this.results.ratio(peer, bar.others(), bar.scenario(), bar.figure());
		if (Double.isNaN(limit)) {
			return List.of("–", "–");
		}
		String text = Double.isNaN(value) ? "–"
				: Table.ratio(value) + (bar.isMet(value, limit) ? " ok" : " **missed**");
		return List.of((bar.more() ? "≥ " : "≤ ") + limit, text);
	}

	private void section(String title, List<String> scenarios, BiFunction<Peer, String, String> cell) {
		List<String> present = scenarios.stream().filter(this.results::has).toList();
		if (present.isEmpty()) {
			return;
		}
		line("## " + title + "\n");
		Table table = new Table("", this.options.peers().stream().map((peer) -> "`" + peer.id() + "`").toList());
		for (String scenario : present) {
			table.row("`" + scenario + "`", this.options.peers()
				.stream()
				.map((peer) -> Double.isNaN(median(peer, scenario, Cell::perSecond)) ? "–" : cell.apply(peer, scenario))
				.toList());
		}
		line(table.toString());
	}

	private List<String> loads() {
		return this.options.loads().stream().map(Scenario::id).toList();
	}

	private double median(Peer peer, String scenario, ToDoubleFunction<Cell> figure) {
		return this.results.median(peer, scenario, figure);
	}

	private double toRaw(Peer peer, String scenario, ToDoubleFunction<Cell> figure) {
		return this.results.ratio(peer, List.of(Peer.RAW), scenario, figure);
	}

	private static List<String> numbers(double... values) {
		return DoubleStream.of(values).mapToObj(Table::number).toList();
	}

	void line(String line) {
		this.text.append(line).append('\n');
	}

}
