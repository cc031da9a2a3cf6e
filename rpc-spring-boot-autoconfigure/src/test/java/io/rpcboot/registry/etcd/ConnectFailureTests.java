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

package io.rpcboot.registry.etcd;

import java.io.IOException;

import javax.net.ssl.SSLHandshakeException;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectFailure}, with texts as gRPC, Netty and the JDK have them.
 */
class ConnectFailureTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					javax.net.ssl.SSLHandshakeException: (certificate_unknown) PKIX path building failed: x | \
					PKIX path building failed: x; rpc.registry.etcd.ssl.bundle does not trust the certificate of etcd
					javax.net.ssl.SSLHandshakeException: No subject alternative DNS name matching a found. | \
					No subject alternative DNS name matching a found.; the certificate of etcd is for another host than rpc.registry.etcd.endpoints says
					io.grpc.netty.shaded.io.netty.handler.codec.DecoderException: javax.net.ssl.SSLHandshakeException: Received fatal alert: certificate_required | \
					Received fatal alert: certificate_required; etcd demands a client certificate that it trusts, see rpc.registry.etcd.ssl.bundle
					javax.net.ssl.SSLHandshakeException: Received fatal alert: unknown_ca | \
					Received fatal alert: unknown_ca; etcd demands a client certificate that it trusts, see rpc.registry.etcd.ssl.bundle
					javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version | \
					Received fatal alert: protocol_version
					io.grpc.netty.shaded.io.netty.handler.ssl.NotSslRecordException: not an SSL/TLS record: 4854 | \
					not an SSL/TLS record: 4854, as an etcd without TLS does; see https in rpc.registry.etcd.endpoints
					java.lang.RuntimeException: java.net.UnknownHostException: etcd.example.org | \
					java.lang.RuntimeException: java.net.UnknownHostException: etcd.example.org""")
	void theCauseSaysWhy(String cause, String expected) {
		assertThat(ConnectFailure.text(ioException(cause))).isEqualTo("no connection: " + expected);
	}

	@Test
	void whenTheConnectionIsResetInTheHandshakeThenItIsAsIfClosed() {
		Throwable failure = Status.UNAVAILABLE.withDescription(
				"io exception\nChannel Pipeline: [SslHandler#0, ProtocolNegotiators$ClientTlsHandler#0], cause="
						+ "io.grpc.netty.shaded.io.netty.channel.unix.Errors$NativeIoException: recvAddress(..) failed: Connection reset by peer")
			.asRuntimeException();
		assertThat(ConnectFailure.text(failure))
			.isEqualTo("no connection: closed during the TLS handshake, as an etcd without TLS does; see https in "
					+ "rpc.registry.etcd.endpoints");
		assertThat(ConnectFailure.beforeAnyAnswer(failure, true)).isSameAs(failure);
	}

	@Test
	void whenTheReasonIsACauseThenItIsFound() {
		Throwable failure = Status.UNAVAILABLE.withDescription("io exception")
			.withCause(new IOException(new SSLHandshakeException("Received fatal alert: bad_certificate")))
			.asRuntimeException();
		assertThat(ConnectFailure.text(failure))
			.startsWith("no connection: Received fatal alert: bad_certificate; etcd demands a client certificate");
	}

	@Test
	void whenAConnectionBreaksThatStoodThenTlsIsNotBlamed() {
		assertThat(ConnectFailure.text(closed())).isNull();
	}

	@Test
	void whenAConnectionEndsBeforeAnyAnswerThenTlsMayBeTheReason() {
		assertThat(ConnectFailure.text(ConnectFailure.beforeAnyAnswer(closed(), false)))
			.isEqualTo("no connection: closed at once, as an etcd does that expects TLS; see http in "
					+ "rpc.registry.etcd.endpoints");
		assertThat(ConnectFailure.text(ConnectFailure.beforeAnyAnswer(closed(), true)))
			.isEqualTo("no connection: closed at once over TLS, as an etcd without TLS does, or one that wants a "
					+ "client certificate that was not revoked; see https in rpc.registry.etcd.endpoints, and "
					+ "rpc.registry.etcd.ssl.bundle");
	}

	@Test
	void whenThereIsNoConnectionAtAllThenItIsNotTakenForClosed() {
		Throwable refused = ioException("java.net.ConnectException: Connection refused");
		assertThat(ConnectFailure.beforeAnyAnswer(refused, true)).isSameAs(refused);
	}

	private static Throwable closed() {
		return Status.UNAVAILABLE.withDescription("Network closed for unknown reason").asRuntimeException();
	}

	private static Throwable ioException(String cause) {
		return Status.UNAVAILABLE.withDescription("io exception\nChannel Pipeline: [SslHandler#0]")
			.withCause(new IOException() {
				@Override
				public String toString() {
					return cause;
				}
			})
			.asRuntimeException();
	}

}
