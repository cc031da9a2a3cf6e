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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Says in one line why there is no connection to etcd, and which setting to look at. gRPC
 * hides the reason among the causes.
 */
final class ConnectFailure {

	private static final Pattern CAUSE = Pattern
		.compile("cause=(?!io\\.grpc\\.(?!netty\\.shaded\\.)|io\\.etcd\\.)(\\S[^\n]*)");

	/**
	 * What wraps the reason and says nothing of its own; the TLS of newer JDKs puts the
	 * name of the alert before it.
	 */
	private static final Pattern WRAPPER = Pattern
		.compile("^(?:(?:io\\.grpc\\.netty\\.shaded|javax\\.net\\.ssl|java\\.io)\\.[\\w.$]+: |\\(\\w+\\) )");

	private static final Pattern CLOSED_IN_HANDSHAKE = Pattern
		.compile("while performing TLS negotiation|ClientTlsHandler[^\n]*cause=[^\n]*(?:Connection reset|Broken pipe)");

	private static final Pattern CLOSED = Pattern
		.compile("Network closed for unknown|Connection reset|Broken pipe|Connection closed");

	private static final String CLOSED_AT_ONCE = "closed at once";

	private static final String OVER_TLS = " over TLS";

	private static final Map<Pattern, String> MEANINGS = meanings();

	private ConnectFailure() {
	}

	/**
	 * Marks the failure of a connection that ended before etcd had said a word.
	 * @param failure the failure of a request
	 * @param tls whether the connection was to have TLS
	 * @return the same failure, if it is of another kind
	 */
	static Throwable beforeAnyAnswer(Throwable failure, boolean tls) {
		String text = everything(failure);
		return (CLOSED.matcher(text).find() && !CLOSED_IN_HANDSHAKE.matcher(text).find())
				? Status.UNAVAILABLE.withDescription(tls ? CLOSED_AT_ONCE + OVER_TLS : CLOSED_AT_ONCE)
					.withCause(failure)
					.asRuntimeException()
				: failure;
	}

	/**
	 * Reads the text of a failure.
	 * @param failure what gRPC said
	 * @return one line, or {@code null} when the failure is of another kind
	 */
	static @Nullable String text(Throwable failure) {
		String everything = everything(failure);
		String reason = reason(everything);
		if (reason == null) {
			return null;
		}
		String meaning = MEANINGS.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().matcher(everything).find())
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse("");
		return "no connection: " + reason + meaning;
	}

	private static String everything(Throwable failure) {
		StringBuilder text = new StringBuilder(String.valueOf(failure.getMessage()));
		for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
			text.append("\ncause=").append(cause);
		}
		return text.toString();
	}

	private static @Nullable String reason(String everything) {
		if (CLOSED_IN_HANDSHAKE.matcher(everything).find()) {
			return "closed during the TLS handshake";
		}
		if (everything.contains(CLOSED_AT_ONCE)) {
			return everything.contains(CLOSED_AT_ONCE + OVER_TLS) ? CLOSED_AT_ONCE + OVER_TLS : CLOSED_AT_ONCE;
		}
		Matcher cause = CAUSE.matcher(everything);
		if (!cause.find() || cause.group(1).startsWith("null")) {
			return null;
		}
		String reason = cause.group(1);
		for (Matcher wrapper = WRAPPER.matcher(reason); wrapper.find(); wrapper = WRAPPER.matcher(reason)) {
			reason = reason.substring(wrapper.end());
		}
		return reason;
	}

	/**
	 * Returns what the words of the JDK, Netty and etcd mean to whoever configures the
	 * registry; the first that is found counts.
	 */
	private static Map<Pattern, String> meanings() {
		Map<Pattern, String> meanings = new LinkedHashMap<>();
		meanings.put(Pattern.compile("CertificateExpiredException"), "; the certificate of etcd has expired");
		meanings.put(Pattern.compile("PKIX path|valid certification path|trustAnchors"),
				"; rpc.registry.etcd.ssl.bundle does not trust the certificate of etcd");
		meanings.put(Pattern.compile("No subject alternative|No name matching"),
				"; the certificate of etcd is for another host than rpc.registry.etcd.endpoints says");
		meanings.put(Pattern.compile("fatal alert: (?:\\w*certificate\\w*|unknown_ca|access_denied)"),
				"; etcd demands a client certificate that it trusts, see rpc.registry.etcd.ssl.bundle");
		meanings.put(Pattern.compile(CLOSED_IN_HANDSHAKE + "|not an SSL/TLS record"),
				", as an etcd without TLS does; see https in rpc.registry.etcd.endpoints");
		meanings.put(Pattern.compile(CLOSED_AT_ONCE + OVER_TLS),
				", as an etcd without TLS does, or one that wants a client certificate that was not revoked; "
						+ "see https in rpc.registry.etcd.endpoints, and rpc.registry.etcd.ssl.bundle");
		meanings.put(Pattern.compile(CLOSED_AT_ONCE),
				", as an etcd does that expects TLS; see http in rpc.registry.etcd.endpoints");
		return meanings;
	}

}
