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
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.rpcboot.benchmarks.driver.Fields;

/**
 * Measures one consumer, and ends the run when the set that it published is not what etcd
 * holds.
 */
final class Measurement extends Column {

	private static final int WARM_UP_BASE = 1_000_000;

	private static final int BASE = 2_000_000;

	private static final int BURST_WEIGHT = 7;

	private static final int MAX_CHANNEL_BURST = 1000;

	private static final int PAGE = 1000;

	private static final int WRITES_WHILE_LISTING = 200;

	/** A record is about 500 bytes; all of them would be 50 kB already for 100. */
	private static final double MAX_BYTES_PER_CHANGE = 4000;

	private final ScaleOptions options;

	private final Application application;

	private final ConsumerProcess consumer;

	private long begun;

	Measurement(ScaleOptions options, Mode mode, int size, Application application, ConsumerProcess consumer) {
		super(mode, size);
		this.options = options;
		this.application = application;
		this.consumer = consumer;
	}

	/**
	 * Lets the consumer begin.
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	void list() throws IOException, InterruptedException {
		set(Figure.HEAP_BEFORE, this.consumer.ask("HEAP").number("heap") / 1024.0 / 1024.0);
		Usage before = this.consumer.usage();
		Fields list = this.consumer.ask("START");
		this.begun = list.number("begun");
		Usage used = this.consumer.usage().since(before);
		set(Figure.LIST_COLD, list.number("took") / 1e6);
		set(Figure.LIST_BYTES, used.bytesFrom() / 1024.0);
		set(Figure.LIST_READS, (double) used.reads());
		check(list.number("size") == size(), "the first list has " + list.number("size") + " instances");
		check(used.reads() >= (size() + PAGE - 1) / PAGE,
				"the first list took " + used.reads() + " range requests: it is not read in pages");
		this.consumer.verify("DIGEST", "after the first list");
	}

	/**
	 * Waits until every instance is connected and a call is answered.
	 * @param servers count connections
	 * @param connections how many there will be, other consumers' with them
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	void connect(ServerProcesses servers, int connections) throws IOException, InterruptedException {
		servers.awaitConnections(connections);
		this.consumer.ask("CALL 1");
		set(Figure.CONNECTED, (System.nanoTime() - this.begun) / 1e9);
		set(Figure.CONNECTED_CPU, this.consumer.usage().cpuMillis() / 1e3);
		this.consumer.ask("CALL 100");
	}

	/**
	 * Lists once more over the connection that is there, while records are written.
	 * @throws InterruptedException if interrupted
	 */
	void listWhileWriting() throws InterruptedException {
		AtomicBoolean listed = new AtomicBoolean();
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
			for (int turn = 0; turn < WRITES_WHILE_LISTING && !listed.get(); turn++) {
				this.application.change(Expectation.changedIn(turn, size()), WARM_UP_BASE - 1 - turn);
			}
		});
		Fields list = this.consumer.ask("SECOND");
		listed.set(true);
		writer.join();
		set(Figure.LIST_WARM, list.number("took") / 1e6);
		this.consumer.verify("SECOND-DIGEST", "after a list while records were written");
		this.consumer.ask("SECOND-END");
	}

	/**
	 * Changes one instance after the other.
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	void changes() throws IOException, InterruptedException {
		change(WARM_UP_BASE, new double[this.options.warmUp()], new double[this.options.warmUp()], 0);
		if (this.options.profile()) {
			this.consumer.ask("PROFILE");
		}
		Usage before = this.consumer.usage();
		double[] millis = new double[this.options.changes()];
		double[] bytes = new double[millis.length];
		change(BASE, millis, bytes, GAP_NANOS);
		Usage used = this.consumer.usage().since(before);
		if (this.options.profile()) {
			Path file = this.options.root().resolve("target/scale/" + name() + ".jfr");
			this.consumer.ask("PROFILE-END " + file);
			System.out.println(Profile.of(file).text(name()));
		}
		set(Figure.CHANGE_P50, percentile(millis, 50));
		set(Figure.CHANGE_P99, percentile(millis, 99));
		set(Figure.CHANGE_CPU, used.cpuMillis() / millis.length);
		set(Figure.CHANGE_ALLOCATED, used.process().allocatedBytes() / 1024.0 / millis.length);
		set(Figure.CHANGE_BYTES, percentile(bytes, 50));
		set(Figure.CHANGE_READS, (double) used.reads());
		check(figure(Figure.CHANGE_BYTES) < MAX_BYTES_PER_CHANGE, "a change of one instance brings "
				+ figure(Figure.CHANGE_BYTES) + " bytes from etcd (expected: < " + MAX_BYTES_PER_CHANGE + ")");
		this.consumer.verify("DIGEST", "after single changes");
	}

	private void change(int base, double[] millis, double[] bytes, long gapNanos) throws InterruptedException {
		SeenTimes seen = this.consumer.expect("EXPECT-WEIGHTS " + base);
		for (int step = 0; step < millis.length; step++) {
			long before = this.consumer.bytesFromEtcd();
			long answered = this.application.change(Expectation.changedIn(step, size()), base + step);
			millis[step] = (seen.await(step) - answered) / 1e6;
			LockSupport.parkNanos(gapNanos);
			bytes[step] = this.consumer.bytesFromEtcd() - before;
		}
	}

	/**
	 * Lets in turn an instance join and leave.
	 * @throws InterruptedException if interrupted
	 */
	void joins() throws InterruptedException {
		SeenTimes seen = this.consumer.expect("EXPECT-SIZES");
		double[] joined = new double[this.options.joins()];
		double[] left = new double[this.options.joins()];
		for (int turn = 0; turn < joined.length; turn++) {
			long answered = this.application.join(turn);
			joined[turn] = (seen.await(2 * turn) - answered) / 1e6;
			LockSupport.parkNanos(GAP_NANOS);
			answered = this.application.leave(turn);
			left[turn] = (seen.await(2 * turn + 1) - answered) / 1e6;
			LockSupport.parkNanos(GAP_NANOS);
		}
		set(Figure.JOIN_P50, percentile(joined, 50));
		set(Figure.LEAVE_P50, percentile(left, 50));
		this.consumer.verify("DIGEST", "after joins and leaves");
	}

	/**
	 * Rewrites all records at once; behind a channel, 1,000 at most.
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	void burst() throws IOException, InterruptedException {
		Usage before = this.consumer.usage();
		int count = (mode() == Mode.WATCH) ? size() : Math.min(size(), MAX_CHANNEL_BURST);
		String await = "AWAIT " + size() + " " + count + " " + BURST_WEIGHT;
		this.consumer.send(await);
		long first = System.nanoTime();
		long last = this.application.rewrite(0, count, BURST_WEIGHT);
		long complete = this.consumer.answer(await).number("nanos");
		Usage used = this.consumer.usage().since(before);
		set(Figure.BURST_ETCD, (last - first) / 1e9);
		set(Figure.BURST_LAG, (complete - last) / 1e6);
		set(Figure.BURST_SETS, (double) used.sets());
		set(Figure.BURST_CPU, used.cpuMillis() / 1e3);
		set(Figure.BURST_BYTES, (double) used.bytesFrom() / count);
		this.consumer.verify("DIGEST", "after a burst");
	}

	/**
	 * Lets half of the instances leave on purpose at once, and return.
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	void halves() throws IOException, InterruptedException {
		int half = size() / 2;
		Usage before = this.consumer.usage();
		String await = "AWAIT " + half + " " + half + " " + BURST_WEIGHT;
		this.consumer.send(await);
		long last = this.application.remove(half, size());
		set(Figure.HALF_LEFT, (this.consumer.answer(await).number("nanos") - last) / 1e6);
		Usage between = this.consumer.usage();
		set(Figure.HALF_LEFT_CPU, between.since(before).cpuMillis() / 1e3);
		this.consumer.verify("DIGEST", "after half of them left");
		between = this.consumer.usage();
		await = "AWAIT " + size() + " " + size() + " " + BURST_WEIGHT;
		this.consumer.send(await);
		last = this.application.rewrite(half, size(), BURST_WEIGHT);
		set(Figure.HALF_BACK, (this.consumer.answer(await).number("nanos") - last) / 1e6);
		set(Figure.HALF_BACK_CPU, this.consumer.usage().since(between).cpuMillis() / 1e3);
		this.consumer.verify("DIGEST", "after half of them returned");
	}

	/**
	 * Takes the memory.
	 * @throws InterruptedException if interrupted
	 */
	void memory() throws InterruptedException {
		if (mode().isChannel()) {
			this.consumer.ask("CALL 100");
		}
		Fields heap = this.consumer.ask("HEAP");
		set(Figure.HEAP, heap.number("heap") / 1024.0 / 1024.0);
		set(Figure.RSS, heap.number("rss") / 1024.0);
		set(Figure.THREADS, (double) heap.number("threads"));
	}

	Usage usage() throws IOException, InterruptedException {
		return this.consumer.usage();
	}

	/**
	 * Takes what was used while nothing changed.
	 * @param before the usage at its beginning
	 * @throws IOException if etcd does not answer
	 * @throws InterruptedException if interrupted
	 */
	void rested(Usage before) throws IOException, InterruptedException {
		Usage used = this.consumer.usage().since(before);
		double minutes = used.process().nanos() / 60e9;
		set(Figure.REST_CPU, used.cpuMillis() / minutes);
		set(Figure.REST_SWITCHES, used.process().switches() / minutes / 60);
		set(Figure.REST_FROM, used.bytesFrom() / minutes);
		set(Figure.REST_TO, used.bytesTo() / minutes);
		check(used.sets() == 0, used.sets() + " sets were published while nothing changed");
		this.consumer.verify("DIGEST", "after rest");
	}

}
