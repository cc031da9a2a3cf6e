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

import java.util.regex.Pattern;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Why two sides did not come to speak with each other, read from the words of the JDK,
 * BoringSSL, Netty and gRPC. The first that is found counts, in the order of the
 * constants.
 */
public enum TlsProblem {

	/**
	 * This side speaks TLS, the other one does not.
	 */
	NO_TLS("not an SSL/TLS record|WRONG_VERSION_NUMBER|OPENSSL_internal:HTTP_REQUEST"),

	/**
	 * The other side speaks TLS, this one does not: what came instead of an HTTP/2 frame
	 * is an alert.
	 */
	ONLY_TLS("First received frame was not SETTINGS[^\n]*: 1503"),

	/**
	 * The certificate of the other side has expired.
	 */
	EXPIRED("CertificateExpiredException"),

	/**
	 * The certificate of the other side is for another name.
	 */
	WRONG_NAME("No subject alternative|No name matching|Illegal given domain name"),

	/**
	 * The other side shows no certificate.
	 */
	NO_CERTIFICATE("Empty client certificate chain|PEER_DID_NOT_RETURN_A_CERTIFICATE"),

	/**
	 * The other side does not accept the certificate of this one, or wants one and got
	 * none. Of a certificate that it does not trust Netty says over BoringSSL that it has
	 * an internal error.
	 */
	REFUSED("fatal alert: (?:\\w*certificate\\w*|unknown_ca|access_denied|internal_error)"
			+ "|_ALERT_(?:\\w*CERTIFICATE\\w*|UNKNOWN_CA|ACCESS_DENIED|INTERNAL_ERROR)"
			+ "|TLSV1_CERTIFICATE_REQUIRED"),

	/**
	 * The certificate of the other side is not trusted here.
	 */
	NOT_TRUSTED("PKIX path|valid certification path|trustAnchors|CertificateException|CERTIFICATE_VERIFY_FAILED"),

	/**
	 * The other side speaks TLS, but not HTTP/2 over it.
	 */
	NO_HTTP2("Unable to find compatible protocol|no_application_protocol|NO_APPLICATION_PROTOCOL"),

	/**
	 * The sides have no version of TLS or cipher in common.
	 */
	NOTHING_IN_COMMON("handshake_failure|HANDSHAKE_FAILURE|protocol_version|PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL"
			+ "|in common|NO_SHARED_CIPHER|No appropriate protocol"),

	/**
	 * The other side closed the connection and did not say why.
	 */
	CLOSED("Network closed for unknown|Connection reset|Broken pipe|Connection clos|channel closed"
			+ "|ClosedChannelException");

	private static final int MAX_DEPTH = 16;

	private final Pattern words;

	TlsProblem(String words) {
		this.words = Pattern.compile(words);
	}

	/**
	 * Reads a failure.
	 * @param failure what gRPC or Netty said
	 * @return the problem; {@code null} if the failure is of another kind
	 */
	public static @Nullable TlsProblem of(Throwable failure) {
		StringBuilder text = new StringBuilder();
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
			text.append(cause).append('\n');
			for (Throwable suppressed : cause.getSuppressed()) {
				text.append(suppressed).append('\n');
			}
			cause = cause.getCause();
		}
		for (TlsProblem problem : values()) {
			if (problem.words.matcher(text).find()) {
				return problem;
			}
		}
		return null;
	}

	/**
	 * Reads the status of a connection that failed.
	 * @param status the status
	 * @return the problem; {@code null} if the failure is of another kind
	 */
	public static @Nullable TlsProblem of(Status status) {
		return of(status.asException());
	}

}
