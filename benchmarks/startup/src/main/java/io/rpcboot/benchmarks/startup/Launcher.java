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

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.Footprint;
import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.runner.PeerProcess;
import io.rpcboot.benchmarks.runner.Probe;

/**
 * Starts applications and looks at them.
 */
final class Launcher implements AutoCloseable {

	static final List<String> FLAGS = List.of("-Xmx512m");

	private static final long REST_MILLIS = 500;

	private final Path root;

	private final Path logs;

	private final String etcd;

	private final PeerProcess target;

	private final int targetPort;

	private final Probe probe = new Probe();

	/**
	 * Starts the application that all clients call.
	 * @param root the directory of the benchmarks
	 * @param logs where the processes' logs go
	 * @param etcd etcd's endpoint
	 * @throws IOException if it cannot be started
	 * @throws InterruptedException if interrupted
	 */
	Launcher(Path root, Path logs, String etcd) throws IOException, InterruptedException {
		this.root = root;
		this.logs = logs;
		this.etcd = etcd;
		List<String> command = command(Variant.SERVER, List.of());
		command.addAll(Variant.SERVER.arguments(Variant.TARGET, 0, etcd));
		this.target = new PeerProcess("target", command, logs);
		this.targetPort = (int) this.target.await("READY").number("port");
		for (int i = 0; i < 20; i++) {
			this.probe.call(this.targetPort);
		}
	}

	/**
	 * Starts an application, and ends it.
	 * @param variant the application
	 * @param flags flags of the JVM
	 * @return how it came up
	 * @throws IOException if it cannot be started
	 * @throws InterruptedException if interrupted
	 */
	Start start(Variant variant, List<String> flags) throws IOException, InterruptedException {
		List<String> command = command(variant, flags);
		command.addAll(variant.arguments("bench-" + variant.id(), this.targetPort, this.etcd));
		long begun = System.nanoTime();
		try (PeerProcess process = new PeerProcess(variant.id(), command, this.logs)) {
			Fields ready = process.await("READY");
			double called = Double.NaN;
			if (variant.calls()) {
				called = (ready.number("called") - begun) / 1e6;
			}
			else if (variant.serves()) {
				this.probe.call((int) ready.number("port"));
				called = (System.nanoTime() - begun) / 1e6;
			}
			ProcessStats used = ProcessStats.of(process.stats());
			// What goes on after that, such as registering, belongs to what is held.
			Thread.sleep(REST_MILLIS);
			process.send("FOOTPRINT");
			Footprint footprint = Footprint.of(process.await("FOOTPRINT"));
			return new Start((ready.number("started") - begun) / 1e6, called, used.cpuNanos() / 1e6,
					used.rssKilobytes() / 1024.0, footprint);
		}
	}

	private List<String> command(Variant variant, List<String> flags) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(System.getProperty("java.home") + "/bin/java");
		command.addAll(FLAGS);
		command.addAll(flags);
		command.addAll(List.of("-cp", classPath(variant), variant.main()));
		return command;
	}

	String classPath(Variant variant) throws IOException {
		Path target = this.root.resolve(variant.module()).resolve("target");
		return target.resolve("classes") + File.pathSeparator + Files.readString(target.resolve("class-path")).strip();
	}

	@Override
	public void close() {
		this.target.close();
	}

}
