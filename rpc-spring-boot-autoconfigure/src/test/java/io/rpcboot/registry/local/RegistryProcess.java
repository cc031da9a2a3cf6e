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

package io.rpcboot.registry.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Another virtual machine that registers one instance of {@code demo} and watches the
 * application.
 */
final class RegistryProcess implements AutoCloseable {

	private final Process process;

	private final List<List<String>> sets = new CopyOnWriteArrayList<>();

	private RegistryProcess(Process process) {
		this.process = process;
	}

	static RegistryProcess start(Path directory, String namespace, String id, int port) throws IOException {
		Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"),
				"-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				RegistryProcessMain.class.getName(), directory.toString(), namespace, id, String.valueOf(port))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		RegistryProcess started = new RegistryProcess(process);
		Thread reader = new Thread(started::readOutput, "output-of-" + id);
		reader.setDaemon(true);
		reader.start();
		return started;
	}

	private void readOutput() {
		try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
			reader.lines()
				.filter((line) -> line.startsWith(RegistryProcessMain.PREFIX))
				.map((line) -> line.substring(RegistryProcessMain.PREFIX.length()))
				.forEach((ids) -> this.sets.add(ids.isEmpty() ? List.of() : Arrays.asList(ids.split(","))));
		}
		catch (IOException | UncheckedIOException ex) {
			// The process was killed; what it said before is enough.
		}
	}

	/**
	 * Returns the ids of every set that the process was told.
	 * @return the ids of each set, oldest first
	 */
	List<List<String>> idSets() {
		return List.copyOf(this.sets);
	}

	void awaitIds(String... ids) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(10))
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.sets).last().isEqualTo(List.of(ids)));
	}

	long pid() {
		return this.process.pid();
	}

	/**
	 * Kills the process as {@code kill -9} does, and returns when it has ended.
	 */
	void kill() throws InterruptedException {
		assertThat(this.process.destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();
	}

	/**
	 * Lets the process close its registry and end by itself.
	 */
	void stop() throws IOException, InterruptedException {
		this.process.getOutputStream().close();
		assertThat(this.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.process.exitValue()).isZero();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
