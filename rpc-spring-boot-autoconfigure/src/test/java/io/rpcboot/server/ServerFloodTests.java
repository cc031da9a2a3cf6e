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

package io.rpcboot.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.rpcboot.server.connection.ConnectionLimits;
import io.rpcboot.server.connection.ConnectionSettings;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Peers that flood a server over real sockets: each of its limits holds, is named in the
 * log once, and other clients are served meanwhile.
 */
class ServerFloodTests {

	private static final String UNARY = "/" + EchoGrpc.getUnaryMethod().getFullMethodName();

	private static final String SERVER_STREAM = "/" + EchoGrpc.getServerStreamMethod().getFullMethodName();

	private static final int FLOOD = 50;

	private static final ConnectionSettings UNLIMITED = new ConnectionSettings(0, 0, Duration.ofSeconds(60),
			Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, Duration.ofSeconds(1));

	private final CapturedLog log = new CapturedLog(ConnectionLimits.class);

	private final List<RawPeer> peers = new ArrayList<>();

	@TempDir
	private Path directory;

	@AfterEach
	void closePeers() {
		this.peers.forEach(RawPeer::close);
		this.log.close();
	}

	@Test
	void whenThereAreTooManyConnectionsThenFurtherOnesAreClosedUntilOthersAre() throws IOException {
		ConnectionSettings settings = new ConnectionSettings(5, 0, UNLIMITED.handshakeTimeout(), Duration.ZERO,
				Duration.ZERO, Duration.ZERO, 0, UNLIMITED.resetWindow());
		try (TestServer server = server(settings); EchoClient client = server.client()) {
			assertServed(client);
			flood("127.0.0.1", server).forEach(ServerFloodTests::begin);
			Awaitility.await().until(() -> this.peers.stream().filter(RawPeer::isClosed).count() == FLOOD - 4);
			assertServed(client);
			assertLogged(server, "is refused, as too many are open (rpc.server.limits.max-connections)");
			this.peers.forEach(RawPeer::close);
			try (EchoClient late = server.client()) {
				Awaitility.await().until(() -> late.unary("late").code() == Status.Code.OK);
			}
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenOneAddressHasTooManyConnectionsThenThoseOfOthersAreLetIn() throws IOException {
		ConnectionSettings settings = new ConnectionSettings(0, 5, UNLIMITED.handshakeTimeout(), Duration.ZERO,
				Duration.ZERO, Duration.ZERO, 0, UNLIMITED.resetWindow());
		try (TestServer server = server(settings)) {
			flood("127.0.0.2", server).forEach(ServerFloodTests::begin);
			Awaitility.await().until(() -> this.peers.stream().filter(RawPeer::isClosed).count() == FLOOD - 5);
			try (EchoClient client = server.client()) {
				assertServed(client);
			}
			assertLogged(server,
					"is refused, as too many from there are open (rpc.server.limits.max-connections-per-peer)");
		}
	}

	@Test
	void whenPeersDoNotSpeakThenTheyAreDisconnected() throws IOException {
		ConnectionSettings settings = new ConnectionSettings(0, 0, Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO,
				Duration.ZERO, 0, UNLIMITED.resetWindow());
		try (TestServer server = server(settings); EchoClient client = server.client()) {
			assertServed(client);
			List<RawPeer> silent = flood("127.0.0.1", server);
			for (RawPeer half : silent.subList(0, FLOOD / 2)) {
				half.send(new byte[] { 'P', 'R', 'I' });
			}
			assertServed(client);
			assertThat(silent).allMatch(RawPeer::awaitClosed);
			assertServed(client);
			assertLogged(server, "is closed, as it did not begin to speak HTTP/2 in time"
					+ " (rpc.server.limits.handshake-timeout)");
		}
	}

	@ParameterizedTest
	@EnumSource(Slow.class)
	void whenPeersSpeakTooSlowlyThenTheyAreDisconnectedAndIdleOnesAreNot(Slow slow) throws IOException {
		try (TestServer server = server(slowly()); EchoClient client = server.client()) {
			RawPeer idle = connect(server).begin();
			List<RawPeer> slowOnes = flood("127.0.0.1", server);
			for (RawPeer peer : slowOnes) {
				peer.begin().send(slow.bytes());
			}
			assertServed(client);
			assertThat(slowOnes).allMatch(RawPeer::awaitClosed);
			assertServed(client);
			assertThat(idle.isClosed()).isFalse();
			assertLogged(server, "is closed, as a frame or the headers of a request did not come to an end in time"
					+ " (rpc.server.limits.frame-timeout)");
		}
	}

	@Test
	void whenAPeerSendsAByteNowAndThenThenItIsDisconnectedAllTheSame() throws IOException {
		try (TestServer server = server(slowly(Duration.ofSeconds(4)))) {
			RawPeer peer = connect(server).begin();
			byte[] bytes = RawPeer.bytes(RawPeer.HEADERS, RawPeer.END_HEADERS, 1, new byte[10_000]);
			int[] sent = { 0 };
			Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> {
				peer.send(new byte[] { bytes[sent[0]++] });
				return peer.isClosed();
			});
			assertThat(sent[0]).isGreaterThan(2).isLessThan(bytes.length);
		}
	}

	@Test
	void whenAPeerSpeaksSlowlyBehindTlsThenItIsDisconnected() throws Exception {
		TestCertificates certificates = TestCertificates.createIn(this.directory);
		PemFiles pem = certificates.server("server");
		try (TestServer server = TestServer.with(new EchoService("one"))
			.connections(slowly())
			.customizer((builder) -> builder.sslContext(sslContext(pem)))
			.start()) {
			RawPeer idle = connectTls(certificates, server).begin();
			RawPeer slow = connectTls(certificates, server).begin().send(Slow.HALF_A_FRAME.bytes());
			assertThat(slow.awaitClosed()).isTrue();
			assertThat(idle.isClosed()).isFalse();
			idle.frame(RawPeer.PING, RawPeer.NO_FLAGS, 0, new byte[8]);
			assertThat(idle.awaitFrames(RawPeer.PING, 1)).isTrue();
		}
	}

	@Test
	void whenARequestDoesNotComeToItsEndThenItsCallAloneIsCancelled() {
		ConnectionSettings settings = new ConnectionSettings(0, 0, UNLIMITED.handshakeTimeout(), Duration.ZERO,
				Duration.ofMillis(400), Duration.ZERO, 0, UNLIMITED.resetWindow());
		try (TestServer server = server(settings); EchoClient client = server.client()) {
			OpenStream open = OpenStream.open(client, "before");
			List<RawCall> calls = new ArrayList<>();
			for (int i = 0; i < FLOOD; i++) {
				calls.add(RawCall.start(client, EchoGrpc.getUnaryMethod()));
			}
			calls.get(0).send("a message, and no end");
			assertThat(calls).allMatch((call) -> call.status().getCode() == Status.Code.CANCELLED);
			assertServed(client);
			assertThat(open.send("after").await("after").complete().awaitEnd()).endsWith(OpenStream.COMPLETED);
			Awaitility.await().until(() -> server.lifecycle().activeCalls() == 0);
			assertLogged(server, "has a call cancelled, as its request did not come to an end in time"
					+ " (rpc.server.limits.request-timeout)");
		}
	}

	@Test
	void whenAnAnswerIsNotTakenThenItsCallAloneIsCancelled() throws IOException {
		ConnectionSettings settings = new ConnectionSettings(0, 0, UNLIMITED.handshakeTimeout(), Duration.ZERO,
				Duration.ZERO, Duration.ofMillis(400), 0, UNLIMITED.resetWindow());
		try (TestServer server = server(settings); EchoClient client = server.client()) {
			RawPeer peer = connect(server).beginWithoutWindow();
			for (int i = 0; i < FLOOD; i++) {
				peer.request(2 * i + 1, UNARY).message(2 * i + 1, EchoClient.ping("an answer").toByteArray());
			}
			peer.request(2 * FLOOD + 1, SERVER_STREAM)
				.message(2 * FLOOD + 1, Ping.newBuilder().setCount(1).build().toByteArray());
			assertServed(client);
			assertThat(peer.awaitFrames(RawPeer.RST_STREAM, FLOOD)).isTrue();
			Awaitility.await("streams of answers have limits of their own")
				.until(() -> server.lifecycle().activeCalls() == 1);
			assertThat(peer.isClosed()).isFalse();
			assertServed(client);
			assertLogged(server, "has a call cancelled, as it did not take the answer in time"
					+ " (rpc.server.limits.answer-timeout)");
			peer.close();
		}
	}

	@Test
	void whenCallsAreCancelledHereThenTheyAreNoResetsOfThePeer() throws IOException {
		ConnectionSettings settings = new ConnectionSettings(0, 0, UNLIMITED.handshakeTimeout(), Duration.ZERO,
				Duration.ofMillis(400), Duration.ZERO, 5, Duration.ofSeconds(60));
		try (TestServer server = server(settings); EchoClient client = server.client()) {
			RawPeer peer = connect(server).begin();
			for (int i = 0; i < FLOOD; i++) {
				peer.request(2 * i + 1, UNARY);
			}
			assertThat(peer.awaitFrames(RawPeer.RST_STREAM, FLOOD)).isTrue();
			Awaitility.await().until(() -> server.lifecycle().activeCalls() == 0);
			assertThat(peer.isClosed()).isFalse();
			assertThat(server.lifecycle().connections().refused()).containsEntry("max-resets", 0L);
			assertServed(client);
		}
	}

	@Test
	void whenAPeerResetsItsCallsAgainAndAgainThenItIsDisconnected() throws IOException {
		ConnectionSettings settings = new ConnectionSettings(0, 0, UNLIMITED.handshakeTimeout(), Duration.ZERO,
				Duration.ZERO, Duration.ZERO, 100, Duration.ofSeconds(60));
		try (TestServer server = server(settings); EchoClient client = server.client()) {
			RawPeer moderate = connect(server).begin();
			resets(moderate, 100);
			RawPeer rapid = connect(server).begin();
			resets(rapid, 1000);
			assertThat(rapid.awaitClosed()).isTrue();
			assertThat(moderate.isClosed()).isFalse();
			assertServed(client);
			assertLogged(server, "is closed, as it resets too many calls (rpc.server.limits.max-resets)");
		}
	}

	@Test
	void whenAPeerPingsTooOftenThenItIsDisconnected() throws IOException {
		try (TestServer server = TestServer.with(new EchoService("one"))
			.connections(UNLIMITED)
			.customizer((builder) -> builder.permitKeepAliveTime(1, TimeUnit.MINUTES))
			.start(); EchoClient client = server.client(); CapturedLog hints = new CapturedLog(ConnectionHints.class)) {
			RawPeer peer = connect(server).begin().request(1, UNARY);
			for (int i = 0; i < FLOOD; i++) {
				peer.frame(RawPeer.PING, RawPeer.NO_FLAGS, 0, new byte[8]);
			}
			assertThat(peer.awaitClosed()).isTrue();
			assertServed(client);
			assertLogged(server, "is closed, as it pings too often, or without a call where"
					+ " rpc.server.keepalive.permit-without-calls is false (rpc.server.keepalive.permit-time)");
			Awaitility.await().until(() -> server.lifecycle().activeCalls() == 0);
			assertThat(hints.messages()).as("of the same").isEmpty();
		}
	}

	@Test
	void whenAPeerSendsHeadersWithoutEndThenItIsDisconnected() throws IOException {
		try (TestServer server = server(UNLIMITED); EchoClient client = server.client()) {
			RawPeer peer = connect(server).begin().frame(RawPeer.HEADERS, RawPeer.NO_FLAGS, 1, RawPeer.headers(UNARY));
			byte[] more = new byte[1024];
			Arrays.fill(more, (byte) 'x');
			for (int i = 0; i < FLOOD; i++) {
				peer.frame(RawPeer.CONTINUATION, RawPeer.NO_FLAGS, 1, more);
			}
			assertThat(peer.awaitClosed()).isTrue();
			assertServed(client);
		}
	}

	@Test
	void whenAPeerOpensTooManyCallsThenFurtherOnesAreRefused() throws IOException {
		try (TestServer server = TestServer.with(new EchoService("one"))
			.connections(UNLIMITED)
			.customizer((builder) -> builder.maxConcurrentCallsPerConnection(5))
			.start(); EchoClient client = server.client()) {
			RawPeer peer = connect(server).begin();
			for (int i = 0; i < FLOOD; i++) {
				peer.request(2 * i + 1, UNARY);
			}
			assertThat(peer.awaitFrames(RawPeer.RST_STREAM, FLOOD - 5)).isTrue();
			assertThat(peer.isClosed()).isFalse();
			assertServed(client);
			Awaitility.await().untilAsserted(() -> assertThat(server.lifecycle().activeCalls()).isEqualTo(5));
			peer.close();
			Awaitility.await().until(() -> server.lifecycle().activeCalls() == 0);
		}
	}

	@Test
	void whenAClientSendsMessagesThatAreTooLargeThenItsCallsAreRefused() {
		try (TestServer server = TestServer.with(new EchoService("one"))
			.connections(UNLIMITED)
			.customizer((builder) -> builder.maxInboundMessageSize(1000))
			.start(); EchoClient flooder = server.client(); EchoClient client = server.client()) {
			List<CompletableFuture<Reply<Pong>>> replies = new ArrayList<>();
			for (int i = 0; i < FLOOD; i++) {
				replies.add(flooder.unaryAsync("x".repeat(2000)));
			}
			assertServed(client);
			assertThat(replies).allMatch((reply) -> reply.join().code() == Status.Code.RESOURCE_EXHAUSTED);
		}
	}

	private static ConnectionSettings slowly() {
		return slowly(Duration.ofMillis(400));
	}

	private static ConnectionSettings slowly(Duration frameTimeout) {
		return new ConnectionSettings(0, 0, UNLIMITED.handshakeTimeout(), frameTimeout, Duration.ZERO, Duration.ZERO, 0,
				UNLIMITED.resetWindow());
	}

	private static TestServer server(ConnectionSettings settings) {
		return TestServer.with(new EchoService("one")).connections(settings).start();
	}

	private static SslContext sslContext(PemFiles pem) {
		try {
			return GrpcSslContexts.forServer(pem.certificate().toFile(), pem.key().toFile()).build();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private RawPeer connectTls(TestCertificates certificates, TestServer server) throws IOException {
		SSLSocket socket = (SSLSocket) certificates.context("server")
			.getSocketFactory()
			.createSocket("127.0.0.1", server.lifecycle().port());
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setApplicationProtocols(new String[] { "h2" });
		socket.setSSLParameters(parameters);
		socket.startHandshake();
		return keep(RawPeer.over(socket));
	}

	private RawPeer connect(TestServer server) throws IOException {
		return keep(RawPeer.connect(server.lifecycle().port()));
	}

	private List<RawPeer> flood(String address, TestServer server) throws IOException {
		List<RawPeer> flood = new ArrayList<>();
		for (int i = 0; i < FLOOD; i++) {
			flood.add(keep(RawPeer.from(address, server.lifecycle().port())));
		}
		return flood;
	}

	private RawPeer keep(RawPeer peer) {
		this.peers.add(peer);
		return peer;
	}

	private static void begin(RawPeer peer) {
		try {
			peer.begin();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void resets(RawPeer peer, int count) throws IOException {
		for (int i = 0; i < count; i++) {
			peer.request(2 * i + 1, UNARY)
				.frame(RawPeer.RST_STREAM, RawPeer.NO_FLAGS, 2 * i + 1, new byte[] { 0, 0, 0, 8 });
		}
	}

	private static void assertServed(EchoClient client) {
		for (int i = 0; i < 10; i++) {
			assertThat(client.unary("served").status()).isEqualTo(Status.OK);
		}
	}

	/**
	 * Asserts that one limit alone was reached, and is named once.
	 */
	private void assertLogged(TestServer server, String text) {
		Awaitility.await().untilAsserted(() -> assertThat(this.log.messages()).isNotEmpty());
		assertThat(this.log.messages()).singleElement()
			.asString()
			.startsWith("A connection from /127.0.0.")
			.endsWith(text + ". Further ones are not logged for a minute");
		String reason = text.substring(text.lastIndexOf('.') + 1, text.length() - 1);
		assertThat(server.lifecycle().connections().refused()).allSatisfy((limit, count) -> {
			if (limit.equals(reason)) {
				assertThat(count).as(limit).isPositive();
			}
			else {
				assertThat(count).as(limit).isZero();
			}
		});
	}

	/**
	 * What a peer says, to say nothing after it.
	 */
	enum Slow {

		/** The head of a frame, and no more. */
		HALF_A_FRAME {

			@Override
			byte[] bytes() {
				byte[] whole = RawPeer.bytes(RawPeer.HEADERS, RawPeer.END_HEADERS, 1, RawPeer.headers(UNARY));
				return Arrays.copyOf(whole, whole.length / 2);
			}

		},

		/** Part of the head of a frame. */
		HALF_A_HEAD {

			@Override
			byte[] bytes() {
				return new byte[] { 0, 0, 9, RawPeer.DATA };
			}

		},

		/** Whole frames, but the headers go on in one that never comes. */
		HALF_A_BLOCK {

			@Override
			byte[] bytes() {
				return RawPeer.bytes(RawPeer.HEADERS, RawPeer.NO_FLAGS, 1, RawPeer.headers(UNARY));
			}

		};

		abstract byte[] bytes();

	}

}
