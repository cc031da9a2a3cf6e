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

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What pick.sh asks for.
 *
 * @param results the file to write
 * @param sizes how many instances there are
 * @param rounds how often each cell is measured
 * @param forks whether each cell has a process of its own, without which times are worth
 * nothing
 * @param iterations of how many an average is taken
 * @param millis how long each of them takes
 */
record PickOptions(Path results, List<Integer> sizes, int rounds, boolean forks, int iterations, int millis) {

	static PickOptions parse(String[] args) {
		Map<String, String> given = new HashMap<>();
		for (int i = 0; i < args.length; i += 2) {
			given.put(args[i].substring(2), args[i + 1]);
		}
		boolean smoke = Boolean.parseBoolean(given.getOrDefault("smoke", "false"));
		return new PickOptions(Path.of(given.getOrDefault("results", "PICK.md")),
				Arrays.stream(given.getOrDefault("sizes", smoke ? "3,100" : "3,100,10000").split(",", -1))
					.map(Integer::valueOf)
					.toList(),
				Integer.parseInt(given.getOrDefault("rounds", smoke ? "1" : "3")), !smoke, smoke ? 1 : 5,
				smoke ? 50 : 200);
	}

	/**
	 * Returns how many iterations come before, uncounted: for the compiler.
	 * @return the number
	 */
	int warmUps() {
		return this.forks ? 4 : 2;
	}

}
