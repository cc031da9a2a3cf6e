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

import java.io.IOException;
import java.security.cert.CertificateExpiredException;

import javax.net.ssl.SSLHandshakeException;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TlsProblem}: the words of the JDK, of BoringSSL, Netty and gRPC.
 */
class TlsProblemTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			NO_TLS            | not an SSL/TLS record: 00001204000000000000037fffffff
			NO_TLS            | error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER
			ONLY_TLS          | First received frame was not SETTINGS. Hex dump for first 5 bytes: 1503030002
			WRONG_NAME        | No subject alternative DNS name matching echo found.
			WRONG_NAME        | No name matching echo found
			WRONG_NAME        | Illegal given domain name: my_app
			NOT_TRUSTED       | PKIX path building failed: unable to find valid certification path to requested target
			NOT_TRUSTED       | error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED
			NO_CERTIFICATE    | Empty client certificate chain
			NO_CERTIFICATE    | error:100000c0:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE
			REFUSED           | Received fatal alert: bad_certificate
			REFUSED           | (certificate_required) Received fatal alert: certificate_required
			REFUSED           | Received fatal alert: unknown_ca
			REFUSED           | error:10000416:SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN
			REFUSED           | error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA
			REFUSED           | error:1000045c:SSL routines:OPENSSL_internal:TLSV1_CERTIFICATE_REQUIRED
			REFUSED           | error:10000438:SSL routines:OPENSSL_internal:TLSV1_ALERT_INTERNAL_ERROR
			NO_HTTP2          | Failed ALPN negotiation: Unable to find compatible protocol
			NO_HTTP2          | Received fatal alert: no_application_protocol
			NOTHING_IN_COMMON | Received fatal alert: protocol_version
			NOTHING_IN_COMMON | no cipher suites in common
			NOTHING_IN_COMMON | error:10000410:SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE
			CLOSED            | Connection reset by peer
			CLOSED            | Connection closed while performing TLS negotiation
			""")
	void readsTheReason(TlsProblem problem, String words) {
		assertThat(TlsProblem.of(new SSLHandshakeException(words))).isEqualTo(problem);
		assertThat(TlsProblem.of(Status.UNAVAILABLE.withDescription("ssl exception").withCause(wrapped(words))))
			.isEqualTo(problem);
	}

	@Test
	void whenACertificateHasExpiredThenThatIsSaidRatherThanThatItIsNotTrusted() {
		IOException failure = wrapped("PKIX path validation failed");
		failure.getCause().initCause(new CertificateExpiredException("NotAfter: yesterday"));
		assertThat(TlsProblem.of(failure)).isEqualTo(TlsProblem.EXPIRED);
	}

	@Test
	void whenTheReasonIsSuppressedThenItIsFound() {
		IOException failure = new IOException("General OpenSslEngine problem");
		failure.addSuppressed(new SSLHandshakeException("PKIX path building failed"));
		assertThat(TlsProblem.of(failure)).isEqualTo(TlsProblem.NOT_TRUSTED);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Connection refused: /127.0.0.1:9090
			connection timed out after 2000 ms: /10.0.0.1:9090
			First received frame was not SETTINGS. Hex dump for first 5 bytes: 485454502f
			""")
	void whenTheFailureIsOfAnotherKindThenThereIsNone(String words) {
		assertThat(TlsProblem.of(Status.UNAVAILABLE.withDescription("io exception").withCause(wrapped(words))))
			.isNull();
		assertThat(TlsProblem.of(Status.UNAVAILABLE)).isNull();
	}

	private static IOException wrapped(String words) {
		return new IOException("outside", new IOException(words));
	}

}
