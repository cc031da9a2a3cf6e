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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RecordingRegistry;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.context.SmartLifecycle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcServerLifecycle}.
 */
class RpcServerLifecycleTests {

	private final RecordingRegistry registry = new RecordingRegistry();

	@Test
	void whenThereIsNoServiceThenNothingIsStarted() {
		try (TestServer server = TestServer.with().start()) {
			assertThat(server.lifecycle().isRunning()).isFalse();
			assertThat(server.lifecycle().port()).isEqualTo(-1);
			assertThat(server.events()).isEmpty();
		}
	}

	@Test
	void whenStartedThenTheEventNamesTheRealPort() {
		try (TestServer server = TestServer.with(new EchoService("one")).start()) {
			assertThat(server.events()).singleElement()
				.isInstanceOfSatisfying(RpcServerStartedEvent.class,
						(event) -> assertThat(event.port()).isEqualTo(server.lifecycle().port()).isPositive());
			assertThat(server.lifecycle().isRunning()).isTrue();
		}
	}

	@Test
	void whenStartedAgainWhileItRunsThenNothingChanges() {
		try (TestServer server = TestServer.with(new EchoService("one")).start()) {
			int port = server.lifecycle().port();
			server.lifecycle().start();
			assertThat(server.lifecycle().port()).isEqualTo(port);
			assertThat(server.events()).hasSize(1);
		}
	}

	@Test
	void whenTheApplicationAcceptsTrafficThenHealthFollowsAndTheInstanceIsRegisteredOnce() {
		try (TestServer server = TestServer.with(new EchoService("one")).registry(this.registry).build()) {
			server.lifecycle().start();
			try (EchoClient client = server.client()) {
				assertThat(client.health("")).isEqualTo(ServingStatus.NOT_SERVING);
				assertThat(client.health("rpc.testing.Echo")).isEqualTo(ServingStatus.NOT_SERVING);
				assertThat(client.unary("early").code()).as("calls are served all the same").isEqualTo(Status.Code.OK);
				assertThat(this.registry.log()).isEmpty();
				server.accepting(true);
				assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
				assertThat(client.health("rpc.testing.Echo")).isEqualTo(ServingStatus.SERVING);
				Awaitility.await().until(() -> !this.registry.log().isEmpty());
				server.accepting(false);
				assertThat(client.health("")).isEqualTo(ServingStatus.NOT_SERVING);
				assertThat(client.health("rpc.testing.Echo")).isEqualTo(ServingStatus.NOT_SERVING);
				server.accepting(true);
				assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			}
		}
		assertThat(this.registry.log()).containsExactly("register UP", "update DRAINING", "deregister");
	}

	@Test
	void whenTrafficWasAcceptedBeforeTheStartThenItServesAtOnce() {
		try (TestServer server = TestServer.with(new EchoService("one")).build().accepting(true)) {
			server.lifecycle().start();
			try (EchoClient client = server.client()) {
				assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			}
		}
	}

