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

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import io.rpcboot.tls.Reminders;
import io.rpcboot.tls.TlsProblem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in one line why a client and this server cannot speak with each other, and which
 * setting to look at: once for each reason, and again after ten minutes, for a client
 * tries again and again. gRPC itself closes such a connection in silence. Safe for any
 * thread.
 */
final class ConnectionHints {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionHints.class);

	private static final String OTHER = "other";

	private static final int NOBODY = -1;

	private final String reference;

	private final @Nullable ServerTls tls;

	private final Reminders reminders;

	/** From where this server looks at itself just now, which it does once at a time. */
	private final AtomicInteger own = new AtomicInteger(NOBODY);

	/**
	 * Creates hints.
	 * @param application the name of this application; may be empty
	 * @param customizers those of the server
	 * @param nanoTime the clock
	 */
	ConnectionHints(String application, List<RpcServerCustomizer> customizers, LongSupplier nanoTime) {
		this.reference = "rpc.client.references[" + (application.isEmpty() ? "<application>" : application) + "]";
		this.tls = customizers.stream()
			.filter(ServerTls.class::isInstance)
			.map(ServerTls.class::cast)
			.findFirst()
			.orElse(null);
		this.reminders = new Reminders(nanoTime);
	}

	/**
	 * Returns whether the properties made this server speak TLS. Nothing is said of the
	 * TLS of a user's customizer.
	 */
	boolean isTls() {
		return this.tls != null;
	}

	/**
	 * Says nothing of the next connection from a port of this machine: it is this
	 * server's own.
	 */
	void expect(int localPort) {
		this.own.set(localPort);
	}

	/**
	 * Tells whether a connection is this server's own.
	 */
	boolean isOwn(SocketAddress client) {
		return client instanceof InetSocketAddress address && this.own.compareAndSet(address.getPort(), NOBODY);
	}

	/**
	 * A client speaks TLS to a server that does not.
	 */
	void onTls(SocketAddress client) {
		say(TlsProblem.ONLY_TLS, client, "speaks TLS, and this server does not: set rpc.server.ssl.bundle here, or "
				+ this.reference + ".ssl.enabled=false there");
	}

	/**
	 * A client does not speak TLS to a server that does.
	 */
	void onPlaintext(SocketAddress client) {
		say(TlsProblem.NO_TLS, client,
				"speaks plaintext, and this server TLS: set " + this.reference + ".ssl.bundle there");
	}

	/**
	 * The TLS of a client is good, but not for HTTP/2.
	 */
	void onNoHttp2(SocketAddress client) {
		say(TlsProblem.NO_HTTP2, client, "speaks TLS, but not HTTP/2 over it (ALPN): it is no gRPC client, or "
				+ "something between it and this server is not");
	}

	/**
	 * A handshake failed.
	 */
	void onHandshakeFailure(SocketAddress client, Throwable failure) {
		TlsProblem problem = TlsProblem.of(failure);
		ServerTls used = this.tls;
		if (problem == null || used == null) {
			if (this.reminders.isDue(OTHER)) {
				logger.warn("The TLS handshake with a client at {} failed: {}", host(client), failure.toString());
			}
			return;
		}
		switch (problem) {
			case NO_CERTIFICATE -> say(problem, client,
					"shows no certificate of an authority that is trusted here, and rpc.server.ssl.client-auth is "
							+ used.clients().name().toLowerCase(Locale.ROOT) + ": give the SSL bundle that its "
							+ this.reference + ".ssl.bundle names a keystore with one");
			case NOT_TRUSTED -> say(problem, client, "shows a certificate that is not trusted here: add its authority "
					+ "to the truststore of the SSL bundle '" + used.bundle() + "' that rpc.server.ssl.bundle names");
			case EXPIRED -> say(problem, client, "shows a certificate that has expired: renew it there");
			case REFUSED ->
				say(problem, client, "does not accept the certificate of this server, that of the SSL " + "bundle '"
						+ used.bundle() + "': it does not trust it, or expects another name; its log says " + "which");
			case NO_HTTP2 -> onNoHttp2(client);
			case NOTHING_IN_COMMON -> say(problem, client, "and this server have no version of TLS or cipher in "
					+ "common: see the options of the SSL bundles on both sides");
			// A port that is probed, or a client that went away: nothing to be mended
			// here.
			default -> logger.debug("The TLS handshake with a client at {} failed", host(client), failure);
		}
	}

	private void say(TlsProblem problem, SocketAddress client, String text) {
		if (this.reminders.isDue(problem)) {
			logger.warn("A client at {} {}", host(client), text);
		}
	}

	private static String host(SocketAddress client) {
		return (client instanceof InetSocketAddress address) ? address.getHostString() : String.valueOf(client);
	}

}
