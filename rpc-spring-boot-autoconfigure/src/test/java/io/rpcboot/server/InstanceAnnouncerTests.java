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
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import ch.qos.logback.classic.Level;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc.HealthImplBase;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.RecordingRegistry;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link InstanceAnnouncer}: what the registry hears, and when.
 */
class InstanceAnnouncerTests {

	private final RecordingRegistry registry = new RecordingRegistry();

	private final ScriptedHealth health = new ScriptedHealth();

	private final ServiceInstance instance = ServiceInstance.of("id-1", "echo", "10.0.0.7", 9090);

	private Server server;

	@BeforeEach
	void start() throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.addService(this.health)
			.build()
			.start();
	}

	@AfterEach
	void stop() {
		this.health.release();
		this.server.shutdownNow();
	}

	@Test
	void whenTheServerAnswersItsHealthCallThenTheInstanceIsRegistered() {
		InstanceAnnouncer announcer = announcer(this.registry);
		assertThat(announcer.state()).isEqualTo(RegistrationState.PENDING);
		announcer.announce();
		awaitLog("register UP");
		assertThat(this.registry.instances()).containsExactly(this.instance);
		Awaitility.await().until(() -> announcer.state() == RegistrationState.REGISTERED);
	}

	@Test
	void whileTheServerDoesNotAnswerThenNothingIsRegistered() throws InterruptedException {
		this.health.hold();
		announcer(this.registry).announce();
		this.health.awaitAsked();
		assertThat(this.registry.log()).isEmpty();
		this.health.release();
		awaitLog("register UP");
	}

	@ParameterizedTest
	@EnumSource(value = Status.Code.class, names = { "NOT_FOUND", "UNIMPLEMENTED", "PERMISSION_DENIED", "INTERNAL" })
	void whenTheAnswerIsAnErrorThenItIsAnAnswer(Status.Code code) {
		this.health.answer = code.toStatus();
		announcer(this.registry).announce();
		awaitLog("register UP");
	}

	@Test
	void whenTheServerIsUnavailableThenOneWarningIsLoggedAndItIsTriedAgain() {
		this.health.answer = Status.UNAVAILABLE.withDescription("not yet");
		try (CapturedLog log = new CapturedLog(InstanceAnnouncer.class)) {
			announcer(this.registry).announce();
			Awaitility.await().until(() -> this.health.asked() >= 3);
			assertThat(this.registry.log()).isEmpty();
			this.health.answer = null;
			awaitLog("register UP");
			assertThat(log.events()).extracting((event) -> event.getLevel()).containsExactly(Level.WARN);
			assertThat(log.messages()).containsExactly("The RPC server does not answer its own health call at"
					+ " 10.0.0.7:9090: UNAVAILABLE: not yet. It is not registered yet; trying again until it answers");
		}
	}

	@Test
	void whenTheServerStopsWhileItIsLookedAtThenNothingIsSaid() throws InterruptedException {
		this.health.hold();
		this.health.answer = Status.UNAVAILABLE;
		try (CapturedLog log = new CapturedLog(InstanceAnnouncer.class)) {
			InstanceAnnouncer announcer = announcer(this.registry);
			announcer.announce();
			this.health.awaitAsked();
			announcer.withdraw();
			this.health.release();
			awaitAnnouncing();
			assertThat(log.messages()).isEmpty();
			assertThat(this.registry.log()).isEmpty();
		}
	}

	@Test
	void whenAnnouncedAgainThenItIsRegisteredOnce() {
		InstanceAnnouncer announcer = announcer(this.registry);
		announcer.announce();
		announcer.announce();
		awaitLog("register UP");
		announcer.announce();
		awaitAnnouncing();
		assertThat(this.registry.log()).containsExactly("register UP");
		assertThat(this.health.asked()).isEqualTo(1);
	}

	@Test
	void whenItDrainsThenTheRecordIsMarkedAndThenTakenAway() {
		InstanceAnnouncer announcer = announcer(this.registry);
		announcer.announce();
		awaitAnnouncing();
		announcer.drain();
		assertThat(this.registry.log()).containsExactly("register UP", "update " + InstanceState.DRAINING);
		assertThat(announcer.withdraw()).isCompleted();
		assertThat(this.registry.log()).containsExactly("register UP", "update DRAINING", "deregister");
		assertThat(announcer.state()).isEqualTo(RegistrationState.DEREGISTERED);
	}

	@Test
	void whenItIsWithdrawnBeforeTheAnswerThenItIsNeverRegistered() throws InterruptedException {
		this.health.hold();
		InstanceAnnouncer announcer = announcer(this.registry);
		announcer.announce();
		this.health.awaitAsked();
		assertThat(announcer.withdraw()).isCompleted();
		this.health.release();
		awaitAnnouncing();
		assertThat(this.registry.log()).isEmpty();
	}

	@Test
	void whenItDrainsBeforeTheAnswerThenItIsNeverRegistered() throws InterruptedException {
		this.health.hold();
		InstanceAnnouncer announcer = announcer(this.registry);
		announcer.announce();
		this.health.awaitAsked();
		announcer.drain();
		this.health.release();
		awaitAnnouncing();
		assertThat(this.registry.log()).isEmpty();
	}

	@Test
	void whenItIsWithdrawnWhileTheServerIsUnavailableThenTheTriesEnd() throws InterruptedException {
		this.health.answer = Status.UNAVAILABLE;
		InstanceAnnouncer announcer = announcer(this.registry);
		announcer.announce();
		this.health.awaitAsked();
		announcer.withdraw();
		awaitAnnouncing();
		assertThat(this.registry.log()).isEmpty();
	}

	@Test
	void whenAnnouncedWhileDrainingThenItIsNotRegistered() {
		InstanceAnnouncer announcer = announcer(this.registry);
		announcer.drain();
		announcer.announce();
		awaitAnnouncing();
		assertThat(this.registry.log()).isEmpty();
	}

	@Test
	void whenTheAnswerComesWhileItIsOfflineThenItIsRegisteredOnceItIsOnline() throws InterruptedException {
		this.health.hold();
		InstanceAnnouncer announcer = announcer(this.registry);
		announcer.announce();
		this.health.awaitAsked();
		assertThat(announcer.offline()).isCompleted();
		this.health.release();
		awaitAnnouncing();
		announcer.announce();
		awaitAnnouncing();
		assertThat(this.registry.log()).isEmpty();
		assertThat(announcer.state()).isEqualTo(RegistrationState.DEREGISTERED);
		announcer.online();
		awaitAnnouncing();
		assertThat(this.registry.log()).startsWith("register UP");
		assertThat(this.registry.instances()).containsExactly(this.instance);
	}

	@Test
	void whenItIsOnlineAgainBeforeTheAnswerThenTheAnswerRegistersIt() throws InterruptedException {
		this.health.hold();
		InstanceAnnouncer announcer = announcer(this.registry);
		announcer.announce();
		this.health.awaitAsked();
		announcer.offline();
		assertThat(announcer.online()).succeedsWithin(Duration.ofSeconds(10));
		assertThat(this.registry.log()).isEmpty();
		this.health.release();
		awaitLog("register UP");
	}

	@Test
	void whenTheRegistryRefusedItThenBringingItOnlineTriesAgain() {
		AtomicBoolean refusing = new AtomicBoolean(true);
		RecordingRegistry unsteady = new RecordingRegistry((event) -> {
			if (refusing.get()) {
				throw new IllegalStateException("no room");
			}
		});
		InstanceAnnouncer announcer = announcer(unsteady);
		announcer.announce();
		awaitAnnouncing();
		refusing.set(false);
		announcer.offline();
		assertThat(announcer.online()).succeedsWithin(Duration.ofSeconds(10));
		assertThat(announcer.state()).isEqualTo(RegistrationState.REGISTERED);
	}

	@Test
	void whenThereIsNoRegistryThenNothingHappens() {
		InstanceAnnouncer announcer = announcer(null);
		announcer.announce();
		announcer.drain();
		assertThat(announcer.withdraw()).isCompleted();
		assertThat(announcer.state()).isEqualTo(RegistrationState.PENDING);
		assertThat(this.health.asked()).isZero();
	}

	@Test
	void whenTheRegistryThrowsThenItIsLoggedAndTheInstanceCanStillBeWithdrawn() {
		RecordingRegistry refusing = new RecordingRegistry((event) -> {
			throw new IllegalStateException("no room");
		});
		try (CapturedLog log = new CapturedLog(InstanceAnnouncer.class)) {
			InstanceAnnouncer announcer = announcer(refusing);
			announcer.announce();
			awaitAnnouncing();
			assertThat(log.messages())
				.containsExactly("The registry refused echo at 10.0.0.7:9090: nobody will discover it");
			assertThat(log.events().get(0).getLevel()).isEqualTo(Level.ERROR);
			assertThatNoException().isThrownBy(() -> announcer.withdraw().get(30, TimeUnit.SECONDS));
		}
	}

	private InstanceAnnouncer announcer(@Nullable RecordingRegistry announcedIn) {
		return new InstanceAnnouncer(announcedIn, this.instance,
				new SelfCheck((InetSocketAddress) this.server.getListenSockets().get(0)));
	}

	private void awaitLog(String... events) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(this.registry.log()).containsExactly(events));
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

	/**
	 * Answers health calls as it is told.
	 */
	private static final class ScriptedHealth extends HealthImplBase {

		private final CountDownLatch firstAsked = new CountDownLatch(1);

		private final List<String> asked = new CopyOnWriteArrayList<>();

		private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

		private volatile @Nullable Status answer;

		@Override
		public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> responseObserver) {
			this.asked.add(request.getService());
			this.firstAsked.countDown();
			this.gate.thenRun(() -> answer(responseObserver));
		}

		void hold() {
			this.gate = new CompletableFuture<>();
		}

		void release() {
			this.gate.complete(null);
		}

		void awaitAsked() throws InterruptedException {
			assertThat(this.firstAsked.await(10, TimeUnit.SECONDS)).isTrue();
		}

		int asked() {
			return this.asked.size();
		}

		private void answer(StreamObserver<HealthCheckResponse> responseObserver) {
			Status failure = this.answer;
			if (failure != null) {
				responseObserver.onError(failure.asException());
				return;
			}
			responseObserver.onNext(HealthCheckResponse.newBuilder().setStatus(ServingStatus.NOT_SERVING).build());
			responseObserver.onCompleted();
		}

	}

}
