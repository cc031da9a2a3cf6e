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

package io.rpcboot.testing.etcd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;

import io.rpcboot.testing.tls.PemFiles;
import org.jspecify.annotations.Nullable;

/**
 * How etcd is started, other than by default.
 *
 * @param arguments what is added to its command line
 * @param tls how to ask it over TLS whether it is healthy, null when it speaks plaintext
 */
public record EtcdOptions(List<String> arguments, @Nullable SSLContext tls) {

	/** Neither TLS nor anything else. */
	public static final EtcdOptions DEFAULT = new EtcdOptions(List.of(), null);

	/**
	 * Adds TLS for clients.
	 * @param server the certificate of etcd, read again for each connection
	 * @param context how to connect to it
	 * @return the options
	 */
	public EtcdOptions withTls(PemFiles server, SSLContext context) {
		return new EtcdOptions(
				List.of("--cert-file", server.certificate().toString(), "--key-file", server.key().toString()), context)
			.and(this.arguments);
	}

	/**
	 * Demands a certificate of each client.
	 * @param authority the PEM file of those that issue them, read once
	 * @return the options
	 */
	public EtcdOptions withClientCertificates(Path authority) {
		return and(List.of("--client-cert-auth", "--trusted-ca-file", authority.toString()));
	}

	/**
	 * Refuses what has been revoked.
	 * @param list the file that says what, read again for each connection
	 * @return the options
	 */
	public EtcdOptions withRevoked(Path list) {
		return and(List.of("--client-crl-file", list.toString()));
	}

	/**
	 * Makes tokens that expire whether they are used or not.
	 * @param rsa what signs them
	 * @param seconds how long they live
	 * @return the options
	 */
	public EtcdOptions withTokens(PemFiles rsa, int seconds) {
		return and(List.of("--auth-token", "jwt,sign-method=RS256,pub-key=" + rsa.certificate() + ",priv-key="
				+ rsa.key() + ",ttl=" + seconds + "s"));
	}

	private EtcdOptions and(List<String> more) {
		List<String> all = new ArrayList<>(this.arguments);
		all.addAll(more);
		return new EtcdOptions(List.copyOf(all), this.tls);
	}

	String url(String plaintext) {
		return (this.tls != null) ? plaintext.replace("http://", "https://") : plaintext;
	}

}
