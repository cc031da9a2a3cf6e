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

package io.rpcboot.benchmarks.startup;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.rpcboot.demo.parcel.v1.ParcelServiceGrpc;
import io.rpcboot.demo.parcel.v1.QuoteRequest;

/**
 * One of the demos, and how it is called first.
 */
enum Demo {

	PROVIDER("demo-provider") {

		@Override
		List<String> arguments(int port, String etcd) {
			return List.of("--rpc.server.port=" + port, "--rpc.registry.etcd.endpoints=" + etcd);
		}

		@Override
		void call(int port) {
			ManagedChannel channel = Grpc
				.newChannelBuilderForAddress("127.0.0.1", port, InsecureChannelCredentials.create())
				.build();
			try {
				ParcelServiceGrpc.newBlockingStub(channel)
					.quote(QuoteRequest.newBuilder().setFrom("Berlin").setTo("Paris").setWeightGrams(500).build());
			}
			finally {
				channel.shutdownNow();
			}
		}

	},

	CONSUMER("demo-consumer") {

		@Override
		List<String> arguments(int port, String etcd) {
			return List.of("--server.port=" + port, "--rpc.registry.etcd.endpoints=" + etcd);
		}

		@Override
		void call(int port) throws IOException {
			HttpURLConnection connection = (HttpURLConnection) URI
				.create("http://127.0.0.1:" + port + "/quote?from=Berlin&to=Paris&weight=500")
				.toURL()
				.openConnection();
			if (connection.getResponseCode() != 200) {
				throw new IOException("the consumer answered " + connection.getResponseCode());
			}
			connection.getInputStream().readAllBytes();
		}

	};

	private static final long PATIENCE_NANOS = 60_000_000_000L;

	private final String module;

	Demo(String module) {
		this.module = module;
	}

	String module() {
		return this.module;
	}

	/**
	 * Returns the properties with which it is started.
	 * @param port where it listens
	 * @param etcd etcd's endpoint
	 * @return the arguments
	 */
	abstract List<String> arguments(int port, String etcd);

	/**
	 * Calls it once.
	 * @param port where it listens
	 * @throws IOException if it does not answer
	 */
	abstract void call(int port) throws IOException;

	/**
	 * Calls it as soon as it listens.
	 * @param port where it will listen
	 * @throws IOException if it does not answer
	 * @throws InterruptedException if interrupted
	 */
	void firstCall(int port) throws IOException, InterruptedException {
		long end = System.nanoTime() + PATIENCE_NANOS;
		while (!listens(port)) {
			if (System.nanoTime() > end) {
				throw new IOException(this.module + " does not listen");
			}
			Thread.sleep(2);
		}
		call(port);
	}

	private static boolean listens(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
