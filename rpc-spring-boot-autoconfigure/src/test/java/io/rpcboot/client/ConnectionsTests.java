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

package io.rpcboot.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.google.common.util.concurrent.ListenableFuture;
import io.rpcboot.client.RpcClientSettings.Callbacks;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.attempt.AttemptSettings;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.balancer.BalancingExplanation;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several connections to one instance, through real sockets.
 */
class ConnectionsTests {

	private static final Ping PING = Ping.newBuilder().setText("hello").build();

	private static final Ping HOLD = Ping.newBuilder().setText(EchoServer.HOLD).build();

	/** One of them is taken by the health watch. */
	private static final int STREAMS = 4;

	private final InMemoryDiscovery discovery = new InMemoryDiscovery();

	private final EchoServer server = EchoServer.startLimited("a", STREAMS);

	private @Nullable RpcChannels channels;

	@AfterEach
	void close() {
		if (this.channels != null) {
			this.channels.stop();
			this.channels.close();
		}
		this.server.close();
	}

	@ParameterizedTest
	@CsvSource({ "1,3", "3,9" })
	void noMoreCallsAreInFlightThanTheConnectionsHaveStreams(int connections, int atATime) throws Exception {
		EchoGrpc.EchoFutureStub echo = connect(connections, this.server.instance("1"));
		List<ListenableFuture<Pong>> calls = hold(echo, 9);
		Awaitility.await().until(() -> this.server.heldCalls() == atATime);
		for (int left = 9; left > 0; left--) {
			this.server.awaitHeld();
			assertThat(this.server.heldCalls()).as("at a time").isBetween(1, atATime);
			this.server.release();
		}
		for (ListenableFuture<Pong> call : calls) {
			assertThat(call.get(30, TimeUnit.SECONDS).getServer()).isEqualTo("a");
		}
	}

	@Test
	void theInstanceStaysOneWithTheStateOfEachConnection() throws Exception {
		connect(3, this.server.instance("1"));
		assertThat(explain().instances()).singleElement().satisfies((instance) -> {
			assertThat(instance.connection()).isEqualTo("READY");
			assertThat(instance.connections()).containsExactly("READY", "READY", "READY");
		});
		assertThat(this.server.connectionsOpened()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenOneIsCutThenNoCallFailsAndItIsOpenedAgain(boolean refused) throws Exception {
		try (TcpProxy proxy = new TcpProxy(URI.create("http://" + this.server.address()))) {
			EchoGrpc.EchoFutureStub echo = connect(3,
					ServiceInstance.of("1", "echo", "127.0.0.1", proxy.endpoint().getPort()));
			if (refused) {
				proxy.refuse();
			}
			for (int i = 0; i < 300; i++) {
				if (i == 100) {
					proxy.cutOldest();
				}
				List<ListenableFuture<Pong>> two = List.of(echo.unary(PING), echo.unary(PING));
				for (ListenableFuture<Pong> call : two) {
					assertThat(call.get(30, TimeUnit.SECONDS).getServer()).isEqualTo("a");
				}
			}
			if (refused) {
				Awaitility.await()
					.untilAsserted(() -> assertThat(explain().instances().get(0)).satisfies((instance) -> {
						assertThat(instance.connection()).isEqualTo("READY");
						assertThat(instance.connections()).containsExactlyInAnyOrder("READY", "READY",
								"TRANSIENT_FAILURE");
					}));
				proxy.accept();
			}
			Awaitility.await().until(() -> proxy.accepted() == 4);
			awaitReady(3);
		}
	}

	@Test
	void whenTheLastOneIsLostThenCallsFindTheOtherInstance() throws Exception {
		try (TcpProxy proxy = new TcpProxy(URI.create("http://" + this.server.address()));
				EchoServer other = EchoServer.start("b")) {
			EchoGrpc.EchoFutureStub echo = connect(2,
					ServiceInstance.of("1", "echo", "127.0.0.1", proxy.endpoint().getPort()), other.instance("2"));
			proxy.refuse();
			proxy.cutOldest();
			Awaitility.await().until(() -> states(0).contains("TRANSIENT_FAILURE"));
			assertThat(explain().instances()).allMatch(BalancingExplanation.Instance::candidate);
			proxy.cutOldest();
			Awaitility.await().until(() -> !explain().instances().get(0).candidate());
			for (int i = 0; i < 20; i++) {
				assertThat(echo.unary(PING).get(30, TimeUnit.SECONDS).getServer()).isEqualTo("b");
			}
		}
	}

	@Test
	void whenRepliesSayDrainOnOneThenAllAreLeftAlone() throws Exception {
		try (EchoServer other = EchoServer.start("b")) {
			EchoGrpc.EchoFutureStub echo = connect(2, this.server.instance("1"), other.instance("2"));
			this.server.saysDrain(true);
			Awaitility.await()
				.untilAsserted(() -> assertThat(echo.unary(PING).get(30, TimeUnit.SECONDS)).satisfies(
						(answer) -> assertThat(explain().instances().get(0).reason()).isEqualTo("about to leave")));
			int before = this.server.calls();
			for (int i = 0; i < 20; i++) {
				assertThat(echo.unary(PING).get(30, TimeUnit.SECONDS).getServer()).isEqualTo("b");
			}
			assertThat(this.server.calls()).isEqualTo(before);
		}
	}

	@Test
	void whenTheInstanceIsRemovedThenAllAreClosed() throws Exception {
		try (EchoServer other = EchoServer.start("b")) {
			EchoGrpc.EchoFutureStub echo = connect(3, this.server.instance("1"), other.instance("2"));
			this.discovery.set("echo", other.instance("2"));
			// gRPC holds a connection that nobody wants for five seconds more.
			Awaitility.await().until(() -> this.server.openConnections() == 0);
			assertThat(echo.unary(PING).get(30, TimeUnit.SECONDS).getServer()).isEqualTo("b");
			assertThat(other.openConnections()).isEqualTo(3);
		}
	}

	private EchoGrpc.EchoFutureStub connect(int connections, ServiceInstance... instances) throws Exception {
		this.discovery.set("echo", instances);
		this.channels = new RpcChannels(
				new RpcClientSettings("consumer",
						new RpcClientSettings.Defaults(Duration.ofSeconds(30), null, "p2c", 4_194_304,
								AttemptSettings.NONE, 0, connections),
						Map.of("echo", new Reference(null, null, null, null, null, List.of(), Map.of())), Map.of(),
						new Callbacks(2, null)),
				SubsetSettings.NONE, this.discovery, BalancerContext.standard(), List.of(), List.of());
		EchoGrpc.EchoFutureStub echo = EchoGrpc.newFutureStub(this.channels.channel("echo", "p2c", false, false))
			.withOption(RpcCallOptions.IDEMPOTENT, true);
		awaitReady(connections);
		return echo;
	}

	private void awaitReady(int connections) {
		Awaitility.await()
			.ignoreExceptions()
			.until(() -> explain().instances()
				.stream()
				.allMatch((instance) -> instance.connections().size() == connections
						&& instance.connections().stream().allMatch("READY"::equals)));
	}

	private static List<ListenableFuture<Pong>> hold(EchoGrpc.EchoFutureStub echo, int calls) {
		return IntStream.range(0, calls).mapToObj((i) -> echo.unary(HOLD)).toList();
	}

	private List<String> states(int instance) throws Exception {
		return explain().instances().get(instance).connections();
	}

	private BalancingExplanation explain() throws Exception {
		assertThat(this.channels).isNotNull();
		return this.channels.explain("echo", CallRoute.NONE, null).get(0).get(30, TimeUnit.SECONDS);
	}

}
