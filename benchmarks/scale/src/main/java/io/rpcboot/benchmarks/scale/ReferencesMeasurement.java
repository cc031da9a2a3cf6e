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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.rpcboot.benchmarks.driver.Fields;

/**
 * Measures one application with references, alone: what etcd does at rest is for it. Ends
 * the run when a change does not reach a pick set, or when threads or connections are too
 * many.
 */
final class ReferencesMeasurement extends Column {

	private static final int WARM_UP_BASE = 1_000_000;

	private static final int BASE = 2_000_000;

	/** The same for one reference and for a thousand. */
	private static final int MAX_THREADS = 60;

	/** A line to the process has its limits. */
	private static final int OPEN_AT_ONCE = 50;

	private final ScaleOptions options;

	private final List<Application> applications;

	private final DrivenProcess process;

	private long connectedNanos;

	ReferencesMeasurement(ScaleOptions options, Mode mode, int size, List<Application> applications,
			DrivenProcess process) {
		super(mode, size);
		this.options = options;
		this.applications = applications;
		this.process = process;
	}

	/**
	 * Lets the application have its references, and waits until each has answered.
	 * @param servers count connections
	 * @param connections how many there will be
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	void open(ServerProcesses servers, int connections) throws IOException, InterruptedException {
		set(Figure.HEAP_BEFORE, this.process.ask("HEAP").number("heap") / 1024.0 / 1024.0);
		double before = this.process.usage().cpuMillis();
		long begun = System.nanoTime();
		for (int first = 0; first < this.applications.size(); first += OPEN_AT_ONCE) {
			this.process.ask("OPEN " + this.applications.stream()
				.skip(first)
				.limit(OPEN_AT_ONCE)
				.map(Application::name)
				.collect(Collectors.joining(" ")));
		}
		this.process.ask("CALL");
		servers.awaitConnections(connections);
		this.connectedNanos = System.nanoTime();
		set(Figure.CONNECTED, (this.connectedNanos - begun) / 1e9);
		set(Figure.CONNECTED_CPU, (this.process.usage().cpuMillis() - before) / 1e3);
		set(Figure.CONNECTIONS, connections);
	}

	/**
	 * Changes one instance after the other, each of another application.
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	void changes() throws IOException, InterruptedException {
		int[] instances = (mode() == Mode.SUBSET) ? members() : IntStream.range(0, 3).toArray();
		change(WARM_UP_BASE, new double[this.options.warmUp()], instances, 0);
		Usage before = this.process.usage();
		double[] millis = new double[this.options.changes()];
		change(BASE, millis, instances, GAP_NANOS);
		Usage used = this.process.usage().since(before);
		set(Figure.CHANGE_P50, percentile(millis, 50));
		set(Figure.CHANGE_P99, percentile(millis, 99));
		set(Figure.CHANGE_CPU, used.cpuMillis() / millis.length);
		set(Figure.CHANGE_ALLOCATED, used.process().allocatedBytes() / 1024.0 / millis.length);
		set(Figure.CHANGE_READS, (double) used.reads());
	}

	private void change(int base, double[] millis, int[] instances, long gapNanos) throws InterruptedException {
		SeenTimes seen = this.process.expect("EXPECT-WEIGHTS " + base);
		for (int step = 0; step < millis.length; step++) {
			Application application = this.applications.get(Expectation.changedIn(step, this.applications.size()));
			long answered = application.change(instances[step % instances.length], base + step);
			millis[step] = (seen.await(step) - answered) / 1e6;
			LockSupport.parkNanos(gapNanos);
		}
	}

	private int[] members() throws InterruptedException {
		return List.of(this.process.ask("MEMBERS").text("ids").split(",", -1))
			.stream()
			.mapToInt(Application::index)
			.toArray();
	}

	/**
	 * Takes the memory and the threads.
	 * @throws InterruptedException if interrupted
	 */
	void memory() throws InterruptedException {
		this.process.ask("CALL");
		Fields heap = this.process.ask("HEAP");
		set(Figure.HEAP, heap.number("heap") / 1024.0 / 1024.0);
		set(Figure.RSS, heap.number("rss") / 1024.0);
		set(Figure.THREADS, (double) heap.number("threads"));
		check(figure(Figure.THREADS) <= MAX_THREADS,
				figure(Figure.THREADS) + " threads (expected: <= " + MAX_THREADS + ", whatever the size)");
	}

	/**
	 * Lets nothing happen.
	 * @param servers count connections
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	void rest(ServerProcesses servers) throws IOException, InterruptedException {
		this.options.settle(this.connectedNanos);
		Usage used = rest(this.process, this.options);
		rested(this, used);
		check(used.sets() == 0, used.sets() + " pick sets were made while nothing changed");
		servers.awaitConnections((int) figure(Figure.CONNECTIONS));
	}

	/**
	 * Lets a process rest.
	 * @param process the process
	 * @param options how long
	 * @return what it used
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	static Usage rest(DrivenProcess process, ScaleOptions options) throws IOException, InterruptedException {
		ThreadTimes threads = process.threadTimes();
		Usage before = process.usage();
		Thread.sleep(TimeUnit.SECONDS.toMillis(options.restSeconds()));
		Usage used = process.usage().since(before);
		System.out.println(process.name() + " at rest:\n" + process.threadTimes().since(threads));
		return used;
	}

	/**
	 * Takes what a process used that was measured alone.
	 * @param column where to
	 * @param used what it used
	 */
	static void rested(Column column, Usage used) {
		double minutes = used.process().nanos() / 60e9;
		column.set(Figure.REST_CPU, used.cpuMillis() / minutes);
		column.set(Figure.REST_SWITCHES, used.process().switches() / minutes / 60);
		column.set(Figure.REST_REQUESTS, used.etcd().requests() / minutes);
		column.set(Figure.REST_QUESTIONS, used.etcd().questions() / minutes);
		column.set(Figure.REST_ETCD_CPU, used.etcd().cpuMillis() / minutes);
		column.set(Figure.REST_FROM, used.bytesFrom() / minutes);
		column.set(Figure.REST_TO, used.bytesTo() / minutes);
	}

}
