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

package io.rpcboot.benchmarks.scale;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import io.rpcboot.benchmarks.runner.Machine;
import io.rpcboot.benchmarks.runner.Table;

/**
 * Puts the figures into tables.
 */
final class ScaleReport {

	private final ScaleOptions options;

	private final List<? extends Column> columns;

	private final String classPath;

	private final StringBuilder text = new StringBuilder();

	ScaleReport(ScaleOptions options, List<? extends Column> columns, String classPath) {
		this.options = options;
		this.columns = columns;
		this.classPath = classPath;
	}

	String text() {
		line("# Scale of discovery\n");
		line("Written by `benchmarks/scale.sh`; what is measured and how is in [README.md](README.md#scale-of-discovery),"
				+ " what it means in [docs/scale.md](../docs/scale.md).\n");
		line("- " + LocalDate.now(ZoneOffset.UTC) + "; " + Machine.processor() + ", "
				+ Runtime.getRuntime().availableProcessors() + " cores, " + Machine.memory() + "; " + Machine.system());
		line("- " + Machine.jdk() + "; every JVM with `" + String.join(" ", Jvms.FLAGS) + "`; "
				+ Machine.versions(this.classPath));
		line("- " + this.options.changes() + " single changes at each size, after " + this.options.warmUp()
				+ " to warm up; " + this.options.joins() + " joins and leaves; " + this.options.restSeconds()
				+ " s of rest\n");
		for (Mode mode : Mode.values()) {
			table(mode);
		}
		growth();
		return this.text.toString();
	}

	private void table(Mode mode) {
		List<? extends Column> columns = of(mode);
		if (columns.isEmpty()) {
			return;
		}
		line("## " + mode.title() + "\n");
		Table table = new Table("", columns.stream().map((column) -> count(column.size())).toList());
		for (Figure figure : Figure.values()) {
			if (columns.stream().anyMatch((column) -> !Double.isNaN(column.figure(figure)))) {
				table.row(figure.text(),
						columns.stream().map((column) -> Table.number(column.figure(figure))).toList());
			}
		}
		line(table.toString());
	}

	private void growth() {
		List<Mode> modes = Arrays.stream(Mode.values()).filter((mode) -> of(mode).size() > 1).toList();
		if (modes.isEmpty()) {
			return;
		}
		line("## What one more costs, between the least and the greatest size\n");
		Table table = new Table("", modes.stream().map((mode) -> "`" + mode.id() + "`").toList());
		table.row("heap, bytes", slopes(modes, Figure.HEAP, 1024 * 1024));
		table.row("CPU per change, ns", slopes(modes, Figure.CHANGE_CPU, 1e6));
		table.row("allocated per change, bytes", slopes(modes, Figure.CHANGE_ALLOCATED, 1024));
		table.row("bytes of the first list", slopes(modes, Figure.LIST_BYTES, 1024));
		table.row("CPU at rest, µs per minute", slopes(modes, Figure.REST_CPU, 1e3));
		table.row("requests to etcd at rest, per minute", slopes(modes, Figure.REST_REQUESTS, 1));
		line(table.toString());
	}

	private List<String> slopes(List<Mode> modes, Figure figure, double unit) {
		return modes.stream().map((mode) -> Table.number(unit * slope(of(mode), figure))).toList();
	}

	private static double slope(List<? extends Column> columns, Figure figure) {
		Column least = columns.get(0);
		Column greatest = columns.get(columns.size() - 1);
		return (greatest.figure(figure) - least.figure(figure)) / (greatest.size() - least.size());
	}

	private List<? extends Column> of(Mode mode) {
		return this.columns.stream().filter((column) -> column.mode() == mode).toList();
	}

	private static String count(int size) {
		return String.format(Locale.ROOT, "%,d", size);
	}

	private void line(String line) {
		this.text.append(line).append('\n');
	}

}
