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

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What scale.sh asks for.
 *
 * @param root the directory of the benchmarks
 * @param results the file to write
 * @param etcd etcd's server
 * @param modes what to measure
 * @param sizes how many instances an application has
 * @param references how many references an application has
 * @param services how many services a server has
 * @param changes how many single changes are measured
 * @param warmUp how many single changes come before
 * @param joins how often an instance joins and leaves
 * @param restSeconds how long nothing changes
 * @param files how many files a process may have open
 * @param profile whether to record where the CPU time of the changes goes
 */
record ScaleOptions(Path root, Path results, String etcd, Set<Mode> modes, List<Integer> sizes,
		List<Integer> references, List<Integer> services, int changes, int warmUp, int joins, int restSeconds,
		int files, boolean profile) {

	/** Files of a process beside its connections. */
	private static final int OTHER_FILES = 500;

	private static final int MAX_PER_SERVER = 5000;

	private static final int MIN_REST_SECONDS = 10;

	private static final long SLOW_START_NANOS = TimeUnit.SECONDS.toNanos(32);

	private static final String ALL_MODES = Arrays.stream(Mode.values()).map(Mode::id).collect(Collectors.joining(","));

	static ScaleOptions parse(String[] args) {
		Map<String, String> given = new HashMap<>();
		for (int i = 0; i < args.length; i += 2) {
			given.put(args[i].substring(2), args[i + 1]);
		}
		return new ScaleOptions(Path.of(given.getOrDefault("root", "benchmarks")).toAbsolutePath(),
				Path.of(given.getOrDefault("results", "SCALE.md")), given.getOrDefault("etcd", ""),
				Arrays.stream(given.getOrDefault("modes", ALL_MODES).split(",", -1))
					.map(Mode::of)
					.collect(Collectors.toSet()),
				numbers(given, "sizes", "100,1000,10000"), numbers(given, "references", "10,100,1000"),
				numbers(given, "services", "1,200"), number(given, "changes", 300), number(given, "warm-up", 300),
				number(given, "joins", 40), number(given, "rest", 60), number(given, "files", 1024),
				Boolean.parseBoolean(given.getOrDefault("profile", "false")));
	}

	/**
	 * Waits until the slow start of what was connected at a time is over, which looks at
	 * each instance once a second; not before a short rest.
	 * @param connectedNanos when it was
	 * @throws InterruptedException if interrupted
	 */
	void settle(long connectedNanos) throws InterruptedException {
		if (this.restSeconds >= MIN_REST_SECONDS) {
			long left = SLOW_START_NANOS - (System.nanoTime() - connectedNanos);
			TimeUnit.NANOSECONDS.sleep(Math.max(0, left));
		}
	}

	private static List<Integer> numbers(Map<String, String> given, String name, String otherwise) {
		return Arrays.stream(given.getOrDefault(name, otherwise).split(",", -1)).map(Integer::valueOf).toList();
	}

	private static int number(Map<String, String> given, String name, int otherwise) {
		return Integer.parseInt(given.getOrDefault(name, String.valueOf(otherwise)));
	}

	/**
	 * Returns the sizes for which this machine lets a process have enough connections.
	 * @return the sizes
	 */
	List<Integer> channelSizes() {
		return this.sizes.stream().filter((size) -> size + OTHER_FILES <= this.files).toList();
	}

	/**
	 * Returns how many addresses a server process may listen on: each costs a file, and
	 * so does each connection to it, of which consumers of all sizes have one.
	 * @return the number
	 */
	int addressesPerServer() {
		return Math.min(MAX_PER_SERVER, (this.files - OTHER_FILES) / (1 + 2 * channelSizes().size()));
	}

}
