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
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * One member, alone or of a cluster: its data, which outlive a run, and the run under
 * way. Not for use by several threads at once.
 */
final class EtcdMember {

	private final Path binary;

	private final String name;

	private final Path data;

	private final Path log;

	// Read by the shutdown hook.
	private volatile @Nullable EtcdProcess process;

	private boolean paused;

	EtcdMember(Path binary, Path directory, String name) {
		this.binary = binary;
		this.name = name;
		this.data = directory.resolve(name);
		this.log = directory.resolve(name + ".log");
	}

	/**
	 * Names this member and where others find it.
	 * @param ports where it listens
	 * @return its part of {@code --initial-cluster}
	 */
	String peer(EtcdPorts ports) {
		return this.name + "=" + ports.peerUrl();
	}

	/**
	 * Starts it and does not wait for it.
	 * @param ports where it listens
	 * @param cluster all members
	 * @param options what else it is told
	 */
	void launch(EtcdPorts ports, String cluster, EtcdOptions options) {
		checkStopped();
		this.process = EtcdProcess.start(this.binary, this.name, this.data, this.log, ports, cluster, options);
	}

	boolean awaitHealthy() {
		return running().awaitHealthy();
	}

	boolean isRunning() {
		return this.process != null;
	}

	boolean portWasTaken() {
		return running().portWasTaken();
	}

	String logTail() {
		return running().logTail();
	}

	void stop() {
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

	void kill() {
		EtcdProcess current = this.process;
		if (current != null) {
			current.kill();
			this.process = null;
			this.paused = false;
		}
	}

	void pause() {
		running().freeze();
		this.paused = true;
	}

	void resume() {
		running().thaw();
		this.paused = false;
	}

	void wipe() {
		checkStopped();
		delete(this.data);
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

	static void delete(Path path) {
		try {
			FileSystemUtils.deleteRecursively(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
