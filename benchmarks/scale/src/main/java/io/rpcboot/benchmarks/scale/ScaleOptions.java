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

/**
 * What scale.sh asks for.
 *
 * @param root the directory of the benchmarks
 * @param results the file to write
 * @param etcd etcd's server
 * @param sizes how many instances an application has
 * @param changes how many single changes are measured
 * @param warmUp how many single changes come before
 * @param joins how often an instance joins and leaves
 * @param restSeconds how long nothing changes
 * @param files how many files a process may have open
 * @param profile whether to record where the CPU time of the changes goes
 */
record ScaleOptions(Path root, Path results, String etcd, List<Integer> sizes, int changes, int warmUp, int joins,
		int restSeconds, int files, boolean profile) {

	/** Files of a process beside its connections. */
	private static final int OTHER_FILES = 500;

	private static final int MAX_PER_SERVER = 5000;

	static ScaleOptions parse(String[] args) {
		Map<String, String> given = new HashMap<>();
		for (int i = 0; i < args.length; i += 2) {
			given.put(args[i].substring(2), args[i + 1]);
		}
		return new ScaleOptions(Path.of(given.getOrDefault("root", "benchmarks")).toAbsolutePath(),
				Path.of(given.getOrDefault("results", "SCALE.md")), given.getOrDefault("etcd", ""),
				Arrays.stream(given.getOrDefault("sizes", "100,1000,10000").split(",", -1))
					.map(Integer::valueOf)
					.toList(),
				number(given, "changes", 300), number(given, "warm-up", 300), number(given, "joins", 40),
				number(given, "rest", 60), number(given, "files", 1024),
				Boolean.parseBoolean(given.getOrDefault("profile", "false")));
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
		return Math.min(MAX_PER_SERVER, (this.files - OTHER_FILES) / (1 + channelSizes().size()));
	}

}
