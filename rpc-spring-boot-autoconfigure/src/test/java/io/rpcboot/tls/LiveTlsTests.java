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

package io.rpcboot.tls;

import java.nio.file.Path;
import java.util.List;

import javax.net.ssl.SSLEngine;

import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.rpcboot.testing.tls.TestCertificates;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link LiveTls}. That connections take what is replaced is shown over real
 * ones, under load.
 */
class LiveTlsTests {

	@TempDir
	private static Path directory;

	private static TestCertificates certificates;

	@BeforeAll
	static void issue() {
		certificates = TestCertificates.createIn(directory);
		certificates.server("server");
		certificates.rsa("rsa");
	}

	@ParameterizedTest
	@CsvSource({ "NONE,false,false", "OPTIONAL,true,false", "REQUIRE,false,true" })
	void clientsShowACertificateAsIsSet(ClientAuth clients, boolean wanted, boolean needed) {
		SSLEngine engine = LiveTls.server(material("server"), clients).context().newEngine(ByteBufAllocator.DEFAULT);
		assertThat(engine.getWantClientAuth()).isEqualTo(wanted);
		assertThat(engine.getNeedClientAuth()).isEqualTo(needed);
	}

	@Test
	void speaksHttp2() {
		for (LiveTls tls : List.of(LiveTls.server(material("server"), ClientAuth.NONE),
				LiveTls.client(TlsMaterial.OF_THE_JVM))) {
			assertThat(tls.context().applicationProtocolNegotiator().protocols()).contains("h2");
		}
		assertThat(LiveTls.client(TlsMaterial.OF_THE_JVM).context().isClient()).isTrue();
		assertThat(LiveTls.server(material("rsa"), ClientAuth.NONE).context().isServer()).isTrue();
	}

	@Test
	void whenReplacedThenTheContextIsTheSameAndItsEnginesAreNew() {
		LiveTls tls = LiveTls.client(TlsMaterial.OF_THE_JVM);
		SslContext context = tls.context();
		tls.replace(new TlsMaterial(null, null, List.of("TLSv1.2"), List.of()));
		assertThat(tls.context()).isSameAs(context);
		assertThat(context.newEngine(ByteBufAllocator.DEFAULT).getEnabledProtocols()).contains("TLSv1.2")
			.doesNotContain("TLSv1.3");
	}

	@Test
	void whenAServerHasNoCertificateThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> LiveTls.server(TlsMaterial.OF_THE_JVM, ClientAuth.NONE))
			.withMessage("there is no certificate with a private key");
	}

	@Test
	void whenWhatReplacesCannotBeUsedThenTheLastStays() {
		LiveTls tls = LiveTls.server(material("server"), ClientAuth.REQUIRE);
		assertThatIllegalArgumentException().isThrownBy(() -> tls.replace(TlsMaterial.OF_THE_JVM));
		assertThat(tls.context().newEngine(ByteBufAllocator.DEFAULT).getNeedClientAuth()).isTrue();
	}

	private static TlsMaterial material(String name) {
		return new TlsMaterial(certificates.keyManagers(name), certificates.trustManagers(), List.of(), List.of());
	}

}
