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

package io.rpcboot.system;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * TLS between real applications, and what each side says where the two do not fit: the
 * caller in the status of its call and once in its log, the server once in its log.
 */
@ExtendWith(OutputCaptureExtension.class)
class TlsTests {

	private static final String BUNDLE = "the SSL bundle of rpc.client.references[echo].ssl.bundle or "
			+ "rpc.client.defaults.ssl.bundle";

	/** The end of a connection may overtake the alert. */
	private static final String OVERTAKEN = "it closed the connection during the TLS handshake, as one does that speaks "
			+ "no TLS, or that wants a client certificate that it trusts: see rpc.client.references[echo].ssl here";

	@TempDir
	private static Path directory;

	private static TestCertificates authority;

	private static TestCertificates others;

	private static PemFiles server;

	private static PemFiles client;

	@BeforeAll
	static void issue() {
		authority = TestCertificates.createIn(directory.resolve("ours"));
		server = authority.named("server", "echo");
		client = authority.client("client");
		others = TestCertificates.createIn(directory.resolve("others"));
	}

	@Test
	void whenBothSidesHaveABundleThenCallsGoOverTlsAndTheNameOfTheApplicationIsVerified() {
		try (ConfigurableApplicationContext provider = provider("none");
				ConfigurableApplicationContext consumer = consumer(provider, null)) {
			assertThat(call(consumer)).isEqualTo("one");
			assertThat(provider.getBean(TlsScene.Callers.class).names()).containsExactly("nobody");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "optional", "require" })
	void whenTheClientShowsItsCertificateThenTheServerKnowsIt(String clientAuth) {
		try (ConfigurableApplicationContext provider = provider(clientAuth);
				ConfigurableApplicationContext consumer = consumer(provider, client)) {
			assertThat(call(consumer)).isEqualTo("one");
			assertThat(provider.getBean(TlsScene.Callers.class).names()).containsExactly("CN=client");
		}
	}

	@Test
	void whenCertificatesAreOptionalThenAClientWithoutOneIsServed() {
		try (ConfigurableApplicationContext provider = provider("optional");
				ConfigurableApplicationContext consumer = consumer(provider, null)) {
			assertThat(call(consumer)).isEqualTo("one");
		}
	}

	@Test
	void whenThePlaintextClientMeetsTls(CapturedOutput output) {
		try (ConfigurableApplicationContext provider = provider("none");
				ConfigurableApplicationContext consumer = TlsScene.consumer(TlsScene.address(provider))) {
			assertExplained(output, consumer, provider,
					"it speaks TLS, and this reference does not: set rpc.client.references[echo].ssl.bundle here",
					"it closed the connection at once, as one does that speaks TLS: if it does, set "
							+ "rpc.client.references[echo].ssl.bundle here");
			assertSaidOnce(output, "A client at 127.0.0.1 speaks plaintext, and this server TLS: set "
					+ "rpc.client.references[echo].ssl.bundle there");
		}
	}

	@Test
	void whenTheTlsClientMeetsPlaintext(CapturedOutput output) {
		try (ConfigurableApplicationContext provider = TlsScene.provider("one");
				ConfigurableApplicationContext consumer = consumer(provider, null)) {
			assertExplained(output, consumer, provider,
					"it speaks no TLS, and this reference does: set rpc.server.ssl.bundle there, or "
							+ "rpc.client.references[echo].ssl.enabled=false here");
			assertSaidOnce(output, "A client at 127.0.0.1 speaks TLS, and this server does not: set "
					+ "rpc.server.ssl.bundle here, or rpc.client.references[echo].ssl.enabled=false there");
		}
	}

	@Test
	void whenTheClientHasNoCertificateAndMustShowOne(CapturedOutput output) {
		try (ConfigurableApplicationContext provider = provider("require");
				ConfigurableApplicationContext consumer = consumer(provider, null)) {
			assertExplained(output, consumer, provider,
					"it demands a client certificate that it trusts: see the keystore of " + BUNDLE, OVERTAKEN);
			assertSaidOnce(output,
					"A client at 127.0.0.1 shows no certificate of an authority that is trusted here, "
							+ "and rpc.server.ssl.client-auth is require: give the SSL bundle that its "
							+ "rpc.client.references[echo].ssl.bundle names a keystore with one");
		}
	}

	@Test
	void whenTheServerDoesNotTrustTheClient(CapturedOutput output) {
		// Of another authority with the name of ours: a client keeps back what the server
		// says that it does not trust.
		PemFiles stranger = TestCertificates.createIn(directory.resolve("false").resolve("ours")).client("stranger");
		try (ConfigurableApplicationContext provider = provider("require");
				ConfigurableApplicationContext consumer = consumer(provider, stranger)) {
			assertExplained(output, consumer, provider,
					"it demands a client certificate that it trusts: see the keystore of " + BUNDLE, OVERTAKEN);
			assertSaidOnce(output, "A client at 127.0.0.1 shows a certificate that is not trusted here: add its "
					+ "authority to the truststore of the SSL bundle 'web' that rpc.server.ssl.bundle names");
		}
	}

