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
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Attributes;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.RunnerLines;

/**
 * The process that stands for many servers: it listens on the address of each and answers
 * health checks.
 */
public final class Servers {

	private static final AtomicInteger connections = new AtomicInteger();

	private Servers() {
	}

	/**
	 * Runs the servers until the input ends.
	 * @param args the index of the first instance, that of the last, exclusive, and the
	 * port, 0 for any
	 * @throws IOException if an address cannot be bound
	 */
	public static void main(String[] args) throws IOException {
		int first = Integer.parseInt(args[0]);
		int end = Integer.parseInt(args[1]);
		int port = args[2].equals("0") ? freePort(first) : Integer.parseInt(args[2]);
		NettyServerBuilder builder = NettyServerBuilder
			.forAddress(new InetSocketAddress(Addresses.of(first), port), InsecureServerCredentials.create())
			.directExecutor()
			.permitKeepAliveTime(1, TimeUnit.SECONDS)
			.addService(new HealthStatusManager().getHealthService())
			.addTransportFilter(new Counter());
		for (int index = first + 1; index < end; index++) {
			builder.addListenAddress(new InetSocketAddress(Addresses.of(index), port));
		}
		builder.build().start();
		RunnerLines.say("READY " + new Fields().with("port", port));
		RunnerLines.serve((command) -> RunnerLines.say("STATS " + new Fields().with("connections", connections.get())));
	}

	private static int freePort(int index) throws IOException {
		try (ServerSocket socket = new ServerSocket()) {
			socket.bind(new InetSocketAddress(Addresses.of(index), 0));
			return socket.getLocalPort();
		}
	}

	private static final class Counter extends ServerTransportFilter {

		@Override
		public Attributes transportReady(Attributes attributes) {
			connections.incrementAndGet();
			return attributes;
		}

		@Override
		public void transportTerminated(Attributes attributes) {
			connections.decrementAndGet();
		}

	}

}
