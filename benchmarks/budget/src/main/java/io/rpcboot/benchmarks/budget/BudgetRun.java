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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

import io.rpcboot.benchmarks.runner.Machine;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Measures part by part, and puts the sections together, with those that an earlier run
 * left.
 */
public final class BudgetRun {

	private BudgetRun() {
	}

	/**
	 * Runs.
	 * @param args see {@link BudgetOptions}
	 * @throws IOException if a process or a file fails
	 * @throws InterruptedException if interrupted
	 * @throws RunnerException if a benchmark fails
	 */
	public static void main(String[] args) throws IOException, InterruptedException, RunnerException {
		BudgetOptions options = BudgetOptions.parse(args);
		Files.createDirectories(options.work());
		for (Part part : options.parts()) {
			String section = part.measure(options);
			System.out.println(section);
			Files.writeString(section(options, part), section);
		}
		StringBuilder text = new StringBuilder(head());
		for (Part part : Part.values()) {
			Path section = section(options, part);
			if (Files.exists(section)) {
				text.append('\n').append(Files.readString(section));
			}
		}
		Files.writeString(options.results(), text);
	}

	private static Path section(BudgetOptions options, Part part) {
		return options.work().resolve("budget-" + part.id() + (options.smoke() ? "-smoke.md" : ".md"));
	}

	private static String head() {
		return String.join("\n", "# The budget of a call", "",
				"Written by `benchmarks/budget.sh`; what is measured and how is in"
						+ " [README.md](README.md#the-budget-of-a-call).",
				"",
				"- " + LocalDate.now(ZoneOffset.UTC) + "; " + Machine.processor() + ", "
						+ Runtime.getRuntime().availableProcessors() + " cores, " + Machine.memory() + "; "
						+ Machine.system(),
				"- " + Machine.jdk() + "; every JVM of whole calls with `" + Calls.FLAGS + "`; "
						+ Machine.versions(System.getProperty("java.class.path")),
				"");
	}

}