	@Test
	void whenTheClientDoesNotTrustTheServer(CapturedOutput output) {
		try (ConfigurableApplicationContext provider = provider("none");
				ConfigurableApplicationContext consumer = TlsScene.consumer(TlsScene.address(provider), TlsScene
					.with(TlsScene.bundle("mesh", others.authority(), null), "rpc.client.defaults.ssl.bundle=mesh"))) {
			assertExplained(output, consumer, provider,
					"its certificate is not trusted: add its authority to the truststore of " + BUNDLE);
			assertSaidOnce(output, "A client at 127.0.0.1 does not accept the certificate of this server, that of the "
					+ "SSL bundle 'web': it does not trust it, or expects another name; its log says which");
		}
	}

	@Test
	void whenTheCertificateIsForAnotherNameThenTheAuthorityCanBeSet(CapturedOutput output) {
		PemFiles elsewhere = authority.named("elsewhere", "echo.example.org");
		try (ConfigurableApplicationContext provider = TlsScene.provider("one",
				TlsScene.with(TlsScene.bundle("web", authority.authority(), elsewhere), "rpc.server.ssl.bundle=web"))) {
			try (ConfigurableApplicationContext consumer = consumer(provider, null)) {
				assertExplained(output, consumer, provider,
						"its certificate is for another name than 'echo': issue it for that one too, or set "
								+ "rpc.client.references[echo].authority to a name that is in it");
			}
			try (ConfigurableApplicationContext consumer = consumer(provider, null,
					"rpc.client.references.echo.authority=echo.example.org")) {
				assertThat(call(consumer)).isEqualTo("one");
			}
		}
	}

	@Test
	void whenTheServersCertificateHasExpired(CapturedOutput output) {
		PemFiles expired = authority.expiredNamed("expired", "echo");
		try (ConfigurableApplicationContext provider = TlsScene.provider("one",
				TlsScene.with(TlsScene.bundle("web", authority.authority(), expired), "rpc.server.ssl.bundle=web"));
				ConfigurableApplicationContext consumer = consumer(provider, null)) {
			assertExplained(output, consumer, provider,
					"its certificate has expired: renew that of its rpc.server.ssl.bundle");
		}
	}

	@Test
	void whenTheServerSpeaksTlsWithoutHttp2(CapturedOutput output) throws IOException {
		try (SSLServerSocket https = (SSLServerSocket) authority.context("server")
			.getServerSocketFactory()
			.createServerSocket(0)) {
			Thread accepting = new Thread(() -> shakeHands(https));
			accepting.setDaemon(true);
			accepting.start();
			String address = "127.0.0.1:" + https.getLocalPort();
			try (ConfigurableApplicationContext consumer = consumer(address, null)) {
				assertThat(failure(consumer, address)).isEqualTo("it speaks TLS, but not HTTP/2 over it (ALPN): it is "
						+ "no gRPC server, or something in between is not");
				assertSaidOnce(output, "No connection to echo at " + address + ": it speaks TLS, but not HTTP/2");
			}
		}
	}

	private static void shakeHands(SSLServerSocket https) {
		try {
			while (true) {
				try (SSLSocket socket = (SSLSocket) https.accept()) {
					socket.startHandshake();
					socket.getInputStream().readAllBytes();
				}
			}
		}
		catch (IOException ex) {
			// The test is over.
		}
	}

	private static ConfigurableApplicationContext provider(String clientAuth) {
		return TlsScene.provider("one", TlsScene.with(TlsScene.bundle("web", authority.authority(), server),
				"rpc.server.ssl.bundle=web", "rpc.server.ssl.client-auth=" + clientAuth));
	}

	private static ConfigurableApplicationContext consumer(ConfigurableApplicationContext provider,
			@Nullable PemFiles own, String... properties) {
		return consumer(TlsScene.address(provider), own, properties);
	}

	private static ConfigurableApplicationContext consumer(String address, @Nullable PemFiles own,
			String... properties) {
		return TlsScene.consumer(address,
				TlsScene.with(TlsScene.with(TlsScene.bundle("mesh", authority.authority(), own), properties),
						"rpc.client.references.echo.ssl.bundle=mesh"));
	}

	private static String call(ConfigurableApplicationContext consumer) {
		return consumer.getBean(EchoGrpc.EchoBlockingStub.class).unary(Ping.getDefaultInstance()).getServer();
	}

	private static void assertExplained(CapturedOutput output, ConfigurableApplicationContext consumer,
			ConfigurableApplicationContext provider, String... hints) {
		String hint = failure(consumer, provider);
		assertThat(hint).isIn((Object[]) hints);
		assertSaidOnce(output, "No connection to echo at " + TlsScene.address(provider) + ": " + hint);
	}

	private static String failure(ConfigurableApplicationContext consumer, ConfigurableApplicationContext provider) {
		return failure(consumer, TlsScene.address(provider));
	}

	/**
	 * Returns what the status of a call says of the one instance.
	 */
	private static String failure(ConfigurableApplicationContext consumer, String address) {
		Status status = catchThrowableOfType(StatusRuntimeException.class, () -> call(consumer)).getStatus();
		assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		String before = "No instance of echo can be called: " + address + " (";
		assertThat(status.getDescription()).startsWith(before).contains(")");
		return status.getDescription().substring(before.length(), status.getDescription().lastIndexOf(')'));
	}

	private static void assertSaidOnce(CapturedOutput output, String text) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(lines(output, text)).hasSize(1));
	}

	private static List<String> lines(CapturedOutput output, String text) {
		return output.getAll().lines().filter((line) -> line.contains(text)).toList();
	}

}
