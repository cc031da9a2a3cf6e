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

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What budget.sh asks for.
 *
 * @param results the file to write
 * @param work where logs go, and the sections of the results
 * @param parts what to measure
 * @param smoke whether figures are worth nothing
 * @param rounds how often each step of whole calls is measured
 */
record BudgetOptions(Path results, Path work, List<Part> parts, boolean smoke, int rounds) {

	static BudgetOptions parse(String[] args) {
		Map<String, String> given = new HashMap<>();
		for (int i = 0; i < args.length; i += 2) {
			given.put(args[i].substring(2), args[i + 1]);
		}
		boolean smoke = Boolean.parseBoolean(given.getOrDefault("smoke", "false"));
		String parts = given.getOrDefault("parts", "");
		return new BudgetOptions(Path.of(given.getOrDefault("results", "BUDGET.md")),
				Path.of(given.getOrDefault("work", "target")).toAbsolutePath(),
				parts.isEmpty() ? List.of(Part.values())
						: Arrays.stream(parts.split(",", -1)).map(Part::of).distinct().sorted().toList(),
				smoke, Integer.parseInt(given.getOrDefault("rounds", smoke ? "1" : "4")));
	}

	/**
	 * Returns how long each step runs before it is measured.
	 * @return milliseconds
	 */
	long warmUpMillis() {
		return this.smoke ? 150 : 9_000;
	}

	/**
	 * Returns how long each step is measured in a round.
	 * @return milliseconds
	 */
	long measureMillis() {
		return this.smoke ? 100 : 1_000;
	}

}
