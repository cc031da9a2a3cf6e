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

package io.rpcboot.client.balancer.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongToDoubleFunction;

/**
 * The servers of an application and the clients that are told of them.
 */
final class Fleet {

	/** The news of the registry reach one client later than the other. */
	private static final long NEWS = VirtualTime.millis(20);

	/** How long a server that starts is slow, and how much slower at its beginning. */
	private static final double COLD_NANOS = VirtualTime.seconds(30);

	private static final double COLD_SLOWNESS = 5;

	private final VirtualTime time;

	private final List<SimulatedClient> clients;

	private final int threads;

	private final List<SimulatedServer> servers = new ArrayList<>();

	Fleet(VirtualTime time, List<SimulatedClient> clients, int threads) {
		this.time = time;
		this.clients = clients;
		this.threads = threads;
	}

	VirtualTime time() {
		return this.time;
	}

	List<SimulatedClient> clients() {
		return this.clients;
	}

	List<SimulatedServer> servers() {
		return this.servers;
	}

	/**
	 * Starts servers that have been up for long and that all clients know.
	 */
	void startWarm(int count) {
		for (int i = 0; i < count; i++) {
			SimulatedServer server = create();
			this.clients.forEach((client) -> client.add(server, this.time.now() - VirtualTime.seconds(60)));
		}
	}

	/**
	 * Starts a server as processes start: slow at first.
	 */
	void startCold() {
		SimulatedServer server = create();
		long start = this.time.now();
		LongToDoubleFunction cold = (now) -> Math.max(1,
				COLD_SLOWNESS - (COLD_SLOWNESS - 1) * ((now - start) / COLD_NANOS));
		server.slowness(cold);
		tell((client) -> client.add(server, this.time.now()));
	}

	/**
	 * Has a server say that it leaves, and end two seconds later.
	 */
	void stop(SimulatedServer server) {
		server.leave();
		tell((client) -> client.drain(server));
		this.time.after(VirtualTime.seconds(2), () -> {
			end(server);
			tell((client) -> client.remove(server));
		});
	}

	/**
	 * Ends a process without a word: connections are reset at once, the registry learns
	 * it as the lease expires.
	 */
	void kill(SimulatedServer server) {
		server.leave();
		end(server);
		this.time.after(VirtualTime.seconds(10), () -> tell((client) -> client.remove(server)));
	}

	private SimulatedServer create() {
		String id = String.format(Locale.ROOT, "node-%02d", this.servers.size());
		SimulatedServer server = new SimulatedServer(this.time, id, this.threads);
		this.servers.add(server);
		return server;
	}

	private void end(SimulatedServer server) {
		this.clients.forEach((client) -> client.disconnect(server));
		server.die();
	}

	private void tell(Consumer<SimulatedClient> news) {
		long delay = 0;
		for (SimulatedClient client : this.clients) {
			delay += NEWS;
			this.time.after(delay, () -> news.accept(client));
		}
	}

}
