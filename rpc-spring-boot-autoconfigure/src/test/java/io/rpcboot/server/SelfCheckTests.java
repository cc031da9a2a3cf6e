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

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SelfCheck}, against real ports.
 */
class SelfCheckTests {

	@TempDir
	private static Path directory;

	private static File authority;

	private static PemFiles certificate;

	@BeforeAll
	static void issue() {
		TestCertificates certificates = TestCertificates.createIn(directory);
		authority = certificates.authority().toFile();
		certificate = certificates.server("server");
	}

	@Test
	void whenThePlainServerAnswersThenItIsGood() throws IOException {
		// It has no health service, which is an answer, too.
		assertThat(check(InsecureServerCredentials.create())).isEqualTo(Status.OK);
	}

	@ParameterizedTest
	@EnumSource(ClientAuth.class)
	void whenTheServerHasTlsThenThatItAnswersIsGood(ClientAuth clients) throws IOException {
		assertThat(check(TlsServerCredentials.newBuilder()
			.keyManager(certificate.certificate().toFile(), certificate.key().toFile())
			.trustManager(authority)
			.clientAuth(clients)
			.build())).isEqualTo(Status.OK);
	}

	@Test
	void whenTheServerIsKnownToHaveTlsThenAHandshakeIsEnoughAndItsPortIsTold() throws IOException {
		Server server = NettyServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
					TlsServerCredentials.create(certificate.certificate().toFile(), certificate.key().toFile()))
			.build()
			.start();
		List<Integer> ports = new ArrayList<>();
		try {
			SelfCheck check = new SelfCheck((InetSocketAddress) server.getListenSockets().get(0), true, ports::add);
			assertThat(check.run()).isEqualTo(Status.OK);
		}
		finally {
			server.shutdownNow();
		}
		assertThat(ports).singleElement().satisfies((port) -> assertThat(port).isPositive());
	}

	@Test
	void whenNobodyListensThenItIsUnavailable() throws IOException {
		InetSocketAddress address;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			address = (InetSocketAddress) socket.getLocalSocketAddress();
		}
		assertThat(new SelfCheck(address).run().isOk()).isFalse();
	}

	private static Status check(ServerCredentials credentials) throws IOException {
		Server server = NettyServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials)
			.build()
			.start();
		try {
			return new SelfCheck((InetSocketAddress) server.getListenSockets().get(0)).run();
		}
		finally {
			server.shutdownNow();
		}
	}

}
