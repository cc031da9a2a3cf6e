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

package io.rpcboot.benchmarks.gate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.driver.Scenario;
import io.rpcboot.benchmarks.runner.PeerProcess;

/**
 * A server and a client, each in a process of its own.
 */
final class Pair implements AutoCloseable {

	private static final long RAMP_MILLIS = 50;

	private final String name;

	private final PeerProcess server;

	private final PeerProcess client;

	private Pair(String name, PeerProcess server, PeerProcess client) {
		this.name = name;
		this.server = server;
		this.client = client;
	}

	/**
	 * Starts both, and waits until the client has made a call.
	 * @param name its name
	 * @param mainPrefix the main classes without {@code Server} and {@code Client}
	 * @param mode an argument of both
	 * @param etcd etcd's endpoint
	 * @param logs the directory of the logs
	 * @return the pair
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if interrupted
	 */
	static Pair start(String name, String mainPrefix, String mode, String etcd, Path logs)
			throws IOException, InterruptedException {
		PeerProcess server = process(name + "-server", logs, mainPrefix + "Server", mode, etcd);
		try {
			String port = server.await("READY").text("port");
			PeerProcess client = process(name + "-client", logs, mainPrefix + "Client", port, mode, etcd);
			client.await("READY");
			return new Pair(name, server, client);
		}
		catch (RuntimeException | IOException | InterruptedException ex) {
			server.close();
			throw ex;
		}
	}

	private static PeerProcess process(String name, Path logs, String... mainAndArguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		// What is compiled is used at once, so that a number of calls is enough to warm
		// up.
		// The class path is that of this process, which has all that the others need.
		command.addAll(List.of("-Xmx256m", "-Xbatch", "-cp", System.getProperty("java.class.path")));
		command.addAll(List.of(mainAndArguments));
		return new PeerProcess("gate-" + name, command, logs);
	}

	ProcessStats server() throws InterruptedException {
		return ProcessStats.of(this.server.stats());
	}

	ProcessStats client() throws InterruptedException {
		return ProcessStats.of(this.client.stats());
	}

	/**
	 * Puts a load on.
	 * @param scenario the load
	 * @param millis for how long
	 * @return what it did
	 * @throws InterruptedException if interrupted
	 */
	Run run(Scenario scenario, long millis) throws InterruptedException {
		this.client.send("RUN " + scenario.id() + " " + RAMP_MILLIS + " " + millis);
		this.client.await("BEGIN");
		Fields begin = this.server.stats();
		this.client.await("END");
		Fields end = this.server.stats();
		Fields result = this.client.await("RESULT");
		if (result.number("failures") > 0) {
			throw new IllegalStateException(
					result.number("failures") + " calls of " + this.name + " failed: " + result.text("failure"));
		}
		ProcessStats served = ProcessStats.of(end).since(ProcessStats.of(begin));
		ProcessStats called = ProcessStats.of(result);
		double handled = (double) (end.number("handled") - begin.number("handled"));
		double made = (scenario.kind() == Scenario.Kind.UP) ? handled / served.nanos() * called.nanos()
				: (double) result.number("count");
		// Each side by its own count: the two do not begin and end at the same moment.
		return new Run((long) made, new Cost(served.allocatedBytes() / handled, called.allocatedBytes() / made,
				served.wakeUps() / handled + called.wakeUps() / made));
	}

	@Override
	public void close() {
		this.client.close();
		this.server.close();
	}

	/**
	 * A load that was put on.
	 *
	 * @param count calls, or messages of streams
	 * @param cost what each has cost
	 */
	record Run(long count, Cost cost) {

	}

}
