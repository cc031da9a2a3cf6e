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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.Client;
import io.rpcboot.benchmarks.runner.Etcd;

/**
 * Measures consumers of applications of several sizes, one after the other, lets all of
 * them rest at the same time, and writes the tables.
 */
public final class Scale implements AutoCloseable {

	private static final int INSTANCES_OF_REFERENCE = 3;

	/** The starter's default. */
	private static final int SUBSET = 20;

	private final ScaleOptions options;

	private final Path work;

	private final String endpoint;

	private final Client etcd;

	private final Jvms jvms;

	private final ServerProcesses servers = new ServerProcesses();

	private final List<ConsumerProcess> consumers = new ArrayList<>();

	private final List<Measurement> measurements = new ArrayList<>();

	private final List<Column> columns = new ArrayList<>();

	private int connections;

	/** When an instance joined last. */
	private long joinedNanos = System.nanoTime();

	private Scale(ScaleOptions options, Path work, String endpoint) throws IOException {
		this.options = options;
		this.work = work;
		this.endpoint = endpoint;
		this.etcd = Client.builder().endpoints(endpoint).keepaliveWithoutCalls(false).build();
		this.jvms = new Jvms(options.root(), work);
	}

	/**
	 * Runs the benchmark; ends with 1 if a consumer's set is not what etcd holds.
	 * @param args options, each a name and a value
	 * @throws IOException if a process or a file fails
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		ScaleOptions options = ScaleOptions.parse(args);
		Path work = Files.createDirectories(options.root().resolve("target/scale"));
		try (Etcd etcd = Etcd.start(options.etcd(), work); Scale scale = new Scale(options, work, etcd.endpoint())) {
			scale.run();
		}
		catch (IllegalStateException ex) {
			System.err.println("FAILED: " + ex.getMessage() + "; the logs are in " + work);
			ex.printStackTrace();
			System.exit(1);
		}
		System.exit(0);
	}

	private void run() throws IOException, InterruptedException {
		List<Integer> channels = this.options.channelSizes();
		int most = channels.stream().mapToInt(Integer::intValue).max().orElse(INSTANCES_OF_REFERENCE);
		this.servers.start(this.jvms, most + 1, this.options.addressesPerServer());
		for (int size : this.options.sizes()) {
			measure(Mode.WATCH, size);
			if (channels.contains(size)) {
				measure(Mode.CHANNEL, size);
				measure(Mode.UNWATCHED, size);
			}
			else {
				say("a channel to %,d instances is left out: a process may have %,d files open", size,
						this.options.files());
			}
		}
		rest();
		this.consumers.forEach(DrivenProcess::close);
		this.servers.awaitConnections(0);
		if (isWanted(Mode.SUBSET)) {
			for (int size : channels) {
				Application application = application("scale-subset-" + size, size);
				measure(Mode.SUBSET, size, List.of(application), Math.min(size, SUBSET));
			}
		}
		if (isWanted(Mode.REFERENCES)) {
			for (int size : this.options.references()) {
				List<Application> applications = new ArrayList<>();
				for (int i = 0; i < size; i++) {
					applications.add(application("scale-references-" + size + "-" + i, INSTANCES_OF_REFERENCE));
				}
				measure(Mode.REFERENCES, size, applications, size * INSTANCES_OF_REFERENCE);
			}
		}
		if (isWanted(Mode.SERVICES)) {
			for (int size : this.options.services()) {
				measureServices(size);
			}
		}
		String text = new ScaleReport(this.options, this.columns, this.jvms.classPath()).text();
		System.out.println(text);
		Files.writeString(this.options.results(), text);
	}

	private boolean isWanted(Mode mode) {
		return this.options.modes().contains(mode);
	}

	private Application application(String name, int size) throws InterruptedException {
		Application application = new Application(this.etcd, name, size, this.servers.port());
		application.register();
		return application;
	}

	private void measure(Mode mode, int size) throws IOException, InterruptedException {
		if (!isWanted(mode)) {
			return;
		}
		Application application = application("scale-" + mode.id() + "-" + size, size);
		ConsumerProcess consumer = new ConsumerProcess(this.jvms, this.work, mode, size, application, this.endpoint);
		this.consumers.add(consumer);
		Measurement measurement = new Measurement(this.options, mode, size, application, consumer);
		this.measurements.add(measurement);
		this.columns.add(measurement);
		measurement.list();
		say("%s: listed after %.0f ms", consumer.name(), measurement.figure(Figure.LIST_COLD));
		if (mode.isChannel()) {
			this.connections += size;
			measurement.connect(this.servers, this.connections);
			say("%s: connected after %.1f s", consumer.name(), measurement.figure(Figure.CONNECTED));
		}
		else {
			measurement.listWhileWriting();
		}
		measurement.changes();
		sayChanges(measurement);
		measurement.joins();
		this.joinedNanos = System.nanoTime();
		measurement.burst();
		say("%s: all rewritten in %.2f s, complete %.0f ms later, %.0f sets", consumer.name(),
				measurement.figure(Figure.BURST_ETCD), measurement.figure(Figure.BURST_LAG),
				measurement.figure(Figure.BURST_SETS));
		if (mode.isChannel()) {
			this.servers.awaitConnections(this.connections);
		}
		else {
			measurement.halves();
		}
		measurement.memory();
	}

	private void measure(Mode mode, int size, List<Application> applications, int expected)
			throws IOException, InterruptedException {
		try (DrivenProcess process = new DrivenProcess(this.jvms, this.work, "scale-" + mode.id() + "-" + size,
				Referrer.class, this.endpoint, String.valueOf(mode == Mode.SUBSET))) {
			ReferencesMeasurement measurement = new ReferencesMeasurement(this.options, mode, size, applications,
					process);
			this.columns.add(measurement);
			measurement.open(this.servers, expected);
			say("%s: %d connections after %.1f s", process.name(), expected, measurement.figure(Figure.CONNECTED));
			measurement.changes();
			sayChanges(measurement);
			measurement.memory();
			measurement.rest(this.servers);
			sayRest(measurement);
		}
		this.servers.awaitConnections(0);
	}

	private void measureServices(int size) throws IOException, InterruptedException {
		String name = "scale-services-" + size;
		long started = System.nanoTime();
		try (DrivenProcess process = new DrivenProcess(this.jvms, this.work, name, Services.class, this.endpoint, name,
				String.valueOf(size))) {
			ServicesMeasurement measurement = new ServicesMeasurement(this.options, size,
					new Application(this.etcd, name, 0, 1), process);
			this.columns.add(measurement);
			measurement.register(started);
			say("%s: registered after %.1f s", name, measurement.figure(Figure.REGISTERED));
			measurement.rest();
			sayRest(measurement);
		}
	}

	private void rest() throws IOException, InterruptedException {
		if (this.measurements.isEmpty()) {
			return;
		}
		this.options.settle(this.joinedNanos);
		say("nothing changes for %d s", this.options.restSeconds());
		List<Usage> before = new ArrayList<>();
		List<ThreadTimes> threads = new ArrayList<>();
		for (int i = 0; i < this.measurements.size(); i++) {
			threads.add(this.consumers.get(i).threadTimes());
			before.add(this.measurements.get(i).usage());
		}
		Thread.sleep(TimeUnit.SECONDS.toMillis(this.options.restSeconds()));
		for (int i = 0; i < before.size(); i++) {
			this.measurements.get(i).rested(before.get(i));
			sayRest(this.measurements.get(i));
			say("%s", this.consumers.get(i).threadTimes().since(threads.get(i)));
		}
	}

	private static void sayChanges(Column column) {
		say("%s: a change takes %.2f ms at p50, %.2f ms at p99, %.2f ms of CPU, %.0f KiB", column.name(),
				column.figure(Figure.CHANGE_P50), column.figure(Figure.CHANGE_P99), column.figure(Figure.CHANGE_CPU),
				column.figure(Figure.CHANGE_ALLOCATED));
	}

	private static void sayRest(Column column) {
		say("%s: at rest %.0f ms of CPU a minute, %.0f context switches a second", column.name(),
				column.figure(Figure.REST_CPU), column.figure(Figure.REST_SWITCHES));
	}

	private static void say(String format, Object... args) {
		System.out.printf(Locale.ROOT, format + "%n", args);
	}

	@Override
	public void close() {
		this.consumers.forEach(DrivenProcess::close);
		this.servers.close();
		this.etcd.close();
	}

}
