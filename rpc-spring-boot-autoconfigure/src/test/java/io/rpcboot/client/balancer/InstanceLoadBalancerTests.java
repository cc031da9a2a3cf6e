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

package io.rpcboot.client.balancer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.rpcboot.client.resolver.RpcNameResolverProvider;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The behaviour of {@code rpc_round_robin}, through real channels and real servers: what
 * an upgrade of grpc-java must not change.
 */
class InstanceLoadBalancerTests {

	private static final Ping PING = Ping.newBuilder().setText("hello").build();

	private static final Ping HOLD = Ping.newBuilder().setText(EchoServer.HOLD).build();

	private final InMemoryDiscovery discovery = new InMemoryDiscovery();

	private final HeldTimers timers = new HeldTimers();

	private final ManagedChannel channel = channel();

	private final EchoServer a = EchoServer.start("a");

	private final EchoServer b = EchoServer.start("b");

	/**
	 * How many each instance has.
	 */
	int connections() {
		return 1;
	}

	@AfterEach
	void close() throws InterruptedException {
		this.channel.shutdownNow();
		this.a.close();
		this.b.close();
		assertThat(this.channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		this.timers.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void whenAllServeThenEachGetsTheSameNumberOfCalls() {
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf("a", "b");
		Map<String, Integer> answers = call(100);
		assertThat(answers).containsExactly(Map.entry("a", 50), Map.entry("b", 50));
	}

	@Test
	void whenInstanceIsAddedThenItGetsCallsAndOthersKeepTheirConnection() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		awaitAllConnections(this.a);
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf("a", "b");
		assertThat(this.a.connectionsOpened()).isEqualTo(connections());
	}

	@Test
	void whenRecordChangesButNotTheIdThenTheConnectionStays() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		awaitAllConnections(this.a);
		this.discovery.set("echo", this.a.instance("1").withState(InstanceState.DRAINING));
		this.discovery.set("echo", this.a.instance("1"));
		assertThat(call(10)).containsExactly(Map.entry("a", 10));
		assertThat(this.a.connectionsOpened()).isEqualTo(connections());
	}

