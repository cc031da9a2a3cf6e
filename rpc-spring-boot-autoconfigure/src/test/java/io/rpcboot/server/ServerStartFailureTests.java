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

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.grpc.InternalChannelz;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RecordingRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What a server says that cannot start, and that it leaves nothing behind.
 */
class ServerStartFailureTests {

	/**
	 * Set aside for documentation, so no machine's own.
	 */
	private static final String ELSEWHERE = "192.0.2.1";

	private final List<NioEventLoopGroup> groups = new ArrayList<>();

	@AfterEach
	void shutDown() {
		this.groups.forEach((group) -> group.shutdownGracefully(0, 0, TimeUnit.SECONDS));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenThePortIsInUseThenTheStartFails(boolean nio) throws IOException {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			int port = other.getLocalPort();
			TestServer server = server(nio).port(port).build();
			assertThatExceptionOfType(PortInUseException.class).isThrownBy(() -> server.lifecycle().start())
				.withMessage("The RPC server cannot listen on 127.0.0.1:" + port + ": the port is in use")
				.satisfies((ex) -> assertThat(ex.port()).isEqualTo(port))
				.satisfies((ex) -> assertThat(ex.action())
					.isEqualTo("Stop what listens there, or set rpc.server.port to a free port, to 0 for a random one,"
							+ " or to -1 for no server:\n\n    rpc.server.port=0"));
			assertThat(server.lifecycle().isRunning()).isFalse();
			assertThat(server.events()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheAddressIsNotOfThisMachineThenTheStartFails(boolean nio) {
		TestServer server = server(nio).address(ELSEWHERE).build();
		assertThatExceptionOfType(RpcServerException.class).isThrownBy(() -> server.lifecycle().start())
			.withMessageStartingWith("The RPC server cannot listen on 192.0.2.1:0: Failed to bind to address")
			.satisfies((ex) -> assertThat(ex).isNotInstanceOf(PortInUseException.class))
			.satisfies((ex) -> assertThat(ex.action()).isEqualTo("Correct rpc.server.address and rpc.server.port:\n\n"
					+ "    rpc.server.address=0.0.0.0\n    rpc.server.port=9090"));
	}

	@Test
	void whenTheAddressCannotBeResolvedThenTheStartFails() {
		TestServer server = TestServer.with(new EchoService("one")).address("no such host").build();
		assertThatExceptionOfType(RpcServerException.class).isThrownBy(() -> server.lifecycle().start())
			.withMessage("rpc.server.address: 'no such host' (expected: an address of this machine)")
			.satisfies((ex) -> assertThat(ex.action()).isEqualTo("Set rpc.server.address to an address of this machine;"
					+ " 0.0.0.0 means all of them:\n\n    rpc.server.address=0.0.0.0"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-echo", "echo/service", "echo service",
			"a-name-of-sixty-four-characters-which-is-one-more-than-is-allowed" })
	void whenTheApplicationHasNoProperNameThenItCannotBeRegistered(String application) {
		TestServer server = TestServer.with(new EchoService("one"))
			.application(application)
			.registry(new RecordingRegistry())
			.build();
		assertThatExceptionOfType(RpcServerException.class).isThrownBy(() -> server.lifecycle().start())
			.withMessage("spring.application.name: '" + application
					+ "' (expected: [A-Za-z0-9][A-Za-z0-9._-]{0,62}), the name under which the instance is registered")
			.satisfies((ex) -> assertThat(ex.action()).isEqualTo(
					"Set spring.application.name, or rpc.registry.type=none if nobody is to discover this server:"
							+ "\n\n    spring.application.name=orders"));
	}

	@Test
	void whenThereIsNoRegistryThenTheApplicationNeedsNoName() {
		try (TestServer server = TestServer.with(new EchoService("one")).application("").start()) {
			assertThat(server.lifecycle().isRunning()).isTrue();
		}
	}

	@Test
	void whenLoopbackWouldBeAnnouncedElsewhereThenThePortIsFreeAgain() throws IOException {
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			port = free.getLocalPort();
		}
		RecordingRegistry registry = new RecordingRegistry();
		TestServer server = TestServer.with(new EchoService("one"))
			.port(port)
			.registry(registry)
			.advertised(new RpcServerSettings.Advertised(null, null, List.of(), false))
			.build();
		assertThatExceptionOfType(LoopbackAdvertisedException.class).isThrownBy(() -> server.lifecycle().start());
		Awaitility.await()
			.untilAsserted(() -> assertThatIOException()
				.isThrownBy(() -> new Socket(InetAddress.getByName("127.0.0.1"), port).close()));
		assertThat(server.accepting(true).lifecycle().isRunning()).isFalse();
		assertThat(registry.log()).isEmpty();
	}

	@Test
	void whenACustomizerThrowsThenTheStartFailsAndCanBeTriedAgain() {
		boolean[] broken = { true };
		try (TestServer server = TestServer.with(new EchoService("one")).customizer((builder) -> {
			if (broken[0]) {
				throw new IllegalStateException("broken");
			}
		}).build()) {
			assertThatIllegalStateException().isThrownBy(() -> server.lifecycle().start()).withMessage("broken");
			broken[0] = false;
			server.lifecycle().start();
			assertThat(server.lifecycle().isRunning()).isTrue();
		}
	}

	@Test
	void whenTheStartFailsThenGrpcForgetsTheServer() throws IOException {
		Set<Long> before = servers();
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			TestServer inUse = TestServer.with(new EchoService("one")).port(other.getLocalPort()).build();
			assertThatExceptionOfType(PortInUseException.class).isThrownBy(() -> inUse.lifecycle().start());
		}
		TestServer twice = TestServer.with(new EchoService("one"))
			.customizer((builder) -> builder.addService(new EchoService("two")))
			.build();
		assertThatExceptionOfType(DuplicateServiceException.class).isThrownBy(() -> twice.lifecycle().start());
		Awaitility.await().untilAsserted(() -> assertThat(before).containsAll(servers()));
	}

	/**
	 * Returns the servers of this process that channelz tells of.
	 */
	private static Set<Long> servers() {
		return InternalChannelz.instance().getServers(0, 1000).servers.stream()
			.map((server) -> server.getLogId().getId())
			.collect(Collectors.toSet());
	}

	/**
	 * A server over Netty's native transport, or over that of the JDK, where they differ
	 * in what they throw.
	 */
	@SuppressWarnings("deprecation") // The successor is not in every Netty that gRPC
										// shades.
	private TestServer.Builder server(boolean nio) {
		TestServer.Builder server = TestServer.with(new EchoService("one"));
		if (nio) {
			NioEventLoopGroup group = new NioEventLoopGroup(1);
			this.groups.add(group);
			server.customizer((builder) -> builder.channelType(NioServerSocketChannel.class)
				.bossEventLoopGroup(group)
				.workerEventLoopGroup(group));
		}
		return server;
	}

}
