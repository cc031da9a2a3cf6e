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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import ch.qos.logback.classic.Level;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.HeldRegistry;
import io.rpcboot.testing.RecordingRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * An instance that is taken out of the registry by hand, and brought back.
 */
class ServerOfflineTests {

	private static final Duration BOUND = Duration.ofSeconds(10);

	private final RecordingRegistry registry = new RecordingRegistry();

	private final HeldRegistry held = new HeldRegistry();

	@Test
	void whenTakenOfflineThenTheRecordIsMarkedAsDrainingAndThenDeleted() {
		try (TestServer server = registered()) {
			assertThat(server.lifecycle().offline()).succeedsWithin(BOUND);
			assertThat(this.registry.log()).containsExactly("register UP", "update DRAINING", "deregister");
			assertThat(server.lifecycle().registration()).isEqualTo(RegistrationState.DEREGISTERED);
		}
	}

	@Test
	void whenTheRegistryHasNotTheMarkYetThenTheRecordIsNotDeleted() {
		try (TestServer server = heldServer(); this.held) {
			CompletableFuture<Void> offline = server.lifecycle().offline();
			assertThat(this.held.log()).containsExactly("register 1 UP", "update 1 DRAINING");
			this.held.answer();
			assertThat(this.held.log()).last().isEqualTo("deregister 1");
			assertThat(offline).isNotDone();
			this.held.answer();
			assertThat(offline).succeedsWithin(BOUND);
		}
	}

	@Test
	void whileOfflineThenItServesAndHealthAndReadinessAreAsBefore() {
		try (TestServer server = registered(); EchoClient client = server.client()) {
			assertThat(server.lifecycle().offline()).succeedsWithin(BOUND);
			EchoClient.Reply<?> reply = client.unary("hello");
			assertThat(reply.code()).isEqualTo(Status.Code.OK);
			assertThat(reply.trailers().containsKey(RpcMetadata.DRAIN)).isFalse();
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			assertThat(client.health("rpc.testing.Echo")).isEqualTo(ServingStatus.SERVING);
			assertThat(server.readiness()).isEmpty();
		}
	}

	@Test
	void whenReadinessChangesWhileOfflineThenItStaysAway() {
		try (TestServer server = registered(); EchoClient client = server.client()) {
			assertThat(server.lifecycle().offline()).succeedsWithin(BOUND);
			server.accepting(false).accepting(true);
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			awaitAnnouncing();
			assertThat(this.registry.log()).containsExactly("register UP", "update DRAINING", "deregister");
		}
	}

	@Test
	void whenBroughtOnlineThenTheSameInstanceIsRegisteredUp() {
		try (TestServer server = registered(); EchoClient client = server.client()) {
			server.lifecycle().offline();
			assertThat(server.lifecycle().online()).succeedsWithin(BOUND);
			assertThat(server.lifecycle().registration()).isEqualTo(RegistrationState.REGISTERED);
			assertThat(this.registry.instances()).hasSize(2).containsOnly(this.registry.instances().get(0));
			assertThat(this.registry.instances().get(1).state()).isEqualTo(InstanceState.UP);
			assertThat(this.registry.instances().get(1).id())
				.isEqualTo(client.unary("hello").headers().get(RpcMetadata.INSTANCE));
		}
		assertThat(this.registry.log()).endsWith("update DRAINING", "deregister");
	}

	@Test
	void whenBroughtOnlineThenItIsDoneWhenTheRegistryHoldsTheRecord() {
		try (TestServer server = heldServer(); this.held) {
			server.lifecycle().offline();
			this.held.answer();
			this.held.answer();
			CompletableFuture<Void> online = server.lifecycle().online();
			this.held.awaitLog("register 1 UP", "update 1 DRAINING", "deregister 1", "register 2 UP", "update 2 UP");
			assertThat(online).isNotDone();
			this.held.answer();
			assertThat(online).succeedsWithin(BOUND);
		}
	}

	@Test
	void whenTakenOfflineBeforeItAcceptsTrafficThenItIsNotRegisteredUntilItIsOnline() {
		try (TestServer server = TestServer.with(new EchoService("one")).registry(this.registry).build()) {
			server.lifecycle().start();
			assertThat(server.lifecycle().offline()).isCompleted();
			assertThat(server.lifecycle().registration()).isEqualTo(RegistrationState.DEREGISTERED);
			server.accepting(true);
			awaitAnnouncing();
			assertThat(this.registry.log()).isEmpty();
			assertThat(server.lifecycle().online()).succeedsWithin(BOUND);
			assertThat(this.registry.log()).startsWith("register UP");
			assertThat(server.lifecycle().registration()).isEqualTo(RegistrationState.REGISTERED);
		}
	}

	@Test
	void whenBroughtOnlineBeforeItAcceptsTrafficThenItIsRegisteredWhenItDoes() {
		try (TestServer server = TestServer.with(new EchoService("one")).registry(this.registry).build()) {
			server.lifecycle().start();
			server.lifecycle().offline();
			assertThat(server.lifecycle().online()).succeedsWithin(BOUND);
			assertThat(server.lifecycle().registration()).isEqualTo(RegistrationState.PENDING);
			assertThat(this.registry.log()).isEmpty();
			server.accepting(true);
			Awaitility.await().until(() -> !this.registry.log().isEmpty());
			assertThat(this.registry.log()).containsExactly("register UP");
		}
	}

