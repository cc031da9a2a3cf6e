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

import java.util.List;

import javax.net.ssl.SSLException;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.rpcboot.registry.etcd.EtcdSettings.Tls;

/**
 * Makes the channel to etcd speak TLS. gRPC verifies each member's certificate against
 * the host of its own endpoint: jetcd's resolver gives every address that authority.
 */
final class EtcdTls {

	private static final Tls OF_THE_JVM = new Tls(null, null, List.of(), List.of());

	private EtcdTls() {
	}

	/**
	 * Adds TLS if the endpoints want it, with the material as it is now.
	 * @param channel the channel to be
	 * @param settings where etcd is
	 */
	static void applyTo(NettyChannelBuilder channel, EtcdSettings settings) {
		if (!settings.isTls()) {
			channel.usePlaintext();
		}
		else {
			channel.sslContext(context((settings.tls() != null) ? settings.tls().get() : OF_THE_JVM));
		}
	}

	private static SslContext context(Tls tls) {
		// The JDK's, for one behavior and one wording whatever else is on the class path.
		SslContextBuilder context = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
		if (tls.keys() != null) {
			context.keyManager(tls.keys());
		}
		if (tls.trust() != null) {
			context.trustManager(tls.trust());
		}
		if (!tls.protocols().isEmpty()) {
			context.protocols(tls.protocols());
		}
		if (!tls.ciphers().isEmpty()) {
			context.ciphers(tls.ciphers());
		}
		try {
			return context.build();
		}
		catch (SSLException ex) {
			throw new IllegalStateException("TLS to etcd cannot be set up: " + ex.getMessage(), ex);
		}
	}

}
