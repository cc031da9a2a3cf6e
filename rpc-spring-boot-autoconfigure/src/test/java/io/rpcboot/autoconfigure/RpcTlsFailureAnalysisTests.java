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

package io.rpcboot.autoconfigure;

import java.nio.file.Path;

import io.rpcboot.testing.FailedStart;
import io.rpcboot.testing.FailedStart.Serving;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application prints whose server cannot start with the TLS that is set.
 */
@ExtendWith(OutputCaptureExtension.class)
class RpcTlsFailureAnalysisTests {

	@Test
	void whenTheBundleOfTheServerIsUnknown(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.ssl.bundle=web", "spring.ssl.bundle.jks.other.protocol=TLS");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.server.ssl.bundle: 'web' (expected: the name of an SSL bundle; there are [other])",
				"Name one of these, or define it:\n\n    spring.ssl.bundle.pem.web.keystore.certificate=file:/etc/tls/tls.crt"
						+ "\n    spring.ssl.bundle.pem.web.keystore.private-key=file:/etc/tls/tls.key"))
			.doesNotContain(FailedStart.STACK);
	}

	@Test
	void whenTheBundleOfTheServerHasNoCertificate(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.ssl.bundle=web", "spring.ssl.bundle.jks.web.protocol=TLS");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.server.ssl.bundle: the SSL bundle 'web' cannot be used: there is no certificate with a private key",
				"Correct the bundle and its files:\n\n    spring.ssl.bundle.pem.web.keystore.certificate=file:/etc/tls/tls.crt"
						+ "\n    spring.ssl.bundle.pem.web.keystore.private-key=file:/etc/tls/tls.key"));
	}

	@Test
	void whenPlaintextServersShouldAskForCertificates(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.ssl.client-auth=require");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.server.ssl.client-auth: require (expected: none, as rpc.server.ssl.bundle is not set, and a server"
						+ " without TLS sees no certificate)",
				"Name an SSL bundle, or remove rpc.server.ssl.client-auth:\n\n    rpc.server.ssl.bundle=server"));
	}

	@Test
	void whenClientsShowCertificatesAndNobodyIsTrusted(@TempDir Path directory, CapturedOutput output) {
		PemFiles server = TestCertificates.createIn(directory).server("server");
		FailedStart.of(Serving.class, "rpc.server.ssl.bundle=web", "rpc.server.ssl.client-auth=optional",
				"spring.ssl.bundle.pem.web.keystore.certificate=file:" + server.certificate(),
				"spring.ssl.bundle.pem.web.keystore.private-key=file:" + server.key());
		assertThat(output).contains(FailedStart.analysis(
				"rpc.server.ssl.client-auth: optional (expected: none, as the SSL bundle 'web' has no truststore, and"
						+ " certificates of all public authorities would be accepted)",
				"Name the authority of the clients:\n\n    spring.ssl.bundle.pem.web.truststore.certificate="
						+ "file:/etc/tls/ca.crt"));
	}

	@Test
	void whenTheKeyIsNotThatOfTheCertificate(@TempDir Path directory, CapturedOutput output) {
		TestCertificates certificates = TestCertificates.createIn(directory);
		FailedStart.of(Serving.class, "rpc.server.ssl.bundle=web",
				"spring.ssl.bundle.pem.web.keystore.certificate=file:" + certificates.server("one").certificate(),
				"spring.ssl.bundle.pem.web.keystore.private-key=file:" + certificates.server("two").key());
		assertThat(output).contains(FailedStart.analysis(
				"rpc.server.ssl.bundle: the SSL bundle 'web' cannot be used: the private key is not that of the certificate"
						+ " of CN=one",
				"Correct the bundle and its files:\n\n    spring.ssl.bundle.pem.web.keystore.certificate=file:/etc/tls/tls.crt"
						+ "\n    spring.ssl.bundle.pem.web.keystore.private-key=file:/etc/tls/tls.key"));
	}

	@Test
	void whenThereAreNoBundlesAtAll(CapturedOutput output) {
		FailedStart.of(
				new SpringApplicationBuilder(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
						Serving.class)
					.web(WebApplicationType.NONE)
					.registerShutdownHook(false)
					.build(),
				"--rpc.registry.type=none", "--rpc.server.port=0", "--rpc.server.ssl.bundle=web");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.server.ssl.bundle: 'web' (expected: a bean of type SslBundles, as SslAutoConfiguration has it)",
				"Do not exclude SslAutoConfiguration, or define such a bean."));
	}

}
