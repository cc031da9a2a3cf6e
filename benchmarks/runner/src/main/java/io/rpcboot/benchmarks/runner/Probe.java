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

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.rpcboot.benchmarks.v1.BenchGrpc;
import io.rpcboot.benchmarks.v1.Message;

/**
 * Finds out when a server has answered a first call. It is warm before it is used, so
 * that it takes the same time for every server.
 */
public final class Probe {

	private static final int WARM_UP_CALLS = 500;

	private static final int WARM_UP_CHANNELS = 10;

	static Probe warmedUp(Jvm jvm) throws IOException, InterruptedException {
		Probe probe = new Probe();
		try (PeerProcess server = jvm.server(Peer.RAW)) {
			int port = (int) server.await("READY").number("port");
			for (int i = 0; i < WARM_UP_CHANNELS; i++) {
				probe.call(port, WARM_UP_CALLS / WARM_UP_CHANNELS);
			}
		}
		return probe;
	}

	/**
	 * Calls a server once, over a connection of its own.
	 * @param port where it listens
	 */
	public void call(int port) {
		call(port, 1);
	}

	private void call(int port, int times) {
		ManagedChannel channel = Grpc
			.newChannelBuilderForAddress("127.0.0.1", port, InsecureChannelCredentials.create())
			.build();
		for (int i = 0; i < times; i++) {
			Message reply = BenchGrpc.newBlockingStub(channel).call(Message.getDefaultInstance());
			if (!reply.getPayload().isEmpty()) {
				throw new IllegalStateException("an answer that was not asked for");
			}
		}
		channel.shutdownNow();
	}

}
