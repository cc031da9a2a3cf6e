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

package io.rpcboot.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

/**
 * A JVM of its own with the class path of the tests, whose output is read line by line.
 * It is killed when the test ends.
 */
public final class ChildJvm implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

	private final Process process;

	private ChildJvm(Process process) {
		this.process = process;
		Thread reader = new Thread(this::read, "child-jvm-output");
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Starts a main class.
	 * @param main the class
	 * @param arguments its arguments
	 * @return the running process
	 */
	public static ChildJvm start(Class<?> main, List<String> arguments) {
		return start("256m", main, arguments);
	}

	/**
	 * Starts a main class with a heap of a given size, which is also that of its direct
	 * memory.
	 * @param heap such as {@code 64m}
	 * @param main the class
	 * @param arguments its arguments
	 * @return the running process
	 */
	public static ChildJvm start(String heap, Class<?> main, List<String> arguments) {
		List<String> command = new ArrayList<>(
				List.of(System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
						"-Xmx" + heap, "-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(arguments);
		try {
			return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Waits for a line of output.
	 * @param text a part of the line
	 */
	public void awaitLine(String text) {
		Awaitility.await().atMost(LIMIT).until(() -> hasLine(text) || !this.process.isAlive());
		if (!hasLine(text)) {
			throw new IllegalStateException("The process ended before it printed '" + text + "': " + lines());
		}
	}

	/**
	 * Returns what was printed so far.
	 * @return the lines
	 */
	public List<String> lines() {
		synchronized (this.lines) {
			return List.copyOf(this.lines);
		}
	}

	/**
	 * Sends SIGTERM and waits for the end.
	 * @return the exit code
	 * @throws InterruptedException if the wait is interrupted
	 */
	public int terminate() throws InterruptedException {
		this.process.destroy();
		if (!this.process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException("The process does not end: " + this.lines);
		}
		return this.process.exitValue();
	}

	/**
	 * Returns the process.
	 * @return the process
	 */
	public Process process() {
		return this.process;
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	private boolean hasLine(String text) {
		return lines().stream().anyMatch((line) -> line.contains(text));
	}

	private void read() {
		try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
			reader.lines().forEach(this.lines::add);
		}
		catch (IOException | UncheckedIOException ex) {
			this.lines.add("(output ended: " + ex.getMessage() + ")");
		}
	}

}