	@Test
	void whenAskedTwiceThenItIsDoneAndLoggedOnce() {
		try (TestServer server = registered(); CapturedLog log = new CapturedLog(InstanceAnnouncer.class)) {
			server.lifecycle().offline();
			assertThat(server.lifecycle().offline()).succeedsWithin(BOUND);
			assertThat(this.registry.log()).containsExactly("register UP", "update DRAINING", "deregister");
			server.lifecycle().online();
			assertThat(server.lifecycle().online()).succeedsWithin(BOUND);
			assertThat(this.registry.instances()).hasSize(2);
			String address = "echo at 127.0.0.1:" + server.lifecycle().port();
			assertThat(log.messages()).containsExactly(
					address + " is taken offline by hand: out of the registry, still serving",
					address + " is brought online by hand");
			assertThat(log.events()).extracting((event) -> event.getLevel()).containsOnly(Level.INFO);
		}
	}

	@Test
	void whenBroughtOnlineWithoutBeingOfflineThenNothingChanges() {
		try (TestServer server = registered(); CapturedLog log = new CapturedLog(InstanceAnnouncer.class)) {
			assertThat(server.lifecycle().online()).isCompleted();
			awaitAnnouncing();
			assertThat(this.registry.log()).containsExactly("register UP");
			assertThat(log.messages()).isEmpty();
		}
	}

	@Test
	void whenBroughtOnlineAtOnceThenItIsRegisteredAgainOnlyWhenTheOldRecordIsGone() {
		try (TestServer server = heldServer(); this.held) {
			server.lifecycle().offline();
			server.lifecycle().online();
			assertThat(server.lifecycle().registration()).isEqualTo(RegistrationState.PENDING);
			this.held.answer();
			awaitAnnouncing();
			assertThat(this.held.log()).containsExactly("register 1 UP", "update 1 DRAINING", "deregister 1");
			this.held.answer();
			this.held.awaitLog("register 1 UP", "update 1 DRAINING", "deregister 1", "register 2 UP", "update 2 UP");
		}
	}

	@Test
	void whenTakenOfflineAgainAtOnceThenTheLastWins() {
		try (TestServer server = heldServer(); this.held) {
			server.lifecycle().offline();
			server.lifecycle().online();
			CompletableFuture<Void> offline = server.lifecycle().offline();
			this.held.answer();
			assertThat(offline).as("the record is there still").isNotDone();
			this.held.answer();
			assertThat(offline).succeedsWithin(BOUND);
			awaitAnnouncing();
			assertThat(this.held.log()).containsExactly("register 1 UP", "update 1 DRAINING", "deregister 1");
			assertThat(server.lifecycle().registration()).isEqualTo(RegistrationState.DEREGISTERED);
		}
	}

	@Test
	void whenManyChangeTheirMindsAtOnceThenTheLastWinsAndTwoRecordsNeverMeet() {
		HeldRegistry late = HeldRegistry.answeringLate(new Random(1));
		try (TestServer server = TestServer.with(new EchoService("one")).registry(late).start()) {
			Awaitility.await().until(() -> server.lifecycle().registration() == RegistrationState.REGISTERED);
			for (int round = 0; round < 40; round++) {
				List<CompletableFuture<Void>> asking = new ArrayList<>();
				for (int i = 0; i < 8; i++) {
					boolean away = (i % 2 == 0);
					asking.add(CompletableFuture.runAsync(() -> change(server, away)));
				}
				asking.forEach(CompletableFuture::join);
				boolean away = (round % 2 == 0);
				assertThat(change(server, away)).succeedsWithin(BOUND);
				assertThat(late.registered()).as("round %d", round).isEqualTo(away ? 0 : 1);
				assertThat(server.lifecycle().registration())
					.isEqualTo(away ? RegistrationState.DEREGISTERED : RegistrationState.REGISTERED);
			}
			assertThat(late.mostRegistered()).isOne();
		}
	}

	@Test
	void whenStoppedWhileOfflineThenItDrainsWithoutTheRegistry() {
		try (CapturedLog log = new CapturedLog(ServerDrain.class)) {
			TestServer server = registered();
			assertThat(server.lifecycle().offline()).succeedsWithin(BOUND);
			server.close();
			assertThat(log.messages()).hasSize(8).noneMatch((message) -> message.contains("failed"));
			assertThat(this.registry.log()).containsExactly("register UP", "update DRAINING", "deregister");
		}
	}

