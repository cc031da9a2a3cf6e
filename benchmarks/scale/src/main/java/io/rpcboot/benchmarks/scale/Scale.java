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

	private final ScaleOptions options;

	private final Path work;

	private final String endpoint;

	private final Client etcd;

	private final Jvms jvms;

	private final ServerProcesses servers = new ServerProcesses();

	private final List<ConsumerProcess> consumers = new ArrayList<>();

	private final List<Measurement> measurements = new ArrayList<>();

	private int connections;

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
		if (!channels.isEmpty()) {
			int most = channels.stream().mapToInt(Integer::intValue).max().orElse(0);
			this.servers.start(this.jvms, most + 1, this.options.addressesPerServer());
		}
		for (int size : this.options.sizes()) {
			measure(Mode.WATCH, size);
			if (channels.contains(size)) {
				measure(Mode.CHANNEL, size);
			}
			else {
				say("a channel to %,d instances is left out: a process may have %,d files open", size,
						this.options.files());
			}
		}
		rest();
		String text = new ScaleReport(this.options, this.measurements, this.jvms.classPath()).text();
		System.out.println(text);
		Files.writeString(this.options.results(), text);
	}

	private void measure(Mode mode, int size) throws IOException, InterruptedException {
		Application application = new Application(this.etcd, "scale-" + mode.id() + "-" + size, size,
				Math.max(1, this.servers.port()));
		application.register();
		ConsumerProcess consumer = new ConsumerProcess(this.jvms, this.work, mode, size, application, this.endpoint);
		this.consumers.add(consumer);
		Measurement measurement = new Measurement(this.options, mode, size, application, consumer);
		this.measurements.add(measurement);
		measurement.list();
		say("%s: listed after %.0f ms", consumer.name(), measurement.figure(Figure.LIST_COLD));
		if (mode == Mode.CHANNEL) {
			this.connections += size;
			measurement.connect(this.servers, this.connections);
			say("%s: connected after %.1f s", consumer.name(), measurement.figure(Figure.CONNECTED));
		}
		else {
			measurement.listWhileWriting();
		}
		measurement.changes();
		say("%s: a change takes %.2f ms at p50, %.2f ms at p99, %.2f ms of CPU", consumer.name(),
				measurement.figure(Figure.CHANGE_P50), measurement.figure(Figure.CHANGE_P99),
				measurement.figure(Figure.CHANGE_CPU));
		measurement.joins();
		measurement.burst();
		say("%s: all rewritten in %.2f s, complete %.0f ms later, %.0f sets", consumer.name(),
				measurement.figure(Figure.BURST_ETCD), measurement.figure(Figure.BURST_LAG),
				measurement.figure(Figure.BURST_SETS));
		if (mode == Mode.WATCH) {
			measurement.halves();
		}
		else {
			this.servers.awaitConnections(this.connections);
		}
		measurement.memory();
	}

	private void rest() throws IOException, InterruptedException {
		say("nothing changes for %d s", this.options.restSeconds());
		List<Usage> before = new ArrayList<>();
		for (Measurement measurement : this.measurements) {
			before.add(measurement.usage());
		}
		Thread.sleep(TimeUnit.SECONDS.toMillis(this.options.restSeconds()));
		for (int i = 0; i < before.size(); i++) {
			this.measurements.get(i).rested(before.get(i));
		}
	}

	private static void say(String format, Object... args) {
		System.out.printf(Locale.ROOT, format + "%n", args);
	}

	@Override
	public void close() {
		this.consumers.forEach(ConsumerProcess::close);
		this.servers.close();
		this.etcd.close();
	}

}
