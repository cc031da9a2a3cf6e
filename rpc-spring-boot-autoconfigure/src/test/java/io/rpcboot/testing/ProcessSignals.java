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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

/**
 * Freezes a process and lets it go on: its connections stay open, and nothing answers.
 */
public final class ProcessSignals {

	private static final int LIMIT_SECONDS = 10;

	private ProcessSignals() {
	}

	/**
	 * Freezes a process (SIGSTOP) and returns when it stands still.
	 * @param process the process
	 */
	public static void freeze(Process process) {
		send("STOP", process);
		awaitFrozen(process);
	}

	/**
	 * Lets a frozen process go on (SIGCONT). Changes nothing for one that is not frozen.
	 * @param process the process
	 */
	public static void thaw(Process process) {
		send("CONT", process);
	}

	/**
	 * Sends a signal through the shell's own {@code kill}: not every machine has a
	 * program of that name.
	 */
	private static void send(String name, Process process) {
		try {
			Process kill = new ProcessBuilder("sh", "-c", "kill -s " + name + " " + process.pid()).start();
			if (!kill.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
				throw new IllegalStateException("SIG" + name + " could not be sent to process " + process.pid());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Waits until the kernel has stopped every thread, which takes a moment after SIGSTOP
	 * was sent. Where there is no {@code /proc} to ask, that is taken to be so.
	 */
	private static void awaitFrozen(Process process) {
		Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
		if (Files.isDirectory(tasks)) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(LIMIT_SECONDS))
				.pollInterval(Duration.ofMillis(5))
				.until(() -> allStopped(tasks));
		}
	}

	private static boolean allStopped(Path tasks) throws IOException {
		try (Stream<Path> threads = Files.list(tasks)) {
			return threads.allMatch(ProcessSignals::isStopped);
		}
	}

	private static boolean isStopped(Path thread) {
		try {
			String stat = Files.readString(thread.resolve("stat"));
			// The state follows the name, which stands in parentheses.
			return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
		}
		catch (IOException ex) {
			// A thread that ended meanwhile.
			return true;
		}
	}

}
