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

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

import io.grpc.TlsServerCredentials.ClientAuth;
import io.rpcboot.server.ServerTls;
import io.rpcboot.tls.LiveTls;
import io.rpcboot.tls.TlsMaterial;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.core.NestedExceptionUtils;

/**
 * Finds the SSL bundles that properties name for calls, and follows their updates: what
 * is read again is used by new connections, and what cannot be used is not.
 */
final class TlsBundles {

	private static final Logger logger = LoggerFactory.getLogger(TlsBundles.class);

	private static final String SERVER = "rpc.server.ssl.bundle";

	private static final String CLIENT_AUTH = "rpc.server.ssl.client-auth";

	/** What can be pasted stands on a line of its own. */
	private static final String LINE = "\n\n    ";

	private final @Nullable SslBundles bundles;

	TlsBundles(@Nullable SslBundles bundles) {
		this.bundles = bundles;
	}

	/**
	 * Returns the TLS of the server.
	 * @param ssl what is set
	 * @return the server's side; {@code null} if it speaks plaintext
	 */
	@Nullable ServerTls server(RpcServerProperties.Ssl ssl) {
		ClientAuth clients = ssl.getClientAuth();
		String name = text(ssl.getBundle());
		if (name == null) {
			if (clients != ClientAuth.NONE) {
				throw new TlsBundleException(
						CLIENT_AUTH + ": " + text(clients) + " (expected: none, as " + SERVER
								+ " is not set, and a server without TLS sees no certificate)",
						"Name an SSL bundle, or remove " + CLIENT_AUTH + ":" + LINE + SERVER + "=server", null);
			}
			return null;
		}
		return new ServerTls(live(SERVER, name, (bundle) -> checkTruststore(name, bundle, clients),
				(material) -> LiveTls.server(material, clients), keystore(name)), clients, name);
	}

	/**
	 * Returns the TLS of a client.
	 * @param key the property that names the bundle
	 * @param name the bundle
	 * @return the client's side
	 */
	LiveTls client(String key, String name) {
		return live(key, name, (bundle) -> {
		}, LiveTls::client, truststore(name));
	}

	/**
	 * Returns what a property says; an empty environment variable says nothing.
	 */
	static @Nullable String text(@Nullable String value) {
		return (value != null && !value.isBlank()) ? value : null;
	}

	private LiveTls live(String key, String name, Consumer<SslBundle> check, Function<TlsMaterial, LiveTls> sides,
			String lines) {
		SslBundles known = this.bundles;
		if (known == null) {
			throw TlsBundleException.noBundles(key, name);
		}
		LiveTls tls;
		try {
			SslBundle first = known.getBundle(name);
			check.accept(first);
			tls = sides.apply(material(first));
			known.addBundleUpdateHandler(name, (bundle) -> replace(tls, key, name, check, bundle));
			SslBundle now = known.getBundle(name);
			if (!now.equals(first)) {
				// Read again before anybody listened.
				replace(tls, key, name, check, now);
			}
		}
		catch (NoSuchSslBundleException ex) {
			throw TlsBundleException.unknown(key, name, known, lines, ex);
		}
		catch (TlsBundleException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new TlsBundleException(key + ": the SSL bundle '" + name + "' cannot be used: " + reason(ex),
					"Correct the bundle and its files:" + lines, ex);
		}
		return tls;
	}

	private static void replace(LiveTls tls, String key, String name, Consumer<SslBundle> check, SslBundle bundle) {
		try {
			check.accept(bundle);
			tls.replace(material(bundle));
			logger.info("The SSL bundle '{}' of {} was read again: new connections use it", name, key);
		}
		catch (RuntimeException ex) {
			logger.error("The SSL bundle '{}' of {} was read again and cannot be used: {}. New connections go on with "
					+ "what it was", name, key, reason(ex));
		}
	}

	/**
	 * Without one the JVM's counts, which holds the public authorities: good for who
	 * calls, but not for who is called.
	 */
	private static void checkTruststore(String name, SslBundle bundle, ClientAuth clients) {
		if (clients != ClientAuth.NONE && bundle.getStores().getKeyStore() != null
				&& bundle.getStores().getTrustStore() == null) {
			throw new TlsBundleException(
					CLIENT_AUTH + ": " + text(clients) + " (expected: none, as the SSL bundle '" + name
							+ "' has no truststore, and certificates of all public authorities would be accepted)",
					"Name the authority of the clients:" + truststore(name), null);
		}
	}

	private static TlsMaterial material(SslBundle bundle) {
		SslManagerBundle managers = bundle.getManagers();
		return new TlsMaterial(managers.getKeyManagerFactory(), managers.getTrustManagerFactory(),
				list(bundle.getOptions().getEnabledProtocols()), list(bundle.getOptions().getCiphers()));
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? List.of(values) : List.of();
	}

	private static String keystore(String name) {
		String prefix = LINE + "spring.ssl.bundle.pem." + name + ".keystore.";
		return prefix + "certificate=file:/etc/tls/tls.crt" + prefix.substring(1) + "private-key=file:/etc/tls/tls.key";
	}

	/**
	 * Returns lines to paste for a bundle that trusts an authority.
	 */
	static String truststore(String name) {
		return LINE + "spring.ssl.bundle.pem." + name + ".truststore.certificate=file:/etc/tls/ca.crt";
	}

	private static String text(ClientAuth clients) {
		return clients.name().toLowerCase(Locale.ROOT);
	}

	private static String reason(RuntimeException failure) {
		return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
	}

}
