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

package io.rpcboot.benchmarks.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.rpcboot.benchmarks.runner.Etcd;
import io.rpcboot.benchmarks.startup.ClassOrigins.Origin;

/**
 * Starts applications with the starter, without it and with Boot's, in turn.
 */
public final class Startup {

	private Startup() {
	}

	/**
	 * Measures.
	 * @param args the directory of the benchmarks, the file to write, etcd's server, and
	 * how many rounds are measured
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Path root = Path.of(args[0]).toAbsolutePath();
		int rounds = Integer.parseInt(args[3]);
		Path logs = Files.createDirectories(root.resolve("target/startup"));
		StartupReport report;
		try (Etcd etcd = Etcd.start(args[2], logs); Launcher launcher = new Launcher(root, logs, etcd.endpoint())) {
			Map<Variant, Map<Origin, Integer>> origins = origins(launcher, logs);
			Measured measured = new Measured();
			for (int round = 0; round < rounds; round++) {
				List<Variant> order = new ArrayList<>(List.of(Variant.values()));
				Collections.rotate(order, round);
				for (Variant variant : order) {
					measured.add(variant, launcher.start(variant, List.of()));
				}
				System.out.println("round " + (round + 1) + " of " + rounds);
			}
			report = new StartupReport(measured, origins, rounds, launcher.classPath(Variant.BOTH));
			Files.writeString(Path.of(args[1]), report.text());
		}
		System.exit(report.isMet() ? 0 : 1);
	}

	/**
	 * These starts also bring the jars into the memory of the machine.
	 */
	private static Map<Variant, Map<Origin, Integer>> origins(Launcher launcher, Path logs)
			throws IOException, InterruptedException {
		Map<Variant, Map<Origin, Integer>> origins = new EnumMap<>(Variant.class);
		for (Variant variant : Variant.values()) {
			Path log = logs.resolve(variant.id() + "-classes.log");
			launcher.start(variant, List.of("-Xlog:class+load:file=" + log));
			origins.put(variant, ClassOrigins.count(log));
		}
		return origins;
	}

}
