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

package io.rpcboot.testing.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * One real etcd as a child process, on loopback ports and a data directory of its own,
 * with the faults that tests need: stopped, killed, paused, wiped. It keeps the ports of
 * its first start. Not for use by several threads at once.
 */
public final class EtcdServer implements AutoCloseable {

	private static final int PORT_ATTEMPTS = 5;

	private final Path binary;

	private final Path directory;

	private final Thread shutdownHook = new Thread(this::end, "etcd-server-end");

	private @Nullable EtcdPorts ports;

	// Read by the shutdown hook.
	private volatile @Nullable EtcdProcess process;

	private boolean paused;

	EtcdServer(Path binary) {
		this.binary = binary;
		try {
			this.directory = Files.createTempDirectory("etcd-server");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Runtime.getRuntime().addShutdownHook(this.shutdownHook);
	}

	/**
	 * Starts etcd and returns when it is healthy. The data of an earlier run is there
	 * again, unless it was wiped.
	 * @throws IllegalStateException if it runs already, or is not healthy within 20 s;
	 * the text ends with the tail of etcd's log
	 */
	public void start() {
		checkStopped();
		for (int attempt = 1; !startOn((this.ports != null) ? this.ports : EtcdPorts.free()); attempt++) {
			EtcdProcess failed = running();
			failed.kill();
			this.process = null;
			if (this.ports != null || attempt == PORT_ATTEMPTS || !failed.portWasTaken()) {
				throw new IllegalStateException("etcd: not healthy (expected: within 20 s)\n" + failed.logTail());
			}
		}
	}

	/**
	 * Asks etcd to end (SIGTERM) and returns when it has, after at most 10 s. Does
	 * nothing when it does not run.
	 */
	public void stop() {
		EtcdProcess current = this.process;
		if (current == null) {
			return;
		}
		if (this.paused) {
			resume();
		}
		if (!current.terminate()) {
			kill();
			throw new IllegalStateException(
					"etcd: still running (expected: stopped within 10 s)\n" + current.logTail());
		}
		this.process = null;
	}

	/**
	 * Ends etcd without a warning (SIGKILL) and returns when it is gone. Does nothing
	 * when it does not run.
	 */
	public void kill() {
		EtcdProcess current = this.process;
		if (current != null) {
			current.kill();
			this.process = null;
			this.paused = false;
		}
	}

	/**
	 * Stops etcd if it runs, and starts it again on the same ports and data.
	 */
	public void restart() {
		stop();
		start();
	}

	/**
	 * Freezes the process (SIGSTOP): its connections stay open and nothing answers.
	 */
	public void pause() {
		running().signal("STOP");
		this.paused = true;
		running().awaitFrozen();
	}

	/**
	 * Lets a paused process go on (SIGCONT).
	 */
	public void resume() {
		running().signal("CONT");
		this.paused = false;
	}

	/**
	 * Deletes all data of a stopped etcd: the next start begins at revision 1.
	 */
	public void wipe() {
		checkStopped();
		delete(dataDirectory());
	}

	/**
	 * Returns where clients find it.
	 * @return a URL such as {@code http://127.0.0.1:23790}
	 */
	public String endpoint() {
		EtcdPorts current = this.ports;
		if (current == null) {
			throw new IllegalStateException("etcd: never started (expected: started)");
		}
		return current.clientUrl();
	}

	/**
	 * Ends the process and removes its directory.
	 */
	@Override
	public void close() {
		end();
		try {
			Runtime.getRuntime().removeShutdownHook(this.shutdownHook);
		}
		catch (IllegalStateException ex) {
			// The JVM is ending: the hook does the same.
		}
	}

	private boolean startOn(EtcdPorts candidate) {
		Path log = this.directory.resolve("etcd.log");
		EtcdProcess started = EtcdProcess.start(this.binary, dataDirectory(), log, candidate);
		this.process = started;
		if (started.awaitHealthy()) {
			this.ports = candidate;
			return true;
		}
		return false;
	}

	private EtcdProcess running() {
		EtcdProcess current = this.process;
		if (current == null) {
			throw new IllegalStateException("etcd: stopped (expected: running)");
		}
		return current;
	}

	private void checkStopped() {
		if (this.process != null) {
			throw new IllegalStateException("etcd: running (expected: stopped)");
		}
	}

	private Path dataDirectory() {
		return this.directory.resolve("data");
	}

	private void end() {
		kill();
		delete(this.directory);
	}

	private static void delete(Path path) {
		try {
			FileSystemUtils.deleteRecursively(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
