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

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * One real etcd as a child process, on loopback ports and a data directory of its own,
 * with the faults that tests need: stopped, killed, paused, wiped. It keeps the ports of
 * its first start. Not for use by several threads at once.
 */
public final class EtcdServer implements AutoCloseable {

	private static final int PORT_ATTEMPTS = 5;

	private final EtcdDirectory directory = new EtcdDirectory();

	private final EtcdMember member;

	private @Nullable EtcdPorts ports;

	private EtcdOptions options = EtcdOptions.DEFAULT;

	EtcdServer(Path binary) {
		this.member = this.directory.member(binary, "test");
	}

	/**
	 * Starts etcd and returns when it is healthy. The data of an earlier run is there
	 * again, unless it was wiped.
	 * @throws IllegalStateException if it runs already, or is not healthy within 20 s;
	 * the text ends with the tail of etcd's log
	 */
	public void start() {
		for (int attempt = 1; !startOn((this.ports != null) ? this.ports : EtcdPorts.free()); attempt++) {
			boolean again = this.ports == null && attempt < PORT_ATTEMPTS && this.member.portWasTaken();
			String log = this.member.logTail();
			this.member.kill();
			if (!again) {
				throw new IllegalStateException("etcd: not healthy (expected: within 20 s)\n" + log);
			}
		}
	}

	/**
	 * Asks etcd to end (SIGTERM) and returns when it has, after at most 10 s. Does
	 * nothing when it does not run.
	 */
	public void stop() {
		this.member.stop();
	}

	/**
	 * Ends etcd without a warning (SIGKILL) and returns when it is gone. Does nothing
	 * when it does not run.
	 */
	public void kill() {
		this.member.kill();
	}

	/**
	 * Stops etcd if it runs, and starts it again on the same ports and data.
	 */
	public void restart() {
		stop();
		start();
	}

	/**
	 * Stops etcd if it runs, and starts it again on the same ports and data in another
	 * way.
	 * @param newOptions how, from now on
	 */
	public void restart(EtcdOptions newOptions) {
		stop();
		this.options = newOptions;
		start();
	}

	/**
	 * Freezes the process (SIGSTOP): its connections stay open and nothing answers.
	 */
	public void pause() {
		this.member.pause();
	}

	/**
	 * Lets a paused process go on (SIGCONT).
	 */
	public void resume() {
		this.member.resume();
	}

	/**
	 * Undoes the faults: starts etcd if it is stopped, lets it go on if it is paused.
	 */
	public void heal() {
		if (this.member.isRunning()) {
			this.member.resume();
		}
		else {
			start();
		}
	}

	/**
	 * Deletes all data of a stopped etcd: the next start begins at revision 1.
	 */
	public void wipe() {
		this.member.wipe();
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
		return this.options.url(current.clientUrl());
	}

	/**
	 * Ends the process and removes its directory.
	 */
	@Override
	public void close() {
		this.directory.close();
	}

	private boolean startOn(EtcdPorts candidate) {
		this.member.launch(candidate, this.member.peer(candidate), this.options);
		if (this.member.awaitHealthy()) {
			this.ports = candidate;
			return true;
		}
		return false;
	}

}