	@Test
	void whenStoppedWhileTheRecordIsTakenAwayThenTheDrainWaitsForThat() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		try (CapturedLog log = new CapturedLog(ServerDrain.class)) {
			TestServer server = heldServer();
			server.lifecycle().offline();
			this.held.answer();
			server.lifecycle().stop(() -> stopped.complete(null));
			Awaitility.await().until(() -> log.messages().size() == 3);
			assertThat(stopped).isNotDone();
			this.held.answer();
			assertThat(stopped).succeedsWithin(BOUND);
			assertThat(log.messages()).hasSize(8).noneMatch((message) -> message.contains("did not confirm"));
			assertThat(this.held.log()).containsExactly("register 1 UP", "update 1 DRAINING", "deregister 1");
		}
	}

	@Test
	void whileItDrainsThenByHandNothingChanges() throws InterruptedException {
		GatedEchoService gated = new GatedEchoService();
		try (TestServer server = TestServer.with(gated).registry(this.registry).start();
				EchoClient client = server.client()) {
			Awaitility.await().until(() -> !this.registry.log().isEmpty());
			client.unaryAsync(GatedEchoService.WAIT);
			gated.awaitEntered(1);
			CompletableFuture<Void> stopped = new CompletableFuture<>();
			server.lifecycle().stop(() -> stopped.complete(null));
			Awaitility.await().until(() -> this.registry.log().contains("deregister"));
			assertThat(server.lifecycle().offline()).isCompleted();
			assertThat(server.lifecycle().online()).isCompleted();
			gated.open();
			assertThat(stopped).succeedsWithin(BOUND);
			assertThat(this.registry.log()).containsExactly("register UP", "update DRAINING", "deregister");
		}
	}

	@Test
	void whenStartedAfterAStopThenItIsOnlineAgain() {
		try (TestServer server = registered()) {
			server.lifecycle().offline();
			server.lifecycle().stop();
			server.lifecycle().start();
			Awaitility.await().until(() -> server.lifecycle().registration() == RegistrationState.REGISTERED);
			assertThat(this.registry.instances()).extracting(ServiceInstance::id).hasSize(2).doesNotHaveDuplicates();
		}
	}

	@Test
	void whenTheRegistryNeverAnswersThenBothAreDoneAfterAFewSeconds() {
		try (TestServer server = heldServer(); this.held) {
			CompletableFuture<Void> offline = server.lifecycle().offline();
			this.held.awaitLog("register 1 UP", "update 1 DRAINING", "deregister 1");
			assertThat(offline).succeedsWithin(BOUND);
			CompletableFuture<Void> online = server.lifecycle().online();
			this.held.awaitLog("register 1 UP", "update 1 DRAINING", "deregister 1", "register 2 UP", "update 2 UP");
			assertThat(online).succeedsWithin(BOUND);
		}
	}

	@Test
	void whenTheRegistryFailsThenThatIsLoggedAndTheRecordIsStillTakenAway() {
		RecordingRegistry failing = new RecordingRegistry((event) -> {
			if (event.startsWith("update")) {
				throw new IllegalStateException("no room");
			}
		});
		try (TestServer server = TestServer.with(new EchoService("one")).registry(failing).start();
				CapturedLog log = new CapturedLog(InstanceAnnouncer.class)) {
			Awaitility.await().until(() -> server.lifecycle().registration() == RegistrationState.REGISTERED);
			assertThat(server.lifecycle().offline()).succeedsWithin(BOUND);
			assertThat(failing.log()).containsExactly("register UP", "update DRAINING", "deregister");
			assertThat(log.events()).last().satisfies((event) -> {
				assertThat(event.getLevel()).isEqualTo(Level.ERROR);
				assertThat(event.getFormattedMessage()).isEqualTo(
						"The registry failed to mark as draining echo at 127.0.0.1:" + server.lifecycle().port());
			});
		}
	}

	@Test
	void whenTheServerDoesNotRunThenBothSaySo() {
		TestServer server = TestServer.with(new EchoService("one")).registry(this.registry).build();
		String text = "The RPC server does not run: there is no instance to register";
		assertThatIllegalStateException().isThrownBy(() -> server.lifecycle().offline()).withMessage(text);
		assertThatIllegalStateException().isThrownBy(() -> server.lifecycle().online()).withMessage(text);
	}

	@Test
	void whenThereIsNoRegistryThenBothSaySo() {
		try (TestServer server = TestServer.with(new EchoService("one")).start()) {
			String text = "There is no registry: the RPC server is announced nowhere";
			assertThatIllegalStateException().isThrownBy(() -> server.lifecycle().offline()).withMessage(text);
			assertThatIllegalStateException().isThrownBy(() -> server.lifecycle().online()).withMessage(text);
		}
	}

	private TestServer registered() {
		TestServer server = TestServer.with(new EchoService("one")).registry(this.registry).start();
		Awaitility.await().until(() -> server.lifecycle().registration() == RegistrationState.REGISTERED);
		return server;
	}

	private TestServer heldServer() {
		TestServer server = TestServer.with(new EchoService("one")).registry(this.held).start();
		this.held.awaitLog("register 1 UP");
		return server;
	}

	private static CompletableFuture<Void> change(TestServer server, boolean away) {
		return away ? server.lifecycle().offline() : server.lifecycle().online();
	}

	/**
	 * Waits until whatever was to be announced has been.
	 */
	private static void awaitAnnouncing() {
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> "rpc-announce".equals(thread.getName())));
	}

}
