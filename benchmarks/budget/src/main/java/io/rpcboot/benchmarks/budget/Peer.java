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

package io.rpcboot.benchmarks.budget;

import java.util.ArrayList;
import java.util.List;

import io.rpcboot.benchmarks.ours.OursClient;
import io.rpcboot.benchmarks.ours.OursServer;
import io.rpcboot.benchmarks.raw.RawClient;
import io.rpcboot.benchmarks.raw.RawServer;

/**
 * What serves and calls.
 */
enum Peer {

	/** Tuned grpc-java. */
	RAW(RawServer.class, RawClient.class, "tuned"),

	/** grpc-java with the library's dispatch. */
	HOP(HopServer.class, HopClient.class, "plain"),

	/** The same, and each call has a deadline. */
	HOP_DEADLINE(HopServer.class, HopClient.class, "deadline"),

	/** The starter. */
	BLOCKING(OursServer.class, OursClient.class, "blocking"),

	/** The starter, declared non-blocking on both sides. */
	NON_BLOCKING(OursServer.class, OursClient.class, "non-blocking");

	private final Class<?> server;

	private final Class<?> client;

	private final String mode;

	Peer(Class<?> server, Class<?> client, String mode) {
		this.server = server;
		this.client = client;
		this.mode = mode;
	}

	/**
	 * Returns the main class of the server, and its arguments.
	 * @param properties of an application, each {@code --name=value}
	 * @return the end of the command line
	 */
	List<String> serverCommand(List<String> properties) {
		List<String> command = new ArrayList<>(List.of(this.server.getName(), this.mode));
		if (isApplication()) {
			command.add("none");
			command.addAll(properties);
		}
		return command;
	}

	/**
	 * Returns the main class of the client, and its arguments. The server's address is
	 * static: discovery is not on the way of a call.
	 * @param properties of an application, each {@code --name=value}
	 * @param port where the server listens
	 * @return the end of the command line
	 */
	List<String> clientCommand(List<String> properties, int port) {
		List<String> command = new ArrayList<>(List.of(this.client.getName(), String.valueOf(port), this.mode));
		if (isApplication()) {
			command.add("none");
			command.addAll(properties);
			command.add("--rpc.client.references.bench-server-" + this.mode + ".addresses=127.0.0.1:" + port);
			command.add("--rpc.server.port=-1");
		}
		return command;
	}

	private boolean isApplication() {
		return this == BLOCKING || this == NON_BLOCKING;
	}

}
