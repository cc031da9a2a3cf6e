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

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Headers over two applications, A and B, to a server C that shows what came.
 */
class CarriedHeadersTests {

	private static final Metadata.Key<String> REQUEST_ID = key("x-request-id");

	private static final Metadata.Key<String> FEATURE = key("rpc-baggage-x-feature");

	private final EchoServer c = EchoServer.start("c");

	@AfterEach
	void close() {
		this.c.close();
	}

	@Test
	void oneHopEndsWhereItIsNotListedAndTheChainGoesOn() {
		Metadata headers = headers(Map.of("x-request-id", "7", "x-feature", "beta", "x-other", "no"));
		try (ConfigurableApplicationContext b = relay("b", "127.0.0.1:" + this.c.port());
				ConfigurableApplicationContext a = relay("a", address(b), "rpc.client.carry.one-hop=X-Request-Id",
						"rpc.client.carry.whole-chain=x-feature");
				EchoClient client = new EchoClient(RpcApplications.port(a))) {
			assertThat(call(client, headers)).isEqualTo("client/beta a/beta ");
			Metadata seen = this.c.nextHeaders();
			assertThat(seen.get(REQUEST_ID)).isNull();
			assertThat(seen.get(FEATURE)).isEqualTo("beta");
			assertThat(seen.get(RpcMetadata.BAGGAGE)).isEqualTo("x-feature");
			assertThat(seen.get(key("x-feature"))).isNull();
			assertThat(seen.get(key("x-other"))).isNull();
			assertThat(seen.getAll(RpcMetadata.CALLER)).containsExactly("b");
		}
	}

	@Test
	void whenTheNextOneListsItTooThenOneHopGoesOn() {
		try (ConfigurableApplicationContext b = relay("b", "127.0.0.1:" + this.c.port(),
				"rpc.client.carry.one-hop=x-request-id");
				ConfigurableApplicationContext a = relay("a", address(b), "rpc.client.carry.one-hop=x-request-id");
				EchoClient client = new EchoClient(RpcApplications.port(a))) {
			call(client, headers(Map.of("x-request-id", "7")));
			assertThat(this.c.nextHeaders().getAll(REQUEST_ID)).containsExactly("7");
		}
	}

	@Test
	void authorizationIsCarriedIfItIsListed() {
		try (ConfigurableApplicationContext a = relay("a", "127.0.0.1:" + this.c.port(),
				"rpc.client.carry.one-hop=authorization");
				EchoClient client = new EchoClient(RpcApplications.port(a))) {
			call(client, headers(Map.of("authorization", "Bearer x")));
			assertThat(this.c.nextHeaders().get(key("authorization"))).isEqualTo("Bearer x");
		}
	}

	@Test
	void aChainKeepsTheValueWithWhichItBegan() {
		try (ConfigurableApplicationContext a = relay("a", "127.0.0.1:" + this.c.port(),
				"rpc.client.carry.whole-chain=x-feature");
				EchoClient client = new EchoClient(RpcApplications.port(a))) {
			call(client, headers(
					Map.of("rpc-baggage", "x-feature", "rpc-baggage-x-feature", "first", "x-feature", "later")));
			assertThat(this.c.nextHeaders().getAll(FEATURE)).containsExactly("first");
			// One who is not of this library sends no list of names.
			call(client, headers(Map.of("rpc-baggage-x-feature", "foreign")));
			assertThat(this.c.nextHeaders().get(FEATURE)).isEqualTo("foreign");
		}
	}

	@Test
	void whenNothingIsListedThenNothingIsCarried() {
		try (ConfigurableApplicationContext a = relay("a", "127.0.0.1:" + this.c.port());
				EchoClient client = new EchoClient(RpcApplications.port(a))) {
			call(client, headers(Map.of("x-request-id", "7", "x-feature", "beta", "authorization", "Bearer x")));
			Metadata seen = this.c.nextHeaders();
			assertThat(List.of("x-request-id", "x-feature", "authorization", "rpc-baggage"))
				.noneMatch((name) -> seen.containsKey(key(name)));
		}
	}

	@Test
	void baggageBeginsInAContext() throws Exception {
		try (ConfigurableApplicationContext b = relay("b", "127.0.0.1:" + this.c.port());
				ConfigurableApplicationContext edge = RpcApplications.run(Edge.class, "spring.application.name=edge",
						"rpc.registry.type=none", "rpc.client.references.next.addresses=" + address(b))) {
			Context context = CallContext.withBaggage("x-feature", "beta");
			context.call(() -> edge.getBean(Edge.class).next.unary(Ping.getDefaultInstance()));
			assertThat(this.c.nextHeaders().get(FEATURE)).isEqualTo("beta");
		}
	}

	private static String call(EchoClient client, Metadata headers) {
		headers.put(RpcMetadata.CALLER, "client");
		EchoClient.Reply<Pong> reply = client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("")).join();
		assertThat(reply.status().isOk()).isTrue();
		return reply.messages().get(0).getText();
	}

	private static Metadata headers(Map<String, String> values) {
		Metadata headers = new Metadata();
		values.forEach((name, value) -> headers.put(key(name), value));
		return headers;
	}

	private static Metadata.Key<String> key(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

	private static String address(ConfigurableApplicationContext application) {
		return "127.0.0.1:" + RpcApplications.port(application);
	}

	private static ConfigurableApplicationContext relay(String name, String next, String... properties) {
		String[] all = Stream.concat(Stream.of("spring.application.name=" + name, "rpc.registry.type=none",
				"rpc.client.references.next.addresses=" + next), Stream.of(properties))
			.toArray(String[]::new);
		return RpcApplications.run(Relay.class, all);
	}

	@Configuration(proxyBeanMethods = false)
	static class Edge {

		@RpcReference("next")
		private EchoGrpc.EchoBlockingStub next;

	}

	@Configuration(proxyBeanMethods = false)
	static class Relay {

		@Bean
		@RpcService
		RelayService relayService(@RpcReference("next") EchoGrpc.EchoBlockingStub next) {
			return new RelayService(next);
		}

	}

	/**
	 * Says who called and what it sees of the header, and then what the next one says.
	 */
	static class RelayService extends EchoGrpc.EchoImplBase {

		private final EchoGrpc.EchoBlockingStub next;

		RelayService(EchoGrpc.EchoBlockingStub next) {
			this.next = next;
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			String seen = CallContext.CALLER.get() + "/" + CallContext.baggage("x-feature");
			Pong answer = this.next.unary(request);
			responseObserver.onNext(answer.toBuilder().setText(seen + " " + answer.getText()).build());
			responseObserver.onCompleted();
		}

	}

}
