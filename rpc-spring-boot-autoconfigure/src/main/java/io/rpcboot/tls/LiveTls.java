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

import java.util.function.Function;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;

import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;

/**
 * One side of TLS whose material may be replaced: connections that are open keep what
 * they began with, and each new one takes what is there then. Sessions are not resumed
 * over a replacement, so that a new connection never rests on an old certificate. HTTP/2
 * is negotiated by ALPN. The engine is that of gRPC: BoringSSL where it comes with the
 * library, else the JDK's.
 */
public final class LiveTls {

	private final Function<TlsMaterial, SslContext> contexts;

	private final LiveSslContext current;

	private LiveTls(Function<TlsMaterial, SslContext> contexts, TlsMaterial material) {
		this.contexts = contexts;
		this.current = new LiveSslContext(contexts.apply(material));
	}

	/**
	 * Creates the side of a server.
	 * @param material its certificate, and whom it trusts among clients
	 * @param clients whether clients show a certificate
	 * @return the side
	 * @throws IllegalArgumentException if there is no certificate, its key is another
	 * one's, or the protocols or ciphers are not to be had
	 */
	public static LiveTls server(TlsMaterial material, TlsServerCredentials.ClientAuth clients) {
		ClientAuth wanted = switch (clients) {
			case NONE -> ClientAuth.NONE;
			case OPTIONAL -> ClientAuth.OPTIONAL;
			case REQUIRE -> ClientAuth.REQUIRE;
		};
		return new LiveTls((next) -> serverContext(next, wanted), material);
	}

	/**
	 * Creates the side of a client, which always verifies the server's name.
	 * @param material whom it trusts, and its own certificate if it has one
	 * @return the side
	 * @throws IllegalArgumentException if the key is another certificate's, or the
	 * protocols or ciphers are not to be had
	 */
	public static LiveTls client(TlsMaterial material) {
		return new LiveTls(LiveTls::clientContext, material);
	}

	/**
	 * Returns the context, which stays the same object.
	 * @return a context that makes each engine of the material that is there then; safe
	 * for any thread
	 */
	public SslContext context() {
		return this.current;
	}

	/**
	 * Replaces the material. From any thread; takes a few milliseconds.
	 * @param material what connections take from now on
	 * @throws IllegalArgumentException if it is not usable; the last one stays then
	 */
	public void replace(TlsMaterial material) {
		this.current.replace(this.contexts.apply(material));
	}

	private static SslContext serverContext(TlsMaterial material, ClientAuth clients) {
		KeyManagerFactory keys = material.keys();
		if (keys == null || !KeyPairs.check(keys)) {
			throw new IllegalArgumentException("there is no certificate with a private key");
		}
		return build(SslContextBuilder.forServer(keys).clientAuth(clients), material);
	}

	private static SslContext clientContext(TlsMaterial material) {
		SslContextBuilder builder = SslContextBuilder.forClient();
		if (material.keys() != null && KeyPairs.check(material.keys())) {
			builder.keyManager(material.keys());
		}
		return build(builder, material);
	}

	private static SslContext build(SslContextBuilder builder, TlsMaterial material) {
		GrpcSslContexts.configure(builder);
		if (material.trust() != null) {
			builder.trustManager(material.trust());
		}
		if (!material.protocols().isEmpty()) {
			builder.protocols(material.protocols());
		}
		if (!material.ciphers().isEmpty()) {
			builder.ciphers(material.ciphers());
		}
		try {
			return builder.build();
		}
		catch (SSLException ex) {
			throw new IllegalArgumentException(ex.getMessage(), ex);
		}
	}

}
