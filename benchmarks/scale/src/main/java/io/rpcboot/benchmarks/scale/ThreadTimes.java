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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.rpcboot.benchmarks.driver.Fields;

/**
 * CPU time by the names of threads, those of the JVM with them.
 *
 * @param nanos by name
 */
record ThreadTimes(Map<String, Long> nanos) {

	private static final Path TASKS = Path.of("/proc/self/task");

	private static final int LINES = 8;

	static ThreadTimes take() {
		Map<String, Long> nanos = new TreeMap<>();
		try (DirectoryStream<Path> threads = Files.newDirectoryStream(TASKS)) {
			for (Path thread : threads) {
				String name = Files.readString(thread.resolve("comm")).strip().replaceAll("[^A-Za-z.-]+", "_");
				String time = Files.readString(thread.resolve("schedstat")).split(" ", 2)[0];
				nanos.merge(name, Long.parseLong(time), Long::sum);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new ThreadTimes(nanos);
	}

	static ThreadTimes of(Fields fields) {
		return new ThreadTimes(Arrays.stream(fields.toString().split(" ", -1))
			.map((field) -> field.split("=", 2))
			.collect(Collectors.toMap((field) -> field[0], (field) -> Long.valueOf(field[1]))));
	}

	Fields fields() {
		Fields fields = new Fields();
		this.nanos.forEach(fields::with);
		return fields;
	}

	/**
	 * Says who used most since an earlier moment.
	 * @param earlier the earlier times
	 * @return lines for people
	 */
	String since(ThreadTimes earlier) {
		return this.nanos.entrySet()
			.stream()
			.map((entry) -> Map.entry(entry.getKey(),
					entry.getValue() - earlier.nanos.getOrDefault(entry.getKey(), 0L)))
			.sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
			.limit(LINES)
			.map((entry) -> String.format(Locale.ROOT, "  %8.1f ms  %s", entry.getValue() / 1e6, entry.getKey()))
			.collect(Collectors.joining("\n"));
	}

}
