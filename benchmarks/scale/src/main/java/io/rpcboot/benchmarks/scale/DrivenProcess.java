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
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.runner.PeerProcess;

/**
 * A process that is measured, its proxy to etcd, and the memory that it shares with the
 * driver.
 */
class DrivenProcess implements AutoCloseable {

	/** Longer than a consumer waits itself, whose failure says more. */
	private static final long ANSWER_SECONDS = 200;

	private final String name;

	private final EtcdMetrics metrics;

	private final CountingProxy proxy;

	private final SeenTimes times;

	private final PeerProcess process;

	/**
	 * Starts it.
	 * @param jvms starts processes
	 * @param work the directory of the shared memory
	 * @param name its name
	 * @param main its class, which is given etcd's endpoint, the file of
	 * {@link SeenTimes} and the other arguments
	 * @param etcd etcd's endpoint
	 * @param args the other arguments
	 * @throws IOException if it cannot be started
	 * @throws InterruptedException if interrupted
	 */
	DrivenProcess(Jvms jvms, Path work, String name, Class<?> main, String etcd, String... args)
			throws IOException, InterruptedException {
		this.name = name;
		this.metrics = new EtcdMetrics(etcd);
		this.proxy = new CountingProxy(URI.create(etcd));
		Path file = work.resolve(name + ".times");
		this.times = SeenTimes.map(file);
		List<String> all = new ArrayList<>(List.of(this.proxy.endpoint(), file.toString()));
		all.addAll(List.of(args));
		this.process = jvms.start(name, main, all.toArray(String[]::new));
		this.process.await("READY");
		checkClock();
	}

	/** Latencies are differences of what two processes read from one clock. */
	private void checkClock() throws InterruptedException {
		long before = System.nanoTime();
		long theirs = ask("CLOCK").number("nanos");
		long after = System.nanoTime();
		if (theirs < before || theirs > after) {
			throw new IllegalStateException(
					"System.nanoTime is not one clock for all processes here (expected: CLOCK_MONOTONIC, as on Linux)");
		}
	}

	String name() {
		return this.name;
	}

	Fields ask(String command) throws InterruptedException {
		this.process.send(command);
		return answer(command);
	}

	void send(String command) {
		this.process.send(command);
	}

	Fields answer(String command) throws InterruptedException {
		return this.process.await(command.split(" ", 2)[0], ANSWER_SECONDS);
	}

	SeenTimes expect(String command) throws InterruptedException {
		this.times.clear();
		ask(command);
		return this.times;
	}

	long bytesFromEtcd() {
		return this.proxy.bytesFromTarget();
	}

	Usage usage() throws IOException, InterruptedException {
		Fields stats = this.process.stats();
		return new Usage(ProcessStats.of(stats), stats.number("sets"), this.proxy.bytesFromTarget(),
				this.proxy.bytesToTarget(), this.metrics.counts());
	}

	ThreadTimes threadTimes() throws InterruptedException {
		return ThreadTimes.of(ask("THREADS"));
	}

	@Override
	public void close() {
		this.process.close();
		this.proxy.close();
	}

}
