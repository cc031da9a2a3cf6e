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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A table in Markdown: the first column is text, the others are aligned to the right.
 */
public final class Table {

	private final StringBuilder text = new StringBuilder();

	/**
	 * Begins a table.
	 * @param first the head of the first column
	 * @param others the heads of the other columns
	 */
	public Table(String first, List<String> others) {
		row(first, others);
		List<String> lines = new ArrayList<>(Collections.nCopies(others.size(), "--:"));
		row("---", lines);
	}

	/**
	 * Adds a row.
	 * @param first its first cell
	 * @param others its other cells
	 * @return this
	 */
	public Table row(String first, List<String> others) {
		this.text.append("| ").append(first);
		others.forEach((cell) -> this.text.append(" | ").append(cell));
		this.text.append(" |\n");
		return this;
	}

	/**
	 * Returns a figure in three digits or more.
	 * @param value the figure
	 * @return its text, a dash for one that was not measured
	 */
	public static String number(double value) {
		if (Double.isNaN(value) || Double.isInfinite(value)) {
			return "–";
		}
		return String.format(Locale.ROOT,
				(Math.abs(value) < 10) ? "%,.2f" : (Math.abs(value) < 100) ? "%,.1f" : "%,.0f", value);
	}

	/**
	 * Returns a figure with its ratio behind it.
	 * @param value the figure
	 * @param ratio the ratio
	 * @return both, without what was not measured
	 */
	static String numberAndRatio(double value, double ratio) {
		return Double.isNaN(ratio) ? number(value) : number(value) + " (" + ratio(ratio) + ")";
	}

	static String percent(double value) {
		return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.0f %%", 100 * value);
	}

	/**
	 * Returns a ratio.
	 * @param value the ratio
	 * @return its text, a dash for one that was not measured
	 */
	public static String ratio(double value) {
		return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.2f", value);
	}

	@Override
	public String toString() {
		return this.text.toString();
	}

}
