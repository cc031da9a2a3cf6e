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

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdOptions;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The certificates of etcd and of its clients are replaced under load, and the old ones
 * revoked: no call is lost, and nobody registers a second time.
 */
@Tag("faults")
@EtcdTest
@ExtendWith(OutputCaptureExtension.class)
class CertificateRotationIT {

	private static final int IN_FLIGHT = 8;

	private final EtcdServer etcd;

	CertificateRotationIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@Test
	void whenCertificatesAreReplacedOnBothSidesThenNoCallFails(@TempDir Path directory, CapturedOutput output) {
		TestCertificates authority = TestCertificates.createIn(directory);
		PemFiles server = authority.server("server");
		PemFiles client = authority.client("client");
		Path revoked = directory.resolve("revoked.pem");
		authority.revoke(revoked);
		authority.client("probe");
		EtcdOptions options = EtcdOptions.DEFAULT.withTls(server, authority.context("probe"))
			.withClientCertificates(authority.authority())
			.withRevoked(revoked);
		this.etcd.restart(options);
		String[] tls = tls(authority, client);
		try (ConfigurableApplicationContext first = provider("first", tls);
				ConfigurableApplicationContext consumer = RpcApplications.run(EchoConsumer.class,
						with(tls, "spring.application.name=consumer"))) {
			assertThat(first.isActive()).isTrue();
			consumer.getBean(EchoGrpc.EchoBlockingStub.class).withWaitForReady().unary(Ping.getDefaultInstance());
			await().until(() -> count(output, "Registered echo") == 1);
			EchoLoad load = consumer.getBean(EchoLoad.class);
			load.start(IN_FLIGHT);

			authority.server("next-server").replace(server);
			authority.client("next-client").replace(client);
			await().until(() -> count(output, "connecting anew") >= 2);
			authority.revoke(revoked, "client");
			// Cuts every connection: from here on only the new certificate gets in.
			this.etcd.restart(options);

			try (ConfigurableApplicationContext second = provider("second", tls)) {
				assertThat(second.isActive()).isTrue();
				await().until(() -> load.calls("second") > 10);
				load.stop();
			}
			assertThat(load.failures()).isEmpty();
			assertThat(load.calls("first")).isGreaterThan(10);
			assertThat(output.getOut().lines().filter((line) -> line.contains("Registered echo"))).hasSize(2);
			assertThat(output).doesNotContain("no connection: Received fatal alert");
		}
	}

	private ConfigurableApplicationContext provider(String name, String... tls) {
		return RpcApplications.run(EchoProvider.class, with(tls, "spring.application.name=echo", "echo.name=" + name));
	}

	private String[] tls(TestCertificates authority, PemFiles client) {
		return new String[] { "rpc.registry.etcd.endpoints=" + this.etcd.endpoint(),
				"rpc.registry.etcd.ssl.bundle=etcd", "spring.ssl.bundle.watch.file.quiet-period=300ms",
				"spring.ssl.bundle.pem.etcd.reload-on-update=true",
				"spring.ssl.bundle.pem.etcd.keystore.certificate=file:" + client.certificate(),
				"spring.ssl.bundle.pem.etcd.keystore.private-key=file:" + client.key(),
				"spring.ssl.bundle.pem.etcd.truststore.certificate=file:" + authority.authority() };
	}

	private static String[] with(String[] properties, String... more) {
		return Stream.concat(Stream.of(properties), Stream.of(more)).toArray(String[]::new);
	}

	private static long count(CapturedOutput output, String text) {
		return output.getOut().lines().filter((line) -> line.contains(text)).count();
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(50)).atMost(Duration.ofSeconds(30));
	}

}
