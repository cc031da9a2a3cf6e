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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

import io.rpcboot.benchmarks.runner.Etcd;
import io.rpcboot.benchmarks.runner.Machine;
import io.rpcboot.benchmarks.runner.Table;

/**
 * Starts the demos as their jars are, extracted, and with an archive of their classes.
 */
public final class Demos {

	private final Path work;

	private final String etcd;

	private final String newerJdk;

	private final Map<Demo, Map<DemoMode, List<Figures>>> figures = new EnumMap<>(Demo.class);

	private Demos(Path work, String etcd, String newerJdk) {
		this.work = work;
		this.etcd = etcd;
		this.newerJdk = newerJdk;
	}

	/**
	 * Measures.
	 * @param args the directory of the benchmarks, the file to write, etcd's server, how
	 * many rounds are measured, and the home of a JDK 25 or later, or nothing
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Path work = Files.createDirectories(Path.of(args[0]).toAbsolutePath().resolve("target/startup-demos"));
		try (Etcd etcd = Etcd.start(args[2], work)) {
			Demos demos = new Demos(work, etcd.endpoint(), args[4]);
			int rounds = Integer.parseInt(args[3]);
			demos.measure(rounds);
			Files.writeString(Path.of(args[1]), demos.report(rounds));
		}
	}

	private void measure(int rounds) throws IOException, InterruptedException {
		for (Demo demo : Demo.values()) {
			Files.createDirectories(directory(demo));
			run(List.of(java(false), "-Djarmode=tools", "-jar", jar(demo).toString(), "extract", "--destination",
					directory(demo).toString(), "--force"));
		}
		int port = freePort();
		List<String> command = new ArrayList<>(List.of(java(false), "-Xmx512m", "-jar", jar(Demo.PROVIDER).toString()));
		command.addAll(Demo.PROVIDER.arguments(port, this.etcd));
		// The one that consumers call; those that are measured are in another namespace.
		DemoProcess called = new DemoProcess(command, this.work.resolve("called.log"));
		try {
			for (int i = 0; i < 50; i++) {
				Demo.PROVIDER.firstCall(port);
			}
			train();
			for (int round = 0; round < rounds; round++) {
				List<DemoMode> order = new ArrayList<>(modes());
				Collections.rotate(order, round);
				for (Demo demo : Demo.values()) {
					for (DemoMode mode : order) {
						of(demo, mode).add(start(demo, mode, false));
					}
				}
				System.out.println("round " + (round + 1) + " of " + rounds);
			}
		}
		finally {
			called.close();
		}
	}

	/**
	 * Writes the archives, each with what a start and a call need.
	 */
	private void train() throws IOException, InterruptedException {
		for (Demo demo : Demo.values()) {
			for (DemoMode mode : modes()) {
				if (mode.archive()) {
					start(demo, mode, true);
				}
			}
		}
	}

	private Figures start(Demo demo, DemoMode mode, boolean training) throws IOException, InterruptedException {
		int port = freePort();
		List<String> command = new ArrayList<>(List.of(java(mode.newer()), "-Xmx512m"));
		command.addAll(mode.flags(directory(demo), training));
		command.addAll(List.of("-jar",
				(mode.extracted() ? directory(demo).resolve(jar(demo).getFileName()) : jar(demo)).toString()));
		command.addAll(demo.arguments(port, this.etcd));
		if (demo == Demo.PROVIDER) {
			command.add("--rpc.registry.namespace=measured");
		}
		long begun = System.nanoTime();
		try (DemoProcess process = new DemoProcess(command,
				this.work.resolve(demo.module() + "-" + mode + (training ? "-training" : "") + ".log"))) {
			demo.firstCall(port);
			double millis = (System.nanoTime() - begun) / 1e6;
			Figures taken = new Figures(millis, process.cpuMillis(), process.rssMegabytes());
			if (!training) {
				process.kill();
			}
			return taken;
		}
	}

	private List<DemoMode> modes() {
		return List.of(DemoMode.values()).stream().filter((mode) -> !mode.newer() || !this.newerJdk.isEmpty()).toList();
	}

	private List<Figures> of(Demo demo, DemoMode mode) {
		return this.figures.computeIfAbsent(demo, (key) -> new EnumMap<>(DemoMode.class))
			.computeIfAbsent(mode, (key) -> new ArrayList<>());
	}

	private Path directory(Demo demo) {
		return this.work.resolve(demo.module());
	}

	private Path jar(Demo demo) {
		return Objects.requireNonNull(this.work.getParent())
			.resolve("../../" + demo.module() + "/target/" + demo.module() + "-0.1.0-SNAPSHOT.jar")
			.normalize();
	}

	private String java(boolean newer) {
		return (newer ? this.newerJdk : System.getProperty("java.home")) + "/bin/java";
	}

	private void run(List<String> command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(this.work.resolve("extract.log").toFile())
			.start();
		if (process.waitFor() != 0) {
			throw new IOException(command + " failed, see " + this.work.resolve("extract.log"));
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private String report(int rounds) {
		StringBuilder text = new StringBuilder("# Start of the demos\n\n");
		text.append("Written by `benchmarks/startup.sh --demos`; what is measured and how is in "
				+ "[README.md](README.md#start), how it is done in "
				+ "[docs/operations.md](../docs/operations.md#faster-starts).\n\n");
		text.append("- " + LocalDate.now(ZoneOffset.UTC) + "; " + Machine.processor() + ", "
				+ Runtime.getRuntime().availableProcessors() + " cores, " + Machine.memory() + "; " + Machine.system()
				+ "\n");
		text.append("- Medians of " + rounds + " starts of each, with `-Xmx512m`\n\n");
		for (Demo demo : Demo.values()) {
			text.append("## `" + demo.module() + "`\n\n");
			Table table = new Table("", List.of("JDK", "first call answered, ms", "ratio to the jar",
					"CPU until then, ms", "resident then, MiB"));
			for (DemoMode mode : modes()) {
				DemoMode plain = mode.newer() ? DemoMode.NEWER_JAR : DemoMode.JAR;
				table.row(mode.text(),
						List.of(mode.newer() ? Machine.jdk(Path.of(this.newerJdk)) : Runtime.version().toString(),
								Table.number(median(demo, mode, Figures::millis)),
								Table
									.number(median(demo, mode, Figures::millis) / median(demo, plain, Figures::millis)),
								Table.number(median(demo, mode, Figures::cpuMillis)),
								Table.number(median(demo, mode, Figures::rssMegabytes))));
			}
			text.append(table).append('\n');
		}
		return text.toString();
	}

	private double median(Demo demo, DemoMode mode, ToDoubleFunction<Figures> figure) {
		return Measured.median(of(demo, mode).stream().mapToDouble(figure).toArray());
	}

	/**
	 * One start.
	 *
	 * @param millis from the start of the process until the first call is answered
	 * @param cpuMillis CPU time of the process up to then
	 * @param rssMegabytes resident memory then
	 */
	private record Figures(double millis, double cpuMillis, double rssMegabytes) {

	}

}
