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
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TcpProxy}, before a server that sends back what it gets.
 */
class TcpProxyTests {

	private static final int SILENCE_MILLIS = 200;

	private final ServerSocket echo = echoServer();

	private final TcpProxy proxy = new TcpProxy(URI.create("http://127.0.0.1:" + this.echo.getLocalPort()));

	private Socket client;

	@BeforeEach
	void connect() throws IOException {
		this.client = newClient();
	}

	@AfterEach
	void close() throws IOException {
		this.client.close();
		this.proxy.close();
		this.echo.close();
	}

	@Test
	void whenNothingIsWrongThenBytesPassAndAreCounted() throws IOException {
		assertThat(ask(this.client, "hello")).isEqualTo("hello");
		assertThat(this.proxy.accepted()).isEqualTo(1);
		assertThat(this.proxy.bytesToServer()).isEqualTo(5);
		assertThat(this.proxy.bytesToClient()).isEqualTo(5);
	}

	@Test
	void whenCutThenConnectionsEndAndNewOnesPass() throws IOException {
		assertThat(ask(this.client, "hello")).isEqualTo("hello");
		this.proxy.cut();
		assertThat(this.client.getInputStream().read()).isEqualTo(-1);
		try (Socket next = newClient()) {
			assertThat(ask(next, "again")).isEqualTo("again");
		}
	}

	@Test
	void whenResetThenConnectionsBreakAndNewOnesPass() throws IOException {
		assertThat(ask(this.client, "hello")).isEqualTo("hello");
		this.proxy.reset();
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> this.client.getInputStream().read())
			.withMessageContaining("reset");
		try (Socket next = newClient()) {
			assertThat(ask(next, "again")).isEqualTo("again");
		}
	}

	@Test
	void whenCutAfterSomeBytesThenTheyAreTheLast() throws IOException {
		this.proxy.cutAfter(8);
		assertThat(ask(this.client, "hello")).isEqualTo("hello");
		send(this.client, "world");
		assertThat(this.client.getInputStream().readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("wor");
		try (Socket next = newClient()) {
			assertThat(ask(next, "a longer text")).isEqualTo("a longer text");
		}
	}

	@Test
	void whenBlockedThenNewConnectionsEndAtOnceUntilUnblocked() throws IOException {
		this.proxy.block();
		try (Socket next = newClient()) {
			assertThat(next.getInputStream().read()).isEqualTo(-1);
		}
		this.proxy.unblock();
		try (Socket next = newClient()) {
			assertThat(ask(next, "again")).isEqualTo("again");
		}
	}

	@Test
	void whenRefusedThenNobodyListensUntilAccepted() throws IOException {
		assertThat(ask(this.client, "hello")).isEqualTo("hello");
		this.proxy.refuse();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(this::newClient).withMessageContaining("refused");
		assertThat(ask(this.client, "still here")).isEqualTo("still here");
		this.proxy.accept();
		try (Socket next = newClient()) {
			assertThat(ask(next, "again")).isEqualTo("again");
		}
	}

	@Test
	void whenFrozenThenBytesWaitUntilThawed() throws IOException {
		assertThat(ask(this.client, "hello")).isEqualTo("hello");
		this.proxy.freeze();
		send(this.client, "world");
		assertSilent(this.client);
		try (Socket next = newClient()) {
			send(next, "new");
			assertSilent(next);
			this.proxy.thaw();
			assertThat(receive(this.client, 5)).isEqualTo("world");
			assertThat(receive(next, 3)).isEqualTo("new");
		}
	}

	@Test
	void whenDelayedThenEachWayTakesSoLong() throws IOException {
		this.proxy.delay(Duration.ofMillis(100));
		long started = System.nanoTime();
		assertThat(ask(this.client, "hello")).isEqualTo("hello");
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
		this.proxy.delay(Duration.ZERO);
		assertThat(ask(this.client, "again")).isEqualTo("again");
	}

	@Test
	void whenClosedThenConnectionsEndAndNobodyListens() throws IOException {
		// A connection that the proxy has not accepted yet would be reset.
		assertThat(ask(this.client, "hello")).isEqualTo("hello");
		this.proxy.freeze();
		this.proxy.close();
		assertThat(this.client.getInputStream().read()).isEqualTo(-1);
		assertThatExceptionOfType(ConnectException.class).isThrownBy(this::newClient);
	}

	private Socket newClient() throws IOException {
		Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), this.proxy.endpoint().getPort());
		socket.setSoTimeout(10_000);
		return socket;
	}

	private static String ask(Socket socket, String text) throws IOException {
		send(socket, text);
		return receive(socket, text.length());
	}

	private static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String receive(Socket socket, int length) throws IOException {
		return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
	}

	private static void assertSilent(Socket socket) throws IOException {
		int timeout = socket.getSoTimeout();
		socket.setSoTimeout(SILENCE_MILLIS);
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> socket.getInputStream().read());
		socket.setSoTimeout(timeout);
	}

	private static ServerSocket echoServer() {
		try {
			ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
			start(() -> {
				while (true) {
					Socket socket = server.accept();
					start(() -> copy(socket));
				}
			});
			return server;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void copy(Socket socket) throws IOException {
		try (socket; InputStream in = socket.getInputStream()) {
			in.transferTo(socket.getOutputStream());
		}
	}

	private static void start(Work work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException ex) {
				// The test has ended.
			}
		}, "echo");
		thread.setDaemon(true);
		thread.start();
	}

	/** What ends with an exception when the test does. */
	private interface Work {

		void run() throws IOException;

	}

}
