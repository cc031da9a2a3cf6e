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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import ch.qos.logback.classic.Level;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RecordingRegistry;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.tls.TestCertificates;
import io.rpcboot.tls.LiveTls;
import io.rpcboot.tls.TlsMaterial;
import io.rpcboot.tls.TlsProblem;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What a server says of clients that cannot speak with it, by {@link ConnectionHints} and
 * {@link FirstBytes}: over real connections, in full, and once however often they try.
 */
class ConnectionHintsTests {

	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final String NO_CERTIFICATE = "A client at 127.0.0.1 shows no certificate of an authority that is "
			+ "trusted here, and rpc.server.ssl.client-auth is require: give the SSL bundle that its "
			+ "rpc.client.references[echo].ssl.bundle names a keystore with one";

	private static final String NOT_TRUSTED = "A client at 127.0.0.1 shows a certificate that is not trusted here: add "
			+ "its authority to the truststore of the SSL bundle 'web' that rpc.server.ssl.bundle names";

	private static final String NOT_ACCEPTED = "A client at 127.0.0.1 does not accept the certificate of this server, "
			+ "that of the SSL bundle 'web': it does not trust it, or expects another name; its log says which";

	@TempDir
	private static Path directory;

	private static TestCertificates certificates;

	/** Has the name of the other one. */
	private static TestCertificates others;

	private static TestCertificates strangers;

	private final CapturedLog log = new CapturedLog(ConnectionHints.class, Level.INFO);

	@BeforeAll
	static void issue() {
		certificates = TestCertificates.createIn(directory.resolve("ours"));
		certificates.server("server");
		certificates.client("client");
		others = TestCertificates.createIn(directory.resolve("others").resolve("ours"));
		others.client("stranger");
		strangers = TestCertificates.createIn(directory.resolve("strangers"));
		strangers.client("stranger");
	}

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void whenClientsSpeakTlsToAPlaintextServer() {
		try (TestServer server = TestServer.with(new EchoService("one")).start()) {
			for (int i = 0; i < 3; i++) {
				handshake(server, certificates.context("client"));
			}
			assertSaid("A client at 127.0.0.1 speaks TLS, and this server does not: set rpc.server.ssl.bundle here, or "
					+ "rpc.client.references[echo].ssl.enabled=false there");
			try (EchoClient client = server.client()) {
				assertThat(client.unary("x").code()).isEqualTo(Status.Code.OK);
			}
		}
		assertThat(this.log.events()).hasSize(1);
	}

	@Test
	void whenClientsSpeakPlaintextToATlsServer() throws IOException {
		try (TestServer server = tls(ClientAuth.NONE)) {
			for (int i = 0; i < 3; i++) {
				try (Socket socket = connect(server)) {
					socket.getOutputStream().write(PREFACE);
					drain(socket);
				}
			}
			assertSaid("A client at 127.0.0.1 speaks plaintext, and this server TLS: set "
					+ "rpc.client.references[echo].ssl.bundle there");
		}
		assertThat(this.log.events()).hasSize(1);
	}

	@Test
	void whenClientsShowNoCertificate() {
		try (TestServer server = tls(ClientAuth.REQUIRE)) {
			handshake(server, TestCertificates.anonymous());
			assertSaid(NO_CERTIFICATE);
		}
	}

	/**
	 * The server says in the handshake whom it trusts, so clients keep others back.
	 */
	@Test
	void whenClientsHaveACertificateOfAnotherAuthority() {
		try (TestServer server = tls(ClientAuth.REQUIRE)) {
			handshake(server, strangers.context("stranger"));
			assertSaid(NO_CERTIFICATE);
		}
	}

	@Test
	void whenGrpcClientsDoNotTrustTheServer() {
		try (TestServer server = tls(ClientAuth.NONE)) {
			call(server, TlsChannelCredentials.newBuilder().trustManager(others.trustManagers().getTrustManagers()));
			assertSaid(NOT_ACCEPTED);
		}
	}

	@Test
	void whenTheCertificateOfAGrpcClientIsNotTrustedThenItKnowsThat() {
		try (TestServer server = tls(ClientAuth.REQUIRE)) {
			Status status = call(server,
					TlsChannelCredentials.newBuilder()
						.trustManager(certificates.trustManagers().getTrustManagers())
						.keyManager(others.keyManagers("stranger").getKeyManagers()));
			// The end of the connection may overtake the alert.
			assertThat(TlsProblem.of(status)).isIn(TlsProblem.REFUSED, TlsProblem.CLOSED);
			assertSaid(NOT_TRUSTED);
		}
	}

	@ParameterizedTest
	@EnumSource(value = ClientAuth.class, names = { "OPTIONAL", "REQUIRE" })
	void whenClientsShowACertificateThatIsNotTrusted(ClientAuth clients) {
		try (TestServer server = tls(clients)) {
			handshake(server, others.context("stranger"));
			assertSaid(NOT_TRUSTED);
		}
	}

