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

package io.rpcboot.benchmarks.runner;

import java.io.IOException;
import java.util.List;

import io.rpcboot.benchmarks.driver.Scenario;
import io.rpcboot.benchmarks.driver.Scenario.Kind;
import io.rpcboot.benchmarks.runner.ProcessPair.Measurement;
import org.jspecify.annotations.Nullable;

/**
 * A peer's server and client, each in a process of its own.
 */
final class RunningPeer implements AutoCloseable {

	private final Peer peer;

	private final PeerProcess server;

	private final int port;

	private final PeerProcess client;

	private final @Nullable PeerProcess newerClient;

	private final Start start;

	private RunningPeer(Peer peer, PeerProcess server, int port, PeerProcess client, @Nullable PeerProcess newerClient,
			Start start) {
		this.peer = peer;
		this.server = server;
		this.port = port;
		this.client = client;
		this.newerClient = newerClient;
		this.start = start;
	}

	/**
	 * Starts the server, waits until it answers a call, then the same for the client.
	 * @param peer the peer
	 * @param jvm starts the processes
	 * @param probe makes the call that the server must answer
	 * @param virtual whether a client on the newer JDK is needed too
	 * @return the peer, ready
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if interrupted
	 */
	static RunningPeer start(Peer peer, Jvm jvm, Probe probe, boolean virtual)
			throws IOException, InterruptedException {
		long begun = System.nanoTime();
		PeerProcess server = jvm.server(peer);
		int port = (int) server.await("READY").number("port");
		probe.call(port);
		double serverMillis = millisSince(begun);
		begun = System.nanoTime();
		PeerProcess client = jvm.client(peer, port);
		client.await("READY");
		Start start = new Start(serverMillis, millisSince(begun), server.rssMegabytes(), client.rssMegabytes());
		PeerProcess newerClient = null;
		if (virtual) {
			newerClient = jvm.newerClient(peer, port);
			newerClient.await("READY");
		}
		return new RunningPeer(peer, server, port, client, newerClient, start);
	}

	private static double millisSince(long begun) {
		return (System.nanoTime() - begun) / 1e6;
	}

	Peer peer() {
		return this.peer;
	}

	int port() {
		return this.port;
	}

	Start start() {
		return this.start;
	}

	PeerProcess server() {
		return this.server;
	}

	List<Double> rssMegabytes() throws InterruptedException {
		return List.of(this.server.rssMegabytes(), this.client.rssMegabytes());
	}

	/**
	 * Puts a load on and measures it.
	 * @param scenario the load
	 * @param round the round
	 * @param rampMillis how long it runs before it is measured
	 * @param millis how long it is measured
	 * @param failures told what failed
	 * @return the figures
	 * @throws InterruptedException if interrupted
	 */
	Cell measure(Scenario scenario, int round, long rampMillis, long millis, Failures failures)
			throws InterruptedException {
		PeerProcess client = (scenario.kind() == Kind.VIRTUAL && this.newerClient != null) ? this.newerClient
				: this.client;
		Measurement measured = new ProcessPair(this.server, client).measure(scenario, rampMillis, millis);
		failures.add(this.peer, scenario.id(), measured.failures(), measured.failure());
		return new Cell(this.peer, scenario.id(), round, measured.perSecond(), measured.p50(), measured.p99(),
				measured.p999(), measured.jitShare(), measured.server(), measured.client());
	}

	@Override
	public void close() {
		this.client.close();
		if (this.newerClient != null) {
			this.newerClient.close();
		}
		this.server.close();
	}

	/**
	 * How a peer came up.
	 *
	 * @param serverMillis from the start of the server's process to its first call
	 * @param clientMillis from the start of the client's process to its first call
	 * @param serverMegabytes the server's resident memory after that
	 * @param clientMegabytes the client's resident memory after that
	 */
	record Start(double serverMillis, double clientMillis, double serverMegabytes, double clientMegabytes) {

	}

}