	@Test
	void whileItStartsThenHealthIsTakenWithoutWaitingAndHoldsFromTheStartOn() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		try (TestServer server = TestServer.with(new EchoService("one")).customizer((builder) -> {
			begun.countDown();
			awaitUninterruptibly(goOn);
		}).build()) {
			CompletableFuture<Void> start = onThreadOfItsOwn(server.lifecycle()::start);
			try {
				assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
				onThreadOfItsOwn(() -> {
					server.accepting(true);
					server.lifecycle().serviceHealth("rpc.testing.Echo", false);
					assertThat(server.lifecycle().isAccepting()).isFalse();
				}).get(10, TimeUnit.SECONDS);
				assertThat(start).isNotDone();
			}
			finally {
				goOn.countDown();
			}
			start.get(10, TimeUnit.SECONDS);
			try (EchoClient client = server.client()) {
				assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
				assertThat(client.health("rpc.testing.Echo")).isEqualTo(ServingStatus.NOT_SERVING);
			}
		}
	}

	@Test
	void whenStoppedWhileItStartsThenItDrainsOnceItHasStarted() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		try (TestServer server = TestServer.with(new EchoService("one")).customizer((builder) -> {
			begun.countDown();
			awaitUninterruptibly(goOn);
		}).build()) {
			CompletableFuture<Void> start = onThreadOfItsOwn(server.lifecycle()::start);
			assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
			Thread stop = new Thread(server.lifecycle()::stop);
			stop.start();
			Awaitility.await("the stop to wait").until(() -> stop.getState() == Thread.State.BLOCKED);
			goOn.countDown();
			start.get(10, TimeUnit.SECONDS);
			stop.join(10_000);
			assertThat(server.lifecycle().isRunning()).isFalse();
		}
	}

	@Test
	void whenRegisteredThenTheRecordSaysAllThatIsConfigured() {
		try (TestServer server = TestServer.with(new EchoService("one"))
			.registry(this.registry)
			.advertised(new RpcServerSettings.Advertised("echo.example.org", 443, List.of(), false))
			.start(); EchoClient client = server.client()) {
			Awaitility.await().until(() -> !this.registry.instances().isEmpty());
			ServiceInstance instance = this.registry.instances().get(0);
			assertThat(instance.id()).isEqualTo(client.unary("hello").headers().get(RpcMetadata.INSTANCE));
			assertThat(instance.application()).isEqualTo("echo");
			assertThat(instance.address()).isEqualTo("echo.example.org:443");
			assertThat(instance.services()).containsExactly("rpc.testing.Echo");
			assertThat(instance.state()).isEqualTo(InstanceState.UP);
			assertThat(instance.weight()).isEqualTo(100);
			assertThat(instance.zone()).isEqualTo("az1");
			assertThat(instance.version()).isEqualTo("1.4.2");
			assertThat(instance.tags()).containsOnlyKeys("lane");
			assertThat(instance.metadata()).containsOnlyKeys("team");
			assertThat(instance.startedAt()).isNotNull();
		}
	}

	@Test
	void whenNothingIsAdvertisedThenTheRecordHasTheRealPort() {
		try (TestServer server = TestServer.with(new EchoService("one")).registry(this.registry).start()) {
			Awaitility.await().until(() -> !this.registry.instances().isEmpty());
			assertThat(this.registry.instances().get(0).address()).isEqualTo("127.0.0.1:" + server.lifecycle().port());
		}
	}

	@Test
	void whenStoppedAndStartedAgainThenItIsANewInstanceThatServes() {
		try (TestServer server = TestServer.with(new EchoService("one")).registry(this.registry).start()) {
			Awaitility.await().until(() -> this.registry.instances().size() == 1);
			String first = instance(server);
			server.lifecycle().stop();
			assertThat(server.lifecycle().isRunning()).isFalse();
			assertThat(server.readiness()).containsExactly(false);
			server.lifecycle().start();
			assertThat(server.readiness()).containsExactly(false, true);
			Awaitility.await().until(() -> this.registry.instances().size() == 2);
			String second = instance(server);
			assertThat(second).isNotEqualTo(first);
			assertThat(this.registry.instances()).extracting(ServiceInstance::id).containsExactly(first, second);
			assertThat(server.events()).extracting((event) -> (Object) event.getClass())
				.containsExactly(RpcServerStartedEvent.class, RpcServerStoppedEvent.class, RpcServerStartedEvent.class);
		}
	}

	@Test
	void whenItWasRefusingTrafficBeforeTheStopThenItStillDoesAfterTheStart() {
		try (TestServer server = TestServer.with(new EchoService("one")).start().accepting(false)) {
			server.lifecycle().stop();
			server.lifecycle().start();
			assertThat(server.readiness()).containsExactly(false);
			try (EchoClient client = server.client()) {
				assertThat(client.health("")).isEqualTo(ServingStatus.NOT_SERVING);
			}
		}
	}

	@Test
	void whenNothingRunsThenStopCallsBackAtOnce() {
		TestServer server = TestServer.with(new EchoService("one")).build();
		List<String> calls = new CopyOnWriteArrayList<>();
		server.lifecycle().stop(() -> calls.add("never started"));
		server.lifecycle().stop();
		server.lifecycle().start();
		server.lifecycle().stop();
		server.lifecycle().stop(() -> calls.add("stopped already"));
		assertThat(calls).containsExactly("never started", "stopped already");
	}

	@Test
	void whenStoppedTwiceAtOnceThenItDrainsOnceAndCallsBackBoth() throws InterruptedException {
		GatedEchoService service = new GatedEchoService();
		TestServer server = TestServer.with(service).start();
		try (EchoClient client = server.client(); CapturedLog log = new CapturedLog(ServerDrain.class)) {
			CompletableFuture<Reply<Pong>> inFlight = client.unaryAsync(GatedEchoService.WAIT);
			service.awaitEntered(1);
			CompletableFuture<Void> one = new CompletableFuture<>();
			CompletableFuture<Void> two = new CompletableFuture<>();
			server.lifecycle().stop(() -> one.complete(null));
			server.lifecycle().stop(() -> two.complete(null));
			assertThat(one).isNotDone();
			assertThat(two).isNotDone();
			assertThat(server.lifecycle().isRunning()).isTrue();
			service.open();
			CompletableFuture.allOf(one, two).join();
			assertThat(inFlight.join().code()).isEqualTo(Status.Code.OK);
			assertThat(log.messages()).filteredOn((message) -> message.startsWith("Drained")).hasSize(1);
			assertThat(server.events()).filteredOn(RpcServerStoppedEvent.class::isInstance).hasSize(1);
			server.lifecycle().start();
			assertThat(server.readiness()).as("accepted before, so again").containsExactly(false, true);
		}
		finally {
			server.close();
		}
	}

	@Test
	void whileItRunsThenANonDaemonThreadHoldsTheJvm() {
		try (TestServer server = TestServer.with(new EchoService("one")).start()) {
			// That of a server before it may just be ending.
			Awaitility.await()
				.untilAsserted(() -> assertThat(holders()).singleElement().matches((thread) -> !thread.isDaemon()));
			assertThat(server.lifecycle().isRunning()).isTrue();
		}
		Awaitility.await().until(() -> holders().isEmpty());
	}

	@Test
	void stopsBeforeTheWebServerAndAfterUsersBeans() {
		TestServer server = TestServer.with().build();
		assertThat(server.lifecycle().getPhase()).isBetween(SmartLifecycle.DEFAULT_PHASE - 1024 + 1,
				SmartLifecycle.DEFAULT_PHASE - 1);
		assertThat(server.lifecycle().isAutoStartup()).isTrue();
	}

	private static String instance(TestServer server) {
		try (EchoClient client = server.client()) {
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			return String.valueOf(client.unary("hello").headers().get(RpcMetadata.INSTANCE));
		}
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * On two processors the common pool of newer JDKs has one thread.
	 */
	private static CompletableFuture<Void> onThreadOfItsOwn(Runnable task) {
		return CompletableFuture.runAsync(task, (each) -> new Thread(each).start());
	}

	private static List<Thread> holders() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> "rpc-server".equals(thread.getName()))
			.toList();
	}

}
