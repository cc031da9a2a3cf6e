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

package io.rpcboot.benchmarks.runner;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.driver.RunnerLines;

/**
 * A process that is driven by lines. It ends when this closes its input, or when the
 * runner dies.
 */
public final class PeerProcess implements AutoCloseable {

	private static final String GONE = "GONE";

	private static final long ANSWER_SECONDS = 60;

	private final String name;

	private final Path log;

	private final Process process;

	private final PrintStream commands;

	private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

	/**
	 * Starts a process.
	 * @param name its name
	 * @param command its command line
	 * @param logs the directory of its log
	 * @throws IOException if it cannot be started
	 */
	public PeerProcess(String name, List<String> command, Path logs) throws IOException {
		this.name = name;
		this.log = logs.resolve(name + ".log");
		this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
		this.commands = new PrintStream(this.process.getOutputStream(), true, StandardCharsets.UTF_8);
		Thread reader = new Thread(this::read, name + "-reader");
		reader.setDaemon(true);
		reader.start();
	}

	private void read() {
		try (BufferedReader lines = this.process.inputReader(StandardCharsets.UTF_8);
				PrintStream others = new PrintStream(Files.newOutputStream(this.log), true, StandardCharsets.UTF_8)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				if (line.startsWith(RunnerLines.MARK)) {
					this.answers.add(line.substring(RunnerLines.MARK.length()));
				}
				else {
					others.println(line);
				}
			}
		}
		catch (IOException ex) {
			System.err.println("the output of " + this.name + " cannot be read: " + ex);
		}
		this.answers.add(GONE);
	}

	/**
	 * Sends a command.
	 * @param command the command
	 */
	public void send(String command) {
		this.commands.println(command);
	}

	/**
	 * Waits for an answer.
	 * @param word its first word
	 * @return its fields
	 * @throws InterruptedException if interrupted
	 */
	public Fields await(String word) throws InterruptedException {
		return await(word, ANSWER_SECONDS);
	}

	/**
	 * Waits longer for an answer.
	 * @param word its first word
	 * @param seconds how long
	 * @return its fields
	 * @throws InterruptedException if interrupted
	 */
	public Fields await(String word, long seconds) throws InterruptedException {
		String answer = this.answers.poll(seconds, TimeUnit.SECONDS);
		if (answer == null || !(answer + " ").startsWith(word + " ")) {
			throw new IllegalStateException(
					this.name + " answered " + answer + " (expected: " + word + "); its log is " + this.log);
		}
		return Fields.parse(answer.substring(word.length()));
	}

	/**
	 * Asks what the process has used.
	 * @return the fields of {@link ProcessStats}
	 * @throws InterruptedException if interrupted
	 */
	public Fields stats() throws InterruptedException {
		send("STATS");
		return await("STATS");
	}

	double rssMegabytes() throws InterruptedException {
		return ProcessStats.of(stats()).rssKilobytes() / 1024.0;
	}

	@Override
	public void close() {
		this.commands.close();
		try {
			if (!this.process.waitFor(5, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
