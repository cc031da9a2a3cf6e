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

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A network between a client and a server on this machine that a test can cut, freeze and
 * slow down: it passes on bytes and knows nothing of their meaning.
 */
public final class TcpProxy implements AutoCloseable {

	private static final int BUFFER_BYTES = 64 * 1024;

	private static final int CONNECT_MILLIS = 2000;

	private final InetSocketAddress target;

	private final int port = LoopbackPorts.free();

	/** The oldest first. */
	private final Set<Socket> sockets = Collections.synchronizedSet(new LinkedHashSet<>());

	private final AtomicInteger accepted = new AtomicInteger();

	private final AtomicLong bytesToServer = new AtomicLong();

	private final AtomicLong bytesToClient = new AtomicLong();

	private final AtomicLong cutAt = new AtomicLong(Long.MAX_VALUE);

	private final ProxyGate gate = new ProxyGate();

	private volatile boolean blocked;

	private Thread acceptor = new Thread();

	private ServerSocket listener;

	/**
	 * Starts a proxy on a free loopback port.
	 * @param target the server, such as {@code http://127.0.0.1:2379}
	 */
	public TcpProxy(URI target) {
		this.target = new InetSocketAddress(target.getHost(), target.getPort());
		this.listener = listen(this.port);
	}

	/**
	 * Returns where clients connect.
	 * @return a URL such as {@code http://127.0.0.1:24001}
	 */
	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.port);
	}

	/**
	 * Returns how many connections have been passed on so far.
	 * @return the number, those that ended included
	 */
	public int accepted() {
		return this.accepted.get();
	}

	/**
	 * Returns how many bytes the server has been sent so far.
	 * @return the number, over all connections
	 */
	public long bytesToServer() {
		return this.bytesToServer.get();
	}

	/**
	 * Returns how many bytes the clients have been sent so far.
	 * @return the number, over all connections
	 */
	public long bytesToClient() {
		return this.bytesToClient.get();
	}

	/**
	 * Ends all connections in good order (FIN); new ones are passed on.
	 */
	public void cut() {
		// Not what connects while this goes on, because a client saw the first close.
		List.copyOf(this.sockets).forEach(TcpProxy::close);
	}

	/**
	 * Ends the oldest of the open connections in good order (FIN); the others stay.
	 */
	public void cutOldest() {
		close(List.copyOf(this.sockets).get(0));
	}

	/**
	 * Breaks all connections (RST); new ones are passed on.
	 */
	public void reset() {
		// All of them first: when one side ends, the other one is closed at once.
		List<Socket> open = List.copyOf(this.sockets);
		open.forEach((socket) -> {
			try {
				socket.setSoLinger(true, 0);
			}
			catch (IOException ex) {
				// It is closed already.
			}
		});
		open.forEach(TcpProxy::close);
	}

	/**
	 * Cuts all connections once the clients have been sent so many bytes more, to the
	 * byte; new connections are passed on.
	 * @param bytes how many, over all connections
	 */
	public void cutAfter(long bytes) {
		this.cutAt.set(this.bytesToClient.get() + bytes);
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
	 * Refuses new connections, as a machine does where nobody listens, until
	 * {@link #accept()}; the open ones stay.
	 */
	public synchronized void refuse() {
		close(this.listener);
		try {
			// Until then the port takes connections.
			this.acceptor.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Listens again after {@link #refuse()}, on the same port.
	 */
	public synchronized void accept() {
		if (this.listener.isClosed()) {
			this.listener = listen(this.port);
		}
	}

	/**
	 * Stops the bytes both ways, as a network does that drops them, until
	 * {@link #thaw()}. Connections stay open, and new ones are accepted and as silent.
	 */
	public void freeze() {
		this.gate.shut(true);
	}

	/**
	 * Lets the bytes go on.
	 */
	public void thaw() {
		this.gate.shut(false);
	}

	/**
	 * Holds all bytes back, each way, for at least so long.
	 * @param delay how long; zero for no delay
	 */
	public void delay(Duration delay) {
		this.gate.delay(delay);
	}

	/**
	 * Ends the proxy and its connections.
	 */
	@Override
	public synchronized void close() {
		refuse();
		block();
		this.gate.delay(Duration.ZERO);
		thaw();
	}

	private ServerSocket listen(int localPort) {
		try {
			ServerSocket opened = new ServerSocket();
			opened.setReuseAddress(true);
			opened.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), localPort), 50);
			this.acceptor = start("accept", () -> accept(opened));
			return opened;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void accept(ServerSocket from) {
		try {
			while (true) {
				connect(from.accept());
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
		start("out", () -> pump(client, server, this::passToServer));
		start("in", () -> pump(server, client, this::passToClient));
	}

	private void pump(Socket from, Socket to, Passage passage) {
		try {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[BUFFER_BYTES];
			for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
				this.gate.pass();
				passage.pass(out, buffer, count);
			}
			// The end of a connection is news too.
			this.gate.pass();
		}
		catch (IOException ex) {
			// One side ended, so the other does.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		end(from, to);
	}

	private void passToServer(OutputStream out, byte[] bytes, int count) throws IOException {
		// Counted before whoever gets them can ask.
		this.bytesToServer.addAndGet(count);
		out.write(bytes, 0, count);
	}

	private void passToClient(OutputStream out, byte[] bytes, int count) throws IOException {
		long left = this.cutAt.get() - this.bytesToClient.get();
		int passed = (int) Math.max(0, Math.min(count, left));
		this.bytesToClient.addAndGet(passed);
		out.write(bytes, 0, passed);
		if (count >= left) {
			this.cutAt.set(Long.MAX_VALUE);
			cut();
		}
	}

	private void end(Socket one, Socket other) {
		close(one);
		close(other);
		this.sockets.remove(one);
		this.sockets.remove(other);
	}

	private static void close(Closeable socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// It is closed as well as it can be.
		}
	}

	private static Thread start(String name, Runnable task) {
		Thread thread = new Thread(task, "tcp-proxy-" + name);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	/** What becomes of bytes that were read. */
	private interface Passage {

		void pass(OutputStream out, byte[] bytes, int count) throws IOException;

	}

}