	@Test
	void whenProcessStartsAgainOnTheSamePortThenTheNewInstanceWaitsForNoBackOff() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		int port = this.a.port();
		loseFirstForGood();
		try (EchoServer again = EchoServer.start("again", port)) {
			this.discovery.set("echo", again.instance("2"));
			assertThat(stub().withWaitForReady().unary(PING).getServer()).isEqualTo("again");
		}
	}

	@Test
	void whenInstanceIsAnnouncedAgainThenItWaitsForNoBackOff() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		int port = this.a.port();
		loseFirstForGood();
		try (EchoServer again = EchoServer.start("again", port)) {
			this.discovery.announceAgain("echo", "1");
			assertThat(stub().withWaitForReady().unary(PING).getServer()).isEqualTo("again");
		}
	}

	@Test
	void whenInstanceIsAnnouncedAgainThenAConnectionThatWorksStays() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		awaitAllConnections(this.a);
		for (int i = 0; i < 3; i++) {
			this.discovery.announceAgain("echo", "1");
			this.discovery.set("echo", this.a.instance("1"));
		}
		assertThat(call(10)).containsExactly(Map.entry("a", 10));
		assertThat(this.a.connectionsOpened()).isEqualTo(connections());
	}

	@Test
	void whenInstanceIsAnnouncedAgainThenItsRecordStillCounts() throws Exception {
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf("a", "b");
		int port = this.a.port();
		this.a.close();
		awaitOnly("b");
		try (EchoServer again = EchoServer.start("again", port)) {
			this.discovery.announceAgain("echo", "1");
			awaitAnswersOf("again", "b");
			this.discovery.set("echo", again.instance("1").withState(InstanceState.DRAINING), this.b.instance("2"));
			awaitOnly("b");
		}
	}

	@Test
	void whenNewInstanceHasTheAddressOfTheOldOneThenItGetsAConnectionOfItsOwn() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		this.discovery.set("echo", this.a.instance("2"));
		Awaitility.await().until(() -> this.a.connectionsOpened() == 2 * connections());
		assertThat(call(10)).containsExactly(Map.entry("a", 10));
	}

	@Test
	void whenInstanceSaysNotServingThenItLeavesThePickSetUntilItServesAgain() {
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf("a", "b");
		awaitAllConnections(this.a);
		this.a.health(ServingStatus.NOT_SERVING);
		awaitOnly("b");
		assertThat(call(20)).containsExactly(Map.entry("b", 20));
		this.a.health(ServingStatus.SERVING);
		awaitAnswersOf("a", "b");
		assertThat(this.a.connectionsOpened()).isEqualTo(connections());
	}

	@Test
	void whenInstanceNeverServedThenCallsFailAndTheTextNamesIt() {
		this.a.health(ServingStatus.NOT_SERVING);
		this.discovery.set("echo", this.a.instance("1"));
		assertThat(failure(PING)).satisfies((status) -> {
			assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(status.getDescription()).isEqualTo("No instance of echo can be called: " + this.a.address()
					+ " (connected, but its health says NOT_SERVING)");
		});
		assertThat(this.a.calls()).isZero();
	}

	@Test
	void whenRecordSaysDrainingThenOthersArePreferred() {
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf("a", "b");
		this.discovery.set("echo", draining(this.a.instance("1")), this.b.instance("2"));
		awaitOnly("b");
		assertThat(call(20)).containsExactly(Map.entry("b", 20));
	}

	@Test
	void whenTheLastInstanceIsDrainingThenItIsUsedUntilAnotherOneServes() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		this.a.saysDrain(true);
		this.a.health(ServingStatus.NOT_SERVING);
		this.discovery.set("echo", draining(this.a.instance("1")));
		assertThat(call(20)).containsExactly(Map.entry("a", 20));
		this.discovery.set("echo", draining(this.a.instance("1")), this.b.instance("2"));
		awaitOnly("b");
		assertThat(call(20)).containsExactly(Map.entry("b", 20));
	}

	@Test
	void whenTheOnlyInstanceWasDrainingBeforeAnybodyConnectedThenItIsUsed() {
		this.a.health(ServingStatus.NOT_SERVING);
		this.discovery.set("echo", this.a.instance("1").withState(InstanceState.DRAINING));
		awaitAnswersOf("a");
	}

	@Test
	void whenRepliesSayDrainThenOthersArePreferredWithoutTheRegistry() {
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf("a", "b");
		this.a.saysDrain(true);
		awaitOnly("b");
		int drained = this.a.calls();
		assertThat(call(20)).containsExactly(Map.entry("b", 20));
		assertThat(this.a.calls()).isEqualTo(drained);
	}

	@Test
	void whenRepliesOfTheLastInstanceSayDrainThenItIsStillUsed() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		this.a.saysDrain(true);
		call(1);
		this.a.health(ServingStatus.NOT_SERVING);
		assertThat(call(20)).containsExactly(Map.entry("a", 20));
	}

	@Test
	void whenTheLastInstanceTurnsUnhealthyWithoutDrainingThenCallsFailAfterTheFirstReply() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		awaitAllConnections(this.a);
		this.a.health(ServingStatus.NOT_SERVING);
		Awaitility.await().untilAsserted(() -> {
			Status failure = failure(PING);
			assertThat(failure.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(failure.getDescription()).isEqualTo("No instance of echo can be called: " + this.a.address()
					+ " (connected, but its health says NOT_SERVING)");
		});
		this.a.health(ServingStatus.SERVING);
		awaitAnswersOf("a");
		assertThat(this.a.connectionsOpened()).isEqualTo(connections());
	}

	@Test
	void whenInstanceIsRemovedThenItsCallsInFlightFinish() throws Exception {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		ListenableFuture<Pong> inFlight = EchoGrpc.newFutureStub(this.channel).unary(HOLD);
		this.a.awaitHeld();
		this.discovery.set("echo", this.b.instance("2"));
		awaitOnly("b");
		assertThat(this.a.openConnections()).isPositive();
		this.a.release();
		assertThat(inFlight.get(30, TimeUnit.SECONDS).getServer()).isEqualTo("a");
		// gRPC holds a connection that nobody wants for five seconds more.
		Awaitility.await().until(() -> this.a.openConnections() == 0);
	}

	@Test
	void whenConnectionIsRefusedThenTheTextNamesAddressAndReason() {
		int port = EchoServer.unusedPort();
		this.discovery.set("echo", ServiceInstance.of("1", "echo", "127.0.0.1", port));
		assertThat(failure(PING)).satisfies((status) -> {
			assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(status.getDescription())
				.startsWith("No instance of echo can be called: 127.0.0.1:" + port + " (")
				.containsIgnoringCase("connection refused");
		});
	}

	@Test
	void whenManyCannotBeReachedThenTheTextNamesFiveAndCountsTheOthers() {
		int port = EchoServer.unusedPort();
		this.discovery.set("echo",
				IntStream.rangeClosed(1, 12)
					.mapToObj((i) -> ServiceInstance.of(String.valueOf(i), "echo", "127.0.0.1", port))
					.toArray(ServiceInstance[]::new));
		assertThat(failure(PING).getDescription()).endsWith(") and 7 more")
			.satisfies((text) -> assertThat(text.split(" 127\\.0\\.0\\.1:" + port + " \\(")).hasSize(1 + 5));
	}

	@Test
	void whenOneOfTwoRefusesThenCallsGoToTheOther() {
		this.discovery.set("echo", ServiceInstance.of("1", "echo", "127.0.0.1", EchoServer.unusedPort()),
				this.b.instance("2"));
		assertThat(call(20)).containsExactly(Map.entry("b", 20));
	}

	@Test
	void whenNobodyIsLeftThenCallsFailWithTheReasonUntilSomebodyIsThere() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		this.discovery.set("echo");
		assertThat(failure(PING).getDescription()).isEqualTo(noInstance());
		this.discovery.set("echo", this.b.instance("2"));
		awaitAnswersOf("b");
	}

	@Test
	void whenNobodyIsLeftThenTheReasonOutlivesAReplyThatSaysDrain() throws Exception {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		ListenableFuture<Pong> inFlight = EchoGrpc.newFutureStub(this.channel).unary(HOLD);
		this.a.awaitHeld();
		this.discovery.set("echo");
		this.a.saysDrain(true);
		this.a.release();
		assertThat(inFlight.get(30, TimeUnit.SECONDS).getServer()).isEqualTo("a");
		assertThat(failure(PING).getDescription()).isEqualTo(noInstance());
	}

	@Test
	void whenServerClosesItsConnectionThenItIsOpenedAgainWithoutACall() {
		this.discovery.set("echo", this.a.instance("1"), this.b.instance("2"));
		awaitAnswersOf("a", "b");
		int port = this.a.port();
		this.a.close();
		try (EchoServer again = EchoServer.start("again", port)) {
			Awaitility.await().until(() -> again.openConnections() == connections());
			awaitAnswersOf("again", "b");
		}
	}

	@Test
	void whenServerHasNoHealthServiceThenItIsUsed() throws Exception {
		Server plain = NettyServerBuilder.forPort(0).addService(new EchoService("plain")).build().start();
		try {
			this.discovery.set("echo", ServiceInstance.of("1", "echo", "127.0.0.1", plain.getPort()));
			assertThat(call(5)).containsExactly(Map.entry("plain", 5));
		}
		finally {
			plain.shutdownNow();
		}
	}

	@Test
	void stateOfTheChannelFollowsTheInstances() {
		this.discovery.set("echo", this.a.instance("1"));
		awaitAnswersOf("a");
		assertThat(this.channel.getState(false)).isEqualTo(ConnectivityState.READY);
		this.discovery.set("echo");
		Awaitility.await().until(() -> this.channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE);
	}

	private ManagedChannel channel() {
		NameResolverRegistry resolvers = new NameResolverRegistry();
		resolvers.register(new RpcNameResolverProvider(this.discovery, BalancerContext.standard()));
		ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder("rpc:///echo", InsecureChannelCredentials.create(),
				resolvers);
		this.timers.applyTo((NettyChannelBuilder) builder);
		return builder.defaultServiceConfig(Map.of("loadBalancingConfig",
				List.of(Map.of("rpc_round_robin", Map.of("connections", (double) connections()))), "healthCheckConfig",
				Map.of("serviceName", "")))
			.build();
	}

	private EchoGrpc.EchoBlockingStub stub() {
		return EchoGrpc.newBlockingStub(this.channel).withDeadlineAfter(Duration.ofSeconds(10));
	}

	private Map<String, Integer> call(int times) {
		Map<String, Integer> answers = new TreeMap<>();
		for (int i = 0; i < times; i++) {
			answers.merge(stub().unary(PING).getServer(), 1, Integer::sum);
		}
		return answers;
	}

	private Status failure(Ping ping) {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, () -> stub().unary(ping));
		assertThat(failure).as("failure of a call").isNotNull();
		return failure.getStatus();
	}

	/**
	 * Whatever waits for the back-off of its connections waits for ever.
	 */
	private void loseFirstForGood() {
		this.timers.hold();
		this.a.close();
		Awaitility.await().until(() -> this.channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE);
	}

	private void awaitAllConnections(EchoServer server) {
		Awaitility.await().until(() -> server.connectionsOpened() == connections());
	}

	/**
	 * Until a round goes to these and no others.
	 */
	private void awaitAnswersOf(String... names) {
		Awaitility.await()
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(call(2 * names.length).keySet()).containsExactlyInAnyOrder(names));
	}

	private void awaitOnly(String name) {
		Awaitility.await().untilAsserted(() -> assertThat(call(6).keySet()).containsExactly(name));
	}

	private static ServiceInstance draining(ServiceInstance instance) {
		return instance.withState(InstanceState.DRAINING);
	}

	private static String noInstance() {
		return "No instance of 'echo' is registered in memory namespace 'test'. Check that it runs, its "
				+ "spring.application.name, and that both sides use this registry";
	}

}
