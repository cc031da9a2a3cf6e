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

package io.rpcboot.benchmarks.connections;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

import io.rpcboot.benchmarks.runner.Machine;
import io.rpcboot.benchmarks.runner.Table;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchStub;
import io.rpcboot.client.RpcReference;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Measures what one, two and four connections to one instance do, each load in turn.
 */
public final class Connections {

	private static final List<Load> LOADS = List.of(Load.late(256), Load.late(1000), Load.small(64), Load.large(16),
			Load.streams(4));

	private static final int ROUNDS = 3;

	private final Map<Integer, BenchStub> stubs;

	private final double seconds;

	private boolean failed;

	private Connections(Map<Integer, BenchStub> stubs, double seconds) {
		this.stubs = stubs;
		this.seconds = seconds;
	}

	/**
	 * Measures.
	 * @param args the file of the report, and how many seconds each load takes in a round
	 * @throws Exception if the server does not run
	 */
	public static void main(String[] args) throws Exception {
		int port = freePort();
		Process server = server(port);
		List<String> settings = new ArrayList<>(
				List.of("--spring.application.name=consumer", "--rpc.registry.type=none", "--rpc.server.port=-1"));
		Map.of("one", 1, "two", 2, "four", 4).forEach((application, connections) -> {
			settings.add("--rpc.client.references.[" + application + "].addresses=127.0.0.1:" + port);
			settings.add("--rpc.client.references.[" + application + "].connections=" + connections);
		});
		boolean failed;
		try (ConfigurableApplicationContext context = SpringApplication.run(References.class,
				settings.toArray(String[]::new))) {
			Connections measured = new Connections(context.getBean(References.class).stubs,
					Double.parseDouble(args[1]));
			Files.writeString(Path.of(args[0]), measured.measure());
			failed = measured.failed;
		}
		finally {
			server.getOutputStream().close();
			server.waitFor();
		}
		System.exit(failed ? 1 : 0);
	}

	private static Process server(int port) throws IOException {
		return new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx512m", "-cp",
				System.getProperty("java.class.path"), ConnectionsServer.class.getName(), String.valueOf(port))
			.redirectErrorStream(true)
			.redirectOutput(Path.of("benchmarks/target/connections-server.log").toFile())
			.start();
	}

	private String measure() throws InterruptedException, TimeoutException {
		Map<String, Figures> all = new LinkedHashMap<>();
		for (int round = 0; round <= ROUNDS; round++) {
			for (Load load : LOADS) {
				for (Map.Entry<Integer, BenchStub> stub : this.stubs.entrySet()) {
					String name = load.name() + ", " + stub.getKey()
							+ ((stub.getKey() == 1) ? " connection" : " connections");
					// The first round warms up.
					Figures figures = (round == 0) ? new Figures() : all.computeIfAbsent(name, (key) -> new Figures());
					new Run(stub.getValue().withWaitForReady(), load, figures).measure(this.seconds / 4, this.seconds);
					this.failed |= figures.isFailed();
				}
			}
		}
		// A busy machine may answer nothing in the first moments of a process.
		this.failed |= all.values().stream().anyMatch(Figures::isEmpty);
		Table table = new Table("load", Figures.HEADS);
		all.forEach((name, figures) -> table.row(name, figures.row()));
		return report(table);
	}

	private String report(Table table) {
		return "# Several connections to one instance\n\nWritten by `benchmarks/connections.sh`. One server, which allows "
				+ ConnectionsServer.MAX_CONCURRENT
				+ " streams on a connection (one is the health watch), and one client; " + "both non-blocking. "
				+ ROUNDS + " rounds of " + Table.number(this.seconds)
				+ " s each, in turn. Time of a stream is that from one message to the next. The busiest loop is the "
				+ "CPU time of that event loop of the client, against the time that passed.\n\n" + Machine.processor()
				+ ", " + Runtime.getRuntime().availableProcessors() + " cores for both sides; " + Machine.system()
				+ "; " + Machine.jdk() + ".\n\n" + table;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	/**
	 * The consumer.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class References {

		private final Map<Integer, BenchStub> stubs = new LinkedHashMap<>();

		References(@RpcReference(value = "one", nonBlocking = true) BenchStub one,
				@RpcReference(value = "two", nonBlocking = true) BenchStub two,
				@RpcReference(value = "four", nonBlocking = true) BenchStub four) {
			this.stubs.put(1, one);
			this.stubs.put(2, two);
			this.stubs.put(4, four);
		}

	}

}
