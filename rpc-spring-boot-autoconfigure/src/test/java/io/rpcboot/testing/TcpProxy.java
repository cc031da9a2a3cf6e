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

package io.rpcboot.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network between a client and a server on this machine that a test can cut: it passes
 * on bytes and knows nothing of their meaning.
 */
public final class TcpProxy implements AutoCloseable {

	private static final int BUFFER_BYTES = 16 * 1024;

	private static final int CONNECT_MILLIS = 2000;

	private final InetSocketAddress target;

	private final ServerSocket listener;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final AtomicInteger accepted = new AtomicInteger();

	private volatile boolean blocked;

	/**
	 * Starts a proxy on a free loopback port.
	 * @param target the server, such as {@code http://127.0.0.1:2379}
	 */
	public TcpProxy(URI target) {
		this.target = new InetSocketAddress(target.getHost(), target.getPort());
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start("accept", this::accept);
	}

	/**
	 * Returns where clients connect.
	 * @return a URL such as {@code http://127.0.0.1:40001}
	 */
	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.listener.getLocalPort());
	}

	/**
	 * Returns how many connections have been passed on so far.
	 * @return the number, those that ended included
	 */
	public int accepted() {
		return this.accepted.get();
	}

	/**
	 * Cuts all connections; new ones are passed on.
	 */
	public void cut() {
		this.sockets.forEach(TcpProxy::close);
	}

	/**
	 * Cuts all connections, and each new one at once, until {@link #unblock()}.
	 */
	public void block() {
		this.blocked = true;
		cut();
	}

	/**
	 * Passes on new connections again.
	 */
	public void unblock() {
		this.blocked = false;
	}

	/**
	 * Ends the proxy and its connections.
	 */
	@Override
	public void close() {
		try {
			this.listener.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		block();
	}

	private void accept() {
		try {
			while (true) {
				connect(this.listener.accept());
			}
		}
		catch (IOException ex) {
			// The listener was closed.
		}
	}

	private void connect(Socket client) {
		Socket server = new Socket();
		this.sockets.add(client);
		this.sockets.add(server);
		try {
			server.connect(this.target, CONNECT_MILLIS);
		}
		catch (IOException ex) {
			end(client, server);
			return;
		}
		if (this.blocked) {
			end(client, server);
			return;
		}
		this.accepted.incrementAndGet();
		start("out", () -> pump(client, server));
		start("in", () -> pump(server, client));
	}

	private void pump(Socket from, Socket to) {
		try {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[BUFFER_BYTES];
			for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
				out.write(buffer, 0, count);
			}
		}
		catch (IOException ex) {
			// One side ended, so the other does.
		}
		end(from, to);
	}

	private void end(Socket one, Socket other) {
		close(one);
		close(other);
		this.sockets.remove(one);
		this.sockets.remove(other);
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// It is closed as well as it can be.
		}
	}

	private static void start(String name, Runnable task) {
		Thread thread = new Thread(task, "tcp-proxy-" + name);
		thread.setDaemon(true);
		thread.start();
	}

}
