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

package io.rpcboot.benchmarks.overload;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import io.grpc.Channel;
import io.rpcboot.benchmarks.runner.Machine;
import io.rpcboot.benchmarks.runner.Table;
import io.rpcboot.client.RpcReference;
import org.HdrHistogram.Histogram;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Offers a service five times what it can do, and says what its callers and those of
 * another service get.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Overload {

	private static final double CAPACITY = Services.MAX_CONCURRENT * 1000.0 / Services.HANDLER_MILLIS;

	private static final int OVERLOAD = 5;

	private static final int ROUNDS = 4;

	private final List<String> missed = new ArrayList<>();

	private final Load load;

	private final Load adaptive;

	private final int seconds;

	Overload(Load load, Load adaptive, int seconds) {
		this.load = load;
		this.adaptive = adaptive;
		this.seconds = seconds;
	}

	/**
	 * Measures.
	 * @param args the file of the report, and how many seconds a phase takes
	 * @throws Exception if the server does not run
	 */
	public static void main(String[] args) throws Exception {
		int port = freePort();
		Process server = server(port, false);
		int adaptivePort = freePort();
		Process adaptive = server(adaptivePort, true);
		int missed;
		try (ConfigurableApplicationContext context = SpringApplication.run(References.class,
				"--spring.application.name=overload-consumer", "--rpc.registry.type=none", "--rpc.server.port=-1",
				"--rpc.client.references.[overload].addresses=127.0.0.1:" + port,
				"--rpc.client.references.[overload].retry.max-attempts=1",
				"--rpc.client.references.[adaptive].addresses=127.0.0.1:" + adaptivePort,
				"--rpc.client.references.[adaptive].retry.max-attempts=1")) {
			References references = context.getBean(References.class);
			Overload overload = new Overload(new Load(references.channel, new Random(6)),
					new Load(references.adaptive, new Random(6)), Integer.parseInt(args[1]));
			Files.writeString(Path.of(args[0]), overload.measure());
			missed = overload.missed.size();
		}
		finally {
			for (Process process : List.of(server, adaptive)) {
				process.getOutputStream().close();
				process.waitFor();
			}
		}
		System.exit((missed == 0) ? 0 : 1);
	}

	private static Process server(int port, boolean adaptive) throws IOException {
		return new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx256m", "-cp",
				System.getProperty("java.class.path"), OverloadServer.class.getName(), String.valueOf(port),
				String.valueOf(adaptive))
			.redirectErrorStream(true)
			.redirectOutput(Path.of("benchmarks/target/overload-server-" + (adaptive ? "adaptive" : "static") + ".log")
				.toFile())
			.start();
	}

	private String measure() throws InterruptedException, TimeoutException {
		this.load.call(Services.SLOW);
		this.load.offer(Services.SLOW, CAPACITY / 2, this.seconds);
		Phase peak = this.load.keep(Services.SLOW, Services.MAX_CONCURRENT + 2, this.seconds);
		Phase normal = this.load.offer(Services.SLOW, 0.8 * CAPACITY, this.seconds);
		// The first seconds of an overload grow what they need once.
		this.load.offer(Services.SLOW, OVERLOAD * CAPACITY, Math.max(1, this.seconds / 6));
		long[] before = usage();
		Phase overload = this.load.offer(Services.SLOW, OVERLOAD * CAPACITY, this.seconds);
		long[] after = usage();
		Phase pooled = overloaded(this.load);
		Phase adapted = overloaded(this.adaptive);
		Table phases = new Table("offered", List.of("answered / s", "p50 ms", "p99 ms", "refused", "failed"));
		row(phases, "as many as it takes, closed loop", peak);
		row(phases, "80 % of its capacity", normal);
		row(phases, "5 × its capacity", overload);
		row(phases, "5 × what its pool of four threads can do, no limit", pooled);
		row(phases, "the same with an adaptive limit", adapted);
		Table bars = new Table("bar", List.of("measured", "bar"));
		bar(bars, "goodput at 5 ×, against the peak", overload.goodput() / peak.goodput(), 0.8, false);
		bar(bars, "p99 of answered calls at 5 ×, against that at 80 %", overload.millis(99) / normal.millis(99), 2,
				true);
		bar(bars, "threads of the server after, against before", (double) after[0] / before[0], 1.05, true);
		bar(bars, "heap of the server after, against before", (double) after[1] / before[1], 1.2, true);
		bar(bars, "p99 of another service while this one is at its limit, against alone", beside(), 1.25, true);
		bar(bars, "goodput at 5 × with an adaptive limit, against the peak", adapted.goodput() / peak.goodput(), 0.8,
				false);
		bar(bars, "p99 of answered calls with an adaptive limit, against none", adapted.millis(99) / pooled.millis(99),
				0.5, true);
		return report(phases, bars);
	}

	/**
	 * A service without a limit of its own; an adaptive one learns during the first
	 * seconds.
	 */
	private Phase overloaded(Load load) throws InterruptedException, TimeoutException {
		load.call(Services.POOLED);
		load.offer(Services.POOLED, CAPACITY / 2, Math.max(1, this.seconds / 3));
		load.offer(Services.POOLED, OVERLOAD * CAPACITY, Math.max(1, this.seconds / 6));
		return load.offer(Services.POOLED, OVERLOAD * CAPACITY, this.seconds);
	}

	/**
	 * The other service alone and beside the one at its limit, in turn.
	 */
	private double beside() throws InterruptedException, TimeoutException {
		Histogram alone = new Histogram(3);
		Histogram beside = new Histogram(3);
		for (int round = 0; round < ROUNDS; round++) {
			alone.add(this.load.offer(Services.FAST, CAPACITY, Math.max(1, this.seconds / ROUNDS)).answered());
			int share = Math.max(1, this.seconds / ROUNDS);
			CompletableFuture<Phase> slow = CompletableFuture.supplyAsync(() -> {
				try {
					return this.load.keep(Services.SLOW, Services.MAX_CONCURRENT + 2, share);
				}
				catch (InterruptedException | TimeoutException ex) {
					throw new IllegalStateException(ex);
				}
			});
			beside.add(this.load.offer(Services.FAST, CAPACITY, share).answered());
			slow.join();
		}
		return (double) beside.getValueAtPercentile(99) / alone.getValueAtPercentile(99);
	}

	private static void row(Table table, String name, Phase phase) {
		table.row(name, List.of(Table.number(phase.goodput()), Table.number(phase.millis(50)),
				Table.number(phase.millis(99)), String.valueOf(phase.refused()), String.valueOf(phase.failed())));
	}

	private void bar(Table table, String name, double measured, double bar, boolean most) {
		boolean met = most ? measured <= bar : measured >= bar;
		if (!met) {
			this.missed.add(name);
		}
		table.row(name,
				List.of(Table.number(measured) + (met ? "" : " (missed)"), (most ? "≤ " : "≥ ") + Table.number(bar)));
	}

	private String report(Table phases, Table bars) {
		return "# A service that is offered five times what it can do\n\nWritten by `benchmarks/overload.sh`. The handler takes "
				+ Services.HANDLER_MILLIS + " ms, " + Services.MAX_CONCURRENT
				+ " at a time (`rpc.server.admission.services.[…].max-concurrent`), two may wait; so it can do "
				+ (int) CAPACITY + " calls a second. Calls come by chance (Poisson), " + this.seconds
				+ " s for each row. Latency counts from when a call was to begin.\n\n" + Machine.processor() + ", "
				+ Runtime.getRuntime().availableProcessors() + " cores; " + Machine.system() + "; " + Machine.jdk()
				+ ".\n\n" + phases + "\n" + bars;
	}

	private long[] usage() {
		String[] usage = this.load.call(Services.USAGE).getPayload().toStringUtf8().split(" ", 2);
		return new long[] { Long.parseLong(usage[0]), Long.parseLong(usage[1]) };
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

		private final Channel channel;

		private final Channel adaptive;

		References(@RpcReference("overload") Channel channel, @RpcReference("adaptive") Channel adaptive) {
			this.channel = channel;
			this.adaptive = adaptive;
		}

	}

}
