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

package io.rpcboot.system;

import java.io.IOException;
import java.nio.file.Path;
import java.security.Principal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.GlobalServerInterceptor;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.tls.PemFiles;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Applications that call each other over TLS, at static addresses.
 */
final class TlsScene {

	private TlsScene() {
	}

	/**
	 * Starts an application {@code echo}.
	 */
	static ConfigurableApplicationContext provider(String name, String... properties) {
		return RpcApplications.run(Provider.class,
				with(properties, "spring.application.name=echo", "echo.name=" + name, "rpc.registry.type=none"));
	}

	/**
	 * Starts an application that calls {@code echo}.
	 */
	static ConfigurableApplicationContext consumer(String addresses, String... properties) {
		return RpcApplications.run(Consumer.class, with(properties, "spring.application.name=consumer",
				"rpc.registry.type=none", "rpc.client.references.echo.addresses=" + addresses));
	}

	static String address(ConfigurableApplicationContext provider) {
		return "127.0.0.1:" + RpcApplications.port(provider);
	}

	/**
	 * Returns the properties of a bundle that is read again as its files change.
	 */
	static String[] bundle(String name, Path trusted, @Nullable PemFiles own) {
		String prefix = "spring.ssl.bundle.pem." + name + ".";
		String[] trust = { "spring.ssl.bundle.watch.file.quiet-period=300ms", prefix + "reload-on-update=true",
				prefix + "truststore.certificate=file:" + trusted };
		return (own != null) ? with(trust, prefix + "keystore.certificate=file:" + own.certificate(),
				prefix + "keystore.private-key=file:" + own.key()) : trust;
	}

	static String[] with(String[] properties, String... more) {
		return Stream.concat(Stream.of(properties), Stream.of(more)).toArray(String[]::new);
	}

	/**
	 * Returns whose certificate a new connection is shown.
	 */
	static String shownBy(ConfigurableApplicationContext provider, SSLContext client) {
		try (SSLSocket socket = (SSLSocket) client.getSocketFactory()
			.createSocket("127.0.0.1", RpcApplications.port(provider))) {
			socket.setSoTimeout(10_000);
			socket.startHandshake();
			return socket.getSession().getPeerPrincipal().getName();
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	/**
	 * Whose certificates the callers of a provider showed.
	 */
	static final class Callers implements ServerInterceptor {

		private final Set<String> names = ConcurrentHashMap.newKeySet();

		Set<String> names() {
			return this.names;
		}

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
			if (session != null) {
				try {
					Principal peer = session.getPeerPrincipal();
					this.names.add(peer.getName());
				}
				catch (SSLPeerUnverifiedException ex) {
					this.names.add("nobody");
				}
			}
			return next.startCall(call, headers);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Provider extends EchoProvider {

		@Bean
		@GlobalServerInterceptor
		Callers callers() {
			return new Callers();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		@Bean
		EchoGrpc.EchoBlockingStub blockingEcho(@RpcReference("echo") EchoGrpc.EchoBlockingStub echo) {
			return echo;
		}

		@Bean
		EchoLoad load(@RpcReference("echo") EchoGrpc.EchoStub echo) {
			return new EchoLoad(echo);
		}

	}

}
