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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A demo that runs. A shell ends it when its input closes, which happens even when the
 * runner is killed.
 */
final class DemoProcess implements AutoCloseable {

	private static final String GUARD = "trap '' INT; \"$@\" </dev/null & demo=$!; read -r signal;"
			+ " kill -${signal:-TERM} $demo; wait $demo";

	private final Process guard;

	/**
	 * Starts a demo.
	 * @param command its command line
	 * @param log where its log goes
	 * @throws IOException if it cannot be started
	 */
	DemoProcess(List<String> command, Path log) throws IOException {
		List<String> guarded = new ArrayList<>(List.of("sh", "-c", GUARD, "sh"));
		guarded.addAll(command);
		this.guard = new ProcessBuilder(guarded).redirectErrorStream(true).redirectOutput(log.toFile()).start();
	}

	double cpuMillis() {
		return demo().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e6;
	}

	double rssMegabytes() throws IOException {
		try (Stream<String> lines = Files.lines(Path.of("/proc/" + demo().pid() + "/status"))) {
			return lines.filter((line) -> line.startsWith("VmRSS:"))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
				.sum() / 1024.0;
		}
	}

	private ProcessHandle demo() {
		return this.guard.children().findFirst().orElseThrow(() -> new IllegalStateException("it has ended"));
	}

	/**
	 * Kills it, for what is measured: it has nothing to leave in order.
	 * @throws IOException if it has ended
	 * @throws InterruptedException if interrupted
	 */
	void kill() throws IOException, InterruptedException {
		this.guard.getOutputStream().write("KILL\n".getBytes(StandardCharsets.US_ASCII));
		this.guard.getOutputStream().close();
		this.guard.waitFor();
	}

	/**
	 * Stops it in good order.
	 */
	@Override
	public void close() {
		try {
			this.guard.getOutputStream().close();
			this.guard.waitFor();
		}
		catch (IOException ex) {
			// It has ended.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
