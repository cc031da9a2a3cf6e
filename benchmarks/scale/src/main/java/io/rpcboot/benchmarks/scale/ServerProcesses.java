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

package io.rpcboot.benchmarks.scale;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.rpcboot.benchmarks.runner.PeerProcess;

/**
 * The processes that listen on the addresses of all instances.
 */
final class ServerProcesses implements AutoCloseable {

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

	private static final long POLL_MILLIS = 20;

	private final List<PeerProcess> processes = new ArrayList<>();

	private int port;

	/**
	 * Starts them.
	 * @param jvms starts processes
	 * @param count how many instances there are
	 * @param perProcess how many of them one process serves
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if interrupted
	 */
	void start(Jvms jvms, int count, int perProcess) throws IOException, InterruptedException {
		for (int first = 0; first < count; first += perProcess) {
			PeerProcess process = jvms.start("servers-" + first, Servers.class, String.valueOf(first),
					String.valueOf(Math.min(count, first + perProcess)), String.valueOf(this.port));
			this.processes.add(process);
			this.port = (int) process.await("READY").number("port");
		}
	}

	int port() {
		return this.port;
	}

	/**
	 * Waits until so many connections are open, no less and no more.
	 * @param count the number
	 * @throws InterruptedException if interrupted
	 */
	void awaitConnections(int count) throws InterruptedException {
		long end = System.nanoTime() + PATIENCE_NANOS;
		long open = -1;
		while (System.nanoTime() < end) {
			open = 0;
			for (PeerProcess process : this.processes) {
				open += process.stats().number("connections");
			}
			if (open == count) {
				return;
			}
			Thread.sleep(POLL_MILLIS);
		}
		throw new IllegalStateException(open + " connections are open (expected: " + count + ")");
	}

	@Override
	public void close() {
		this.processes.forEach(PeerProcess::close);
	}

}
