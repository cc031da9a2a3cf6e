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
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.LongAdder;

/**
 * Stands between one consumer and etcd and counts what passes. Costs a change one more
 * hop on the loopback.
 */
final class CountingProxy implements AutoCloseable {

	private static final int BUFFER = 64 * 1024;

	private final URI target;

	private final ServerSocket server;

	private final LongAdder fromTarget = new LongAdder();

	private final LongAdder toTarget = new LongAdder();

	CountingProxy(URI target) throws IOException {
		this.target = target;
		this.server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
		start(this::accept);
	}

	String endpoint() {
		return "http://127.0.0.1:" + this.server.getLocalPort();
	}

	long bytesFromTarget() {
		return this.fromTarget.sum();
	}

	long bytesToTarget() {
		return this.toTarget.sum();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				connect(this.server.accept());
			}
			catch (IOException ex) {
				// Closed, or a consumer that has gone again.
			}
		}
	}

	private void connect(Socket near) throws IOException {
		Socket far = new Socket(this.target.getHost(), this.target.getPort());
		near.setTcpNoDelay(true);
		far.setTcpNoDelay(true);
		start(() -> copy(near, far, this.toTarget));
		start(() -> copy(far, near, this.fromTarget));
	}

	private static void copy(Socket from, Socket to, LongAdder count) {
		byte[] buffer = new byte[BUFFER];
		try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
			for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
				count.add(read);
				out.write(buffer, 0, read);
			}
		}
		catch (IOException ex) {
			// One side has closed.
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "proxy");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			// It is closed.
		}
	}

}
