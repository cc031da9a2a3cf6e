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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import javax.net.ssl.SSLContext;

import io.grpc.StatusRuntimeException;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The certificates of servers and clients are replaced while they call each other.
 */
@ExtendWith(OutputCaptureExtension.class)
class TlsRotationTests {

	private static final int IN_FLIGHT = 8;

	@TempDir
	private Path directory;

	@Test
	void whenCertificatesAreReplacedUnderLoadThenNewConnectionsUseThemAndNoCallFails() {
		TestCertificates authority = TestCertificates.createIn(this.directory);
		PemFiles server = authority.named("server", "echo");
		PemFiles client = authority.client("client");
		authority.client("probe");
		SSLContext probe = authority.context("probe");
		String[] web = TlsScene.with(TlsScene.bundle("web", authority.authority(), server), "rpc.server.ssl.bundle=web",
				"rpc.server.ssl.client-auth=require", "rpc.server.connection.max-age=500ms");
		try (ConfigurableApplicationContext one = TlsScene.provider("one", web);
				ConfigurableApplicationContext two = TlsScene.provider("two", web);
				ConfigurableApplicationContext consumer = TlsScene.consumer(
						TlsScene.address(one) + "," + TlsScene.address(two),
						TlsScene.with(TlsScene.bundle("mesh", authority.authority(), client),
								"rpc.client.defaults.ssl.bundle=mesh"))) {
			EchoLoad load = consumer.getBean(EchoLoad.class);
			load.start(IN_FLIGHT);
			await().until(() -> load.calls("one") > 50 && load.calls("two") > 50);
			assertThat(load.failures()).isEmpty();
			for (String round : List.of("second", "third")) {
				authority.named(round + "-server", "echo").replace(server);
				authority.client(round + "-client").replace(client);
				for (ConfigurableApplicationContext provider : List.of(one, two)) {
					await().until(() -> TlsScene.shownBy(provider, probe).equals("CN=" + round + "-server"));
					await().until(() -> callers(provider).contains("CN=" + round + "-client"));
				}
				await().until(() -> servers(consumer).contains("CN=" + round + "-server"));
				long before = load.calls();
				await().until(() -> load.calls() > before + 200);
			}
			load.stop();
			assertThat(load.failures()).isEmpty();
			assertThat(callers(one)).containsExactlyInAnyOrder("CN=client", "CN=second-client", "CN=third-client");
			assertThat(servers(consumer)).containsExactlyInAnyOrder("CN=server", "CN=second-server", "CN=third-server");
		}
	}

	@Test
	void whenWhatIsReadAgainDoesNotFitThenTheLastStaysAndItIsSaid(CapturedOutput output) {
		TestCertificates authority = TestCertificates.createIn(this.directory);
		PemFiles server = authority.named("server", "echo");
		PemFiles next = authority.named("next", "echo");
		String[] web = TlsScene.with(TlsScene.bundle("web", authority.authority(), server),
				"rpc.server.ssl.bundle=web");
		try (ConfigurableApplicationContext provider = TlsScene.provider("one", web);
				ConfigurableApplicationContext consumer = TlsScene.consumer(TlsScene.address(provider), TlsScene.with(
						TlsScene.bundle("mesh", authority.authority(), null), "rpc.client.defaults.ssl.bundle=mesh"))) {
			new PemFiles(server.certificate(), next.key()).replace(server);
			await().until(() -> output.getAll()
				.contains(
						"The SSL bundle 'web' of rpc.server.ssl.bundle was read again and cannot be used: the private "
								+ "key is not that of the certificate of CN=server. New connections go on with what it was"));
			EchoGrpc.EchoBlockingStub echo = consumer.getBean(EchoGrpc.EchoBlockingStub.class);
			assertThat(echo.unary(Ping.getDefaultInstance()).getServer()).isEqualTo("one");
			assertThat(TlsScene.shownBy(provider, TestCertificates.anonymous())).isEqualTo("CN=server");
			next.replace(server);
			await().until(() -> TlsScene.shownBy(provider, TestCertificates.anonymous()).equals("CN=next"));
		}
	}

	@Test
	void whenAnAuthorityIsAddedThenWhoHasACertificateOfItIsServed() throws IOException {
		TestCertificates authority = TestCertificates.createIn(this.directory.resolve("old"));
		TestCertificates next = TestCertificates.createIn(this.directory.resolve("new"));
		PemFiles server = authority.named("server", "echo");
		PemFiles client = next.client("client");
		Path trusted = Files.copy(authority.authority(), this.directory.resolve("trusted.crt"));
		try (ConfigurableApplicationContext provider = TlsScene.provider("one",
				TlsScene.with(TlsScene.bundle("web", trusted, server), "rpc.server.ssl.bundle=web",
						"rpc.server.ssl.client-auth=require"));
				ConfigurableApplicationContext consumer = TlsScene.consumer(TlsScene.address(provider),
						TlsScene.with(TlsScene.bundle("mesh", authority.authority(), client),
								"rpc.client.defaults.ssl.bundle=mesh"))) {
			EchoGrpc.EchoBlockingStub echo = consumer.getBean(EchoGrpc.EchoBlockingStub.class);
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> echo.unary(Ping.getDefaultInstance()));
			Files.writeString(trusted, Files.readString(next.authority()), StandardOpenOption.APPEND);
			await().ignoreExceptions().until(() -> echo.unary(Ping.getDefaultInstance()).getServer().equals("one"));
			assertThat(callers(provider)).containsExactly("CN=client");
		}
	}

	private static Set<String> servers(ConfigurableApplicationContext consumer) {
		return consumer.getBean(TlsScene.Servers.class).names();
	}

	private static Set<String> callers(ConfigurableApplicationContext provider) {
		return provider.getBean(TlsScene.Callers.class).names();
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(100)).atMost(Duration.ofSeconds(60));
	}

}
