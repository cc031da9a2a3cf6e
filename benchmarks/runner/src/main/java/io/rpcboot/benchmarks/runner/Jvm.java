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

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Starts the processes, all with the same flags.
 */
final class Jvm {

	static final List<String> FLAGS = List.of("-Xmx512m");

	private final Path root;

	private final Path logs;

	private final @Nullable Path newerJdk;

	private final String etcd;

	/**
	 * Creates a starter of processes.
	 * @param root the directory of the benchmarks
	 * @param logs where the processes' logs go
	 * @param newerJdk a JDK with virtual threads
	 * @param etcd endpoint of etcd, or nothing where none is needed
	 */
	Jvm(Path root, Path logs, @Nullable Path newerJdk, String etcd) {
		this.root = root;
		this.logs = logs;
		this.newerJdk = newerJdk;
		this.etcd = etcd;
	}

	boolean hasNewer() {
		return this.newerJdk != null;
	}

	PeerProcess server(Peer peer) throws IOException {
		return start(peer.id() + "-server", current(), peer, peer.serverMain(), peer.mode(), this.etcd);
	}

	PeerProcess client(Peer peer, int port) throws IOException {
		return start(peer.id() + "-client", current(), peer, peer.clientMain(), String.valueOf(port), peer.mode(),
				this.etcd);
	}

	PeerProcess newerClient(Peer peer, int port) throws IOException {
		if (this.newerJdk == null) {
			throw new IllegalStateException("there is no newer JDK");
		}
		return start(peer.id() + "-newer-client", this.newerJdk, peer, peer.clientMain(), String.valueOf(port),
				peer.mode(), this.etcd);
	}

	private PeerProcess start(String name, Path jdk, Peer peer, String main, String... args) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(jdk.resolve("bin/java").toString());
		command.addAll(FLAGS);
		command.addAll(List.of("-cp", classPath(peer), main));
		command.addAll(List.of(args));
		return new PeerProcess(name, command, this.logs);
	}

	String classPath(Peer peer) throws IOException {
		Path target = this.root.resolve(peer.module()).resolve("target");
		return target.resolve("classes") + File.pathSeparator + Files.readString(target.resolve("class-path")).strip();
	}

	private static Path current() {
		return Path.of(System.getProperty("java.home"));
	}

}
