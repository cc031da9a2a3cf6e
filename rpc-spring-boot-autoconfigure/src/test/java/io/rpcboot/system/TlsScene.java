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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.rpcboot.client.GlobalClientInterceptor;
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

	private static void add(Set<String> names, Attributes attributes) {
		SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
		if (session != null) {
			try {
				names.add(session.getPeerPrincipal().getName());
			}
			catch (SSLPeerUnverifiedException ex) {
				names.add("nobody");
			}
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
			add(this.names, call.getAttributes());
			return next.startCall(call, headers);
		}

	}

	/**
	 * Whose certificates the servers of a consumer showed.
	 */
	static final class Servers implements ClientInterceptor {

		private final Set<String> names = ConcurrentHashMap.newKeySet();

		Set<String> names() {
			return this.names;
		}

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			ClientCall<Q, A> call = next.newCall(method, options);
			return new SimpleForwardingClientCall<>(call) {
				@Override
				public void start(Listener<A> listener, Metadata headers) {
					super.start(new SimpleForwardingClientCallListener<>(listener) {
						@Override
						public void onHeaders(Metadata answer) {
							add(Servers.this.names, call.getAttributes());
							super.onHeaders(answer);
						}
					}, headers);
				}
			};
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
		@GlobalClientInterceptor
		Servers servers() {
			return new Servers();
		}

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
