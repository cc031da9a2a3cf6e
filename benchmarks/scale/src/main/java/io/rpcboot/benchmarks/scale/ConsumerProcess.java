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
import java.util.concurrent.TimeUnit;

import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.runner.PeerProcess;

/**
 * One consumer: its process, its proxy to etcd, and the application that it watches.
 */
final class ConsumerProcess implements AutoCloseable {

	/** Longer than a consumer waits itself, whose failure says more. */
	private static final long ANSWER_SECONDS = 200;

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

	private static final long POLL_MILLIS = 50;

	private final String name;

	private final Application application;

	private final EtcdMetrics metrics;

	private final CountingProxy proxy;

	private final SeenTimes times;

	private final PeerProcess process;

	ConsumerProcess(Jvms jvms, Path work, Mode mode, int size, Application application, String etcd)
			throws IOException, InterruptedException {
		this.name = application.name();
		this.application = application;
		this.metrics = new EtcdMetrics(etcd);
		this.proxy = new CountingProxy(URI.create(etcd));
		Path file = work.resolve(this.name + ".times");
		this.times = SeenTimes.map(file);
		this.process = jvms.start(this.name, Consumer.class, mode.id(), this.proxy.endpoint(), this.name,
				String.valueOf(size), file.toString());
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
				this.proxy.bytesToTarget(), this.metrics.rangeRequests());
	}

	/**
	 * Compares the set that the consumer has with etcd's content. Nobody may write
	 * meanwhile.
	 * @param command asks for the digest of the set
	 * @param when after what, for the message
	 * @throws InterruptedException if interrupted
	 */
	void verify(String command, String when) throws InterruptedException {
		String wanted = Digest.of(this.application.content());
		long end = System.nanoTime() + PATIENCE_NANOS;
		String has = ask(command).text("digest");
		while (!has.equals(wanted)) {
			if (System.nanoTime() > end) {
				throw new IllegalStateException(this.name + " " + when + ": the published set is " + has
						+ " (expected: etcd's content, " + wanted + ")");
			}
			Thread.sleep(POLL_MILLIS);
			has = ask(command).text("digest");
		}
	}

	@Override
	public void close() {
		this.process.close();
		this.proxy.close();
	}

}
