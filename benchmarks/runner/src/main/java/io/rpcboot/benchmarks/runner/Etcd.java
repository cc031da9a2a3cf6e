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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A real etcd on free ports of the loopback. A shell ends it when its input closes, which
 * happens even when the runner is killed.
 */
public final class Etcd implements AutoCloseable {

	private static final String GUARD = "trap '' INT; \"$@\" </dev/null & etcd=$!; read -r _; kill $etcd; wait $etcd";

	private final String endpoint;

	private final Process guard;

	private Etcd(String endpoint, Process guard) {
		this.endpoint = endpoint;
		this.guard = guard;
	}

	/**
	 * Starts etcd and waits until it is healthy.
	 * @param binary the server
	 * @param directory where it keeps its data and its log
	 * @return the running etcd
	 * @throws IOException if it cannot be started
	 * @throws InterruptedException if interrupted
	 */
	public static Etcd start(String binary, Path directory) throws IOException, InterruptedException {
		String endpoint = "http://127.0.0.1:" + freePort();
		String peers = "http://127.0.0.1:" + freePort();
		ProcessBuilder builder = new ProcessBuilder("sh", "-c", GUARD, "sh", binary, "--name", "bench", "--data-dir",
				directory.resolve("etcd").toString(), "--listen-client-urls", endpoint, "--advertise-client-urls",
				endpoint, "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster",
				"bench=" + peers);
		builder.environment().put("ETCD_UNSUPPORTED_ARCH", "arm64");
		builder.redirectErrorStream(true).redirectOutput(directory.resolve("etcd.log").toFile());
		Etcd etcd = new Etcd(endpoint, builder.start());
		etcd.awaitHealth();
		return etcd;
	}

	/**
	 * Returns where clients find it.
	 * @return such as {@code http://127.0.0.1:2379}
	 */
	public String endpoint() {
		return this.endpoint;
	}

	private void awaitHealth() throws InterruptedException {
		HttpClient http = HttpClient.newHttpClient();
		HttpRequest request = HttpRequest.newBuilder(URI.create(this.endpoint + "/health")).build();
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (System.nanoTime() < end) {
			try {
				if (http.send(request, BodyHandlers.ofString()).body().contains("true")) {
					return;
				}
			}
			catch (IOException ex) {
				// Not yet.
			}
			Thread.sleep(50);
		}
		close();
		throw new IllegalStateException("etcd is not healthy within 20 s");
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@Override
	public void close() {
		try {
			this.guard.getOutputStream().close();
			this.guard.waitFor(5, TimeUnit.SECONDS);
		}
		catch (IOException ex) {
			// It has ended.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
