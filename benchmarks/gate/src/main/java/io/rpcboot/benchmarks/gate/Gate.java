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
import java.util.List;

import io.rpcboot.benchmarks.runner.Etcd;

/**
 * Measures, and compares with the limits.
 */
public final class Gate {

	private Gate() {
	}

	/**
	 * Runs; ends with 1 if a limit is exceeded.
	 * @param args the file of the limits, the directory of logs and data, etcd's server,
	 * and {@code update} to say in the file what was measured
	 * @throws IOException if a process or a file fails
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Limits limits = Limits.read(Path.of(args[0]));
		Path work = Files.createDirectories(Path.of(args[1]));
		KnownAllocator.check();
		Figures figures;
		Path data = Files.createTempDirectory(work, "gate");
		try (Etcd etcd = Etcd.start(args[2], data)) {
			figures = new Measurement(etcd.endpoint(), work).run();
		}
		figures.all().forEach((name, value) -> System.out.println(limits.line(name, value)));
		if (args.length > 3) {
			limits.update(figures);
		}
		List<String> violations = limits.violations(figures);
		if (!violations.isEmpty()) {
			violations.forEach(System.err::println);
			System.err.println("What is above its limit costs every call of every user. Find what the change added"
					+ " (benchmarks/README.md says how), or, if it is worth that, raise the limit in " + args[0]
					+ " and say in the commit what for.");
			System.exit(1);
		}
	}

}
