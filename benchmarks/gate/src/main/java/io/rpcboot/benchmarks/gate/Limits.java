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

package io.rpcboot.benchmarks.gate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The limits, as a file has them: {@code name = limit (last measured)} in each line, with
 * comments between.
 */
final class Limits {

	private static final Pattern LINE = Pattern.compile("([\\w.-]+) = ([\\d.]+) \\(([\\d.-]+)\\)");

	private final Path file;

	private final List<String> lines;

	private final Map<String, Limit> limits = new LinkedHashMap<>();

	private Limits(Path file, List<String> lines) {
		this.file = file;
		this.lines = lines;
		for (String line : lines) {
			Matcher matcher = LINE.matcher(line);
			if (matcher.matches()) {
				this.limits.put(matcher.group(1),
						new Limit(Double.parseDouble(matcher.group(2)), Double.parseDouble(matcher.group(3))));
			}
			else if (!line.isBlank() && !line.startsWith("#")) {
				throw new IllegalArgumentException(
						file + ": " + line + " (expected: name = limit (last measured), or a comment)");
			}
		}
	}

	static Limits read(Path file) throws IOException {
		return new Limits(file, Files.readAllLines(file));
	}

	/**
	 * Compares.
	 * @param figures what was measured
	 * @return a text for each figure above its limit, without one, or missing
	 */
	List<String> violations(Figures figures) {
		List<String> violations = new ArrayList<>();
		Set<String> missing = new HashSet<>(this.limits.keySet());
		figures.all().forEach((name, value) -> {
			missing.remove(name);
			Limit limit = this.limits.get(name);
			if (limit == null) {
				violations.add(name + ": " + text(value) + ", but it has no limit in " + this.file);
			}
			else if (value > limit.most()) {
				violations.add(name + ": " + text(value) + " is above its limit of " + text(limit.most())
						+ " (last measured " + text(limit.measured()) + ")");
			}
		});
		missing.forEach((name) -> violations.add(name + ": has a limit in " + this.file + ", but was not measured"));
		return violations;
	}

	/**
	 * Says in the file what was measured; the limits stay.
	 * @param figures what was measured
	 * @throws IOException if it cannot be written
	 */
	void update(Figures figures) throws IOException {
		List<String> updated = new ArrayList<>();
		for (String line : this.lines) {
			Matcher matcher = LINE.matcher(line);
			Double value = matcher.matches() ? figures.all().get(matcher.group(1)) : null;
			updated
				.add((value != null) ? matcher.group(1) + " = " + matcher.group(2) + " (" + text(value) + ")" : line);
		}
		Files.write(this.file, updated);
	}

	/**
	 * Returns a line of the report.
	 * @param name what was measured
	 * @param value the figure
	 * @return the figure beside its limit
	 */
	String line(String name, double value) {
		Limit limit = this.limits.get(name);
		return String.format(Locale.ROOT, "%-42s %10s   limit %10s", name, text(value),
				(limit != null) ? text(limit.most()) : "none");
	}

	private static String text(double value) {
		return String.format(Locale.ROOT, (Math.abs(value) < 100) ? "%.2f" : "%.0f", value);
	}

	/**
	 * A line of the file.
	 *
	 * @param most the limit
	 * @param measured what was measured last
	 */
	private record Limit(double most, double measured) {

	}

}