	@Test
	void whenClientsSpeakTlsWithoutHttp2() throws IOException {
		try (TestServer server = tls(ClientAuth.NONE); Socket socket = connect(server)) {
			SSLSocket tls = secured(socket, TestCertificates.anonymous());
			tls.startHandshake();
			assertSaid("A client at 127.0.0.1 speaks TLS, but not HTTP/2 over it (ALPN): it is no gRPC client, or "
					+ "something between it and this server is not");
		}
	}

	@ParameterizedTest
	@EnumSource(ClientAuth.class)
	void whenTheServerLooksAtItselfThenNothingIsSaid(ClientAuth clients) {
		RecordingRegistry registry = new RecordingRegistry();
		try (TestServer server = TestServer.with(new EchoService("one"))
			.registry(registry)
			.customizer(tlsOf(clients))
			.start()) {
			Awaitility.await().until(() -> !registry.instances().isEmpty());
			assertThat(server.lifecycle().isRunning()).isTrue();
		}
		assertThat(this.log.events()).isEmpty();
	}

	@Test
	void whenAClientRefusesTheServerThenItsBundleIsNamedAgainAfterTenMinutes() {
		AtomicLong clock = new AtomicLong();
		ConnectionHints hints = new ConnectionHints("echo", List.of(tlsOf(ClientAuth.NONE)), clock::get);
		SSLException failure = new SSLHandshakeException("Received fatal alert: certificate_unknown");
		InetSocketAddress client = new InetSocketAddress("10.0.0.1", 4711);
		for (int minute = 0; minute < 20; minute++) {
			hints.onHandshakeFailure(client, failure);
			clock.addAndGet(Duration.ofMinutes(1).toNanos());
		}
		String said = NOT_ACCEPTED.replace("127.0.0.1", "10.0.0.1");
		assertThat(this.log.messages()).containsExactly(said, said);
	}

	private void assertSaid(String line) {
		Awaitility.await().untilAsserted(() -> assertThat(this.log.messages()).containsExactly(line));
	}

	private static TestServer tls(ClientAuth clients) {
		return TestServer.with(new EchoService("one")).customizer(tlsOf(clients)).start();
	}

	private static ServerTls tlsOf(ClientAuth clients) {
		TlsMaterial material = new TlsMaterial(certificates.keyManagers("server"), certificates.trustManagers(),
				List.of(), List.of());
		return new ServerTls(LiveTls.server(material, clients), clients, "web");
	}

	private static Socket connect(TestServer server) throws IOException {
		Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), server.lifecycle().port());
		socket.setSoTimeout(10_000);
		return socket;
	}

	/**
	 * Tries to speak HTTP/2 over TLS until the server closes the connection.
	 */
	private static void handshake(TestServer server, SSLContext client) {
		try (Socket socket = connect(server)) {
			SSLSocket tls = secured(socket, client);
			SSLParameters parameters = tls.getSSLParameters();
			parameters.setApplicationProtocols(new String[] { "h2" });
			tls.setSSLParameters(parameters);
			tls.startHandshake();
			drain(tls);
		}
		catch (IOException ex) {
			// So the server refuses it.
		}
	}

	/**
	 * Makes a call by gRPC's own client, which fails.
	 */
	private static Status call(TestServer server, TlsChannelCredentials.Builder credentials) {
		ManagedChannel channel = NettyChannelBuilder
			.forAddress("127.0.0.1", server.lifecycle().port(), credentials.build())
			.build();
		try {
			return catchThrowableOfType(StatusRuntimeException.class,
					() -> EchoGrpc.newBlockingStub(channel)
						.withDeadlineAfter(10, TimeUnit.SECONDS)
						.unary(Ping.getDefaultInstance()))
				.getStatus();
		}
		finally {
			channel.shutdownNow();
		}
	}

	private static SSLSocket secured(Socket socket, SSLContext client) throws IOException {
		return (SSLSocket) client.getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
	}

	private static void drain(Socket socket) {
		try {
			socket.getInputStream().readAllBytes();
		}
		catch (IOException ex) {
			// So it ends, too.
		}
	}

	private static void send(Socket socket, int type, int flags, int stream, byte[] content) throws IOException {
		OutputStream out = socket.getOutputStream();
		out.write(new byte[] { 0, 0, (byte) content.length, (byte) type, (byte) flags, 0, 0, 0, (byte) stream });
		out.write(content);
		out.flush();
	}

	/**
	 * Returns the headers of a call in HPACK (RFC 7541), none of them indexed but
	 * {@code :method POST} and {@code :scheme http}.
	 */
	private static byte[] headers() {
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		block.write(0x83);
		block.write(0x86);
		header(block, ":path", "/rpc.testing.Echo/Bidi");
		header(block, ":authority", "echo");
		header(block, "content-type", "application/grpc");
		header(block, "te", "trailers");
		return block.toByteArray();
	}

	private static void header(ByteArrayOutputStream block, String name, String value) {
		block.write(0);
		block.write(name.length());
		block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
		block.write(value.length());
		block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
	}

}
