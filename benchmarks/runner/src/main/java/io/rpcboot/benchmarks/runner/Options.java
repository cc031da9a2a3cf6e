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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.rpcboot.benchmarks.driver.Scenario;
import org.jspecify.annotations.Nullable;

/**
 * What run.sh asks for.
 *
 * @param root the directory of the benchmarks
 * @param results the file to write
 * @param etcd etcd's server
 * @param h2load h2load's binary, if there is one
 * @param newerJdk a JDK with virtual threads, if there is one
 * @param peers the peers to measure
 * @param scenarios names of the scenarios to measure
 * @param rounds how often to measure each
 * @param budgetSeconds no round is begun that would not end within so many seconds
 * @param warmUpMillis how long to warm up for each scenario
 * @param measureMillis how long to measure each scenario in a round
 */
record Options(Path root, Path results, String etcd, @Nullable Path h2load, @Nullable Path newerJdk, List<Peer> peers,
		List<String> scenarios, int rounds, long budgetSeconds, long warmUpMillis, long measureMillis) {

	static Options parse(String[] args) {
		Map<String, String> given = new HashMap<>();
		for (int i = 0; i < args.length; i += 2) {
			given.put(args[i].substring(2), args[i + 1]);
		}
		Path root = Path.of(given.getOrDefault("root", "benchmarks")).toAbsolutePath();
		return new Options(root, Path.of(given.getOrDefault("results", "RESULTS.md")), given.getOrDefault("etcd", ""),
				path(given, "h2load"), path(given, "newer-jdk"), peers(given.getOrDefault("peers", "")),
				scenarios(given.getOrDefault("scenarios", "")), Integer.parseInt(given.getOrDefault("rounds", "3")),
				Long.parseLong(given.getOrDefault("budget", "3600")),
				Long.parseLong(given.getOrDefault("warm-up", "1300")),
				Long.parseLong(given.getOrDefault("measure", "1200")));
	}

	private static @Nullable Path path(Map<String, String> given, String name) {
		String value = given.getOrDefault(name, "");
		return value.isEmpty() ? null : Path.of(value);
	}

	private static List<Peer> peers(String names) {
		return names.isEmpty() ? List.of(Peer.values()) : words(names).map(Peer::of).toList();
	}

	private static List<String> scenarios(String names) {
		List<String> all = Stream
			.concat(Arrays.stream(Scenario.values()).map(Scenario::id), H2Load.SHAPES.stream().map(H2Load.Shape::id))
			.toList();
		List<String> asked = names.isEmpty() ? all : words(names).toList();
		asked.stream().filter((id) -> !all.contains(id)).findFirst().ifPresent((id) -> {
			throw new IllegalArgumentException("scenario: " + id + " (expected: one of " + all + ")");
		});
		return asked;
	}

	private static Stream<String> words(String names) {
		return Arrays.stream(names.split(",", -1));
	}

	/**
	 * Returns the scenarios that the clients run themselves.
	 * @return the scenarios
	 */
	List<Scenario> loads() {
		return Arrays.stream(Scenario.values())
			.filter((scenario) -> this.scenarios.contains(scenario.id()))
			.filter((scenario) -> scenario != Scenario.B16V || this.newerJdk != null)
			.toList();
	}

	/**
	 * Returns the scenarios that h2load runs.
	 * @return the shapes; none where there is no h2load
	 */
	List<H2Load.Shape> shapes() {
		return H2Load.SHAPES.stream()
			.filter((shape) -> this.h2load != null && this.scenarios.contains(shape.id()))
			.toList();
	}

}
