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
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RecordingRegistry;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServerDrain}, with real servers and clients: the seven steps, and that
 * no call is lost on the way.
 */
class ServerDrainTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private static final Duration BOUND = Duration.ofSeconds(10);

	private final CapturedLog log = new CapturedLog(ServerDrain.class);

	private final Map<String, Long> asked = new ConcurrentHashMap<>();

	private final RecordingRegistry registry = new RecordingRegistry(
			(event) -> this.asked.put(event, System.nanoTime()));

	private final CompletableFuture<Void> leave = new CompletableFuture<>();

	/** Keeps the listener open until the test has seen that the record is to go. */
	private final RecordingRegistry holding = new RecordingRegistry((event) -> {
		this.asked.put(event, System.nanoTime());
		if ("deregister".equals(event)) {
			this.leave.join();
		}
	});

	private final GatedEchoService gated = new GatedEchoService();

	@AfterEach
	void detach() {
		this.leave.complete(null);
		this.gated.open();
		this.log.close();
	}

	@Test
	void whenNothingRunsThenTheSevenStepsFollowEachOtherAndTheSumIsLogged() {
		TestServer server = TestServer.with(new EchoService("one")).registry(this.registry).start();
		awaitRegistered();
		server.close();
		List<String> messages = this.log.messages();
		assertThat(messages).hasSize(8);
		assertThat(messages.subList(0, 7)).extracting((message) -> message.replaceAll("\\d+ ms", "0 ms"))
			.containsExactly("Drain 1/7 replies carry rpc-drain (0 ms)",
					"Drain 2/7 readiness refused, health NOT_SERVING, instance DRAINING (0 ms)",
					"Drain 3/7 quiet: no new call (0 ms)", "Drain 4/7 out of the registry (0 ms)",
					"Drain 5/7 listener closed, streams told (0 ms)", "Drain 6/7 calls in flight finished (0 ms)",
					"Drain 7/7 server closed (0 ms)");
		assertThat(messages.get(7))
			.matches("Drained in \\d+ ms: 0 calls served while draining, 0 of them late, 0 cut off at the end");
		assertThat(server.readiness()).containsExactly(false);
		assertThat(this.registry.log()).containsExactly("register UP", "update DRAINING", "deregister");
	}

	@Test
	void whenAUnaryCallIsInFlightThenItFinishes() throws InterruptedException {
		TestServer server = TestServer.with(this.gated).start();
		try (EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> inFlight = client.unaryAsync(GatedEchoService.WAIT);
			this.gated.awaitEntered(1);
			CompletableFuture<Void> stopped = stop(server);
			awaitStep("Drain 5/7");
			assertThat(stopped).isNotDone();
			this.gated.open();
			Reply<Pong> reply = inFlight.join();
			assertThat(reply.code()).isEqualTo(Status.Code.OK);
			assertThat(reply.trailers().get(RpcMetadata.DRAIN)).isEqualTo("1");
			assertThat(stopped).succeedsWithin(BOUND);
			assertSummary("0 calls served while draining, 0 of them late, 0 cut off at the end");
		}
	}

	@Test
	void whileTheServerIsQuietingThenEveryReplySaysThatItLeavesAndHealthSaysSo() {
		TestServer server = TestServer.with(new EchoService("one"))
			.registry(this.registry)
			.shutdown(Duration.ofSeconds(2), LONG, LONG)
			.start();
		awaitRegistered();
		try (EchoClient client = server.client()) {
			List<ServingStatus> whole = new CopyOnWriteArrayList<>();
			List<ServingStatus> service = new CopyOnWriteArrayList<>();
			client.watchHealth("", whole);
			client.watchHealth("rpc.testing.Echo", service);
			Awaitility.await().until(() -> !whole.isEmpty() && !service.isEmpty());
			CompletableFuture<Void> stopped = stop(server);
			Awaitility.await().until(() -> whole.size() == 2 && service.size() == 2);
			Reply<Pong> reply = client.unary("hello");
			assertThat(this.asked).as("still in the registry").doesNotContainKey("deregister");
			assertThat(reply.code()).isEqualTo(Status.Code.OK);
			assertThat(reply.headers().getAll(RpcMetadata.DRAIN)).containsExactly("1");
			assertThat(reply.trailers().getAll(RpcMetadata.DRAIN)).containsExactly("1");
			try (EchoClient late = server.client()) {
				assertThat(late.unary("late").code()).as("a new connection").isEqualTo(Status.Code.OK);
				assertThat(late.health("")).isEqualTo(ServingStatus.NOT_SERVING);
			}
			assertThat(stopped).succeedsWithin(BOUND);
			assertThat(whole).containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
			assertThat(service).containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
			assertSummary("2 calls served while draining, 0 of them late, 0 cut off at the end");
		}
	}

	@Test
	void whenTheContextBeginsToCloseThenRepliesSayThatItLeavesBeforeTheDrain() {
		TestServer server = TestServer.with(new EchoService("one")).shutdown(Duration.ZERO, LONG, LONG).start();
		try (EchoClient client = server.client()) {
			assertThat(client.unary("before").headers().containsKey(RpcMetadata.DRAIN)).isFalse();
			server.lifecycle().stopRequested();
			assertThat(client.unary("after").headers().get(RpcMetadata.DRAIN)).isEqualTo("1");
			assertThat(this.log.messages()).isEmpty();
			assertThat(stop(server)).succeedsWithin(BOUND);
		}
	}

	@Test
	void whenCallsKeepComingThenTheQuietPeriodBeginsAnewWithEach() {
		long quietNanos = Duration.ofSeconds(1).toNanos();
		TestServer server = TestServer.with(new EchoService("one"))
			.registry(this.holding)
			.shutdown(Duration.ofNanos(quietNanos), LONG, LONG)
			.start();
		awaitRegistered(this.holding);
		try (EchoClient client = server.client()) {
			long last = System.nanoTime();
			CompletableFuture<Void> stopped = stop(server);
			Awaitility.await().until(() -> this.asked.containsKey("update DRAINING"));
			long end = System.nanoTime() + Duration.ofMillis(1500).toNanos();
			while (System.nanoTime() < end) {
				long begun = System.nanoTime();
				assertThat(client.unary("hello").code()).isEqualTo(Status.Code.OK);
				if (System.nanoTime() - last >= quietNanos) {
					// Held up for so long, this call may be too late for the period.
					break;
				}
				last = begun;
			}
			this.leave.complete(null);
			assertThat(stopped).succeedsWithin(BOUND);
			assertThat(this.asked.get("deregister") - last).isGreaterThanOrEqualTo(quietNanos);
		}
	}

	@Test
	void whenCallsNeverEndThenTheQuietPeriodEndsAtItsMaximumAndNoneIsLost() {
		TestServer server = TestServer.with(new EchoService("one"))
			.registry(this.holding)
			.shutdown(Duration.ofSeconds(20), Duration.ofMillis(400), LONG)
			.start();
		awaitRegistered(this.holding);
		try (EchoClient client = server.client()) {
			CompletableFuture<Void> stopped = stop(server);
			List<Reply<Pong>> replies = new ArrayList<>();
			while (!this.asked.containsKey("deregister")) {
				replies.add(client.unary("hello"));
			}
			this.leave.complete(null);
			assertThat(replies).extracting(Reply::code).containsOnly(Status.Code.OK);
			assertThat(stopped).succeedsWithin(BOUND);
			assertThat(this.asked.get("deregister") - this.asked.get("update DRAINING"))
				.isBetween(Duration.ofMillis(390).toNanos(), Duration.ofSeconds(10).toNanos());
		}
	}

	@Test
	void whenTheRecordIsTakenAwayThenTheListenerIsStillOpen() {
		AtomicReference<TestServer> server = new AtomicReference<>();
		List<String> connected = new CopyOnWriteArrayList<>();
		RecordingRegistry probing = new RecordingRegistry((event) -> {
			if ("deregister".equals(event)) {
				connected.add(connect(server.get().lifecycle().port()));
			}
		});
		server.set(TestServer.with(new EchoService("one")).registry(probing).start());
		Awaitility.await().until(() -> !probing.log().isEmpty());
		int port = server.get().lifecycle().port();
		server.get().close();
		assertThat(connected).containsExactly("connected");
		assertThat(connect(port)).isEqualTo("refused");
	}

	@Test
	void whenAStreamIsStuckThenItIsCutAtTheGracePeriodAndCounted() {
		TestServer server = TestServer.with(new EchoService("one"))
			.shutdown(Duration.ZERO, LONG, Duration.ofMillis(500))
			.start();
		try (EchoClient client = server.client()) {
			OpenStream stream = OpenStream.open(client, "stuck");
			long begin = System.nanoTime();
			assertThat(stop(server)).succeedsWithin(BOUND);
			assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(Duration.ofMillis(500).toNanos());
			assertSummary("0 calls served while draining, 0 of them late, 1 cut off at the end");
			assertThat(stream.awaitEnd()).last().asString().startsWith("io.grpc.StatusRuntimeException: CANCELLED");
		}
	}

	@Test
	void whenTheContextClosedLongBeforeThenTheGracePeriodCountsFromThere() {
		AtomicLong skipped = new AtomicLong();
		TestServer server = TestServer.with(new EchoService("one"))
			.shutdown(Duration.ZERO, LONG, LONG)
			.nanoTime(() -> System.nanoTime() + skipped.get())
			.start();
		try (EchoClient client = server.client()) {
			OpenStream.open(client, "stuck");
			server.lifecycle().stopRequested();
			skipped.set(LONG.minusMillis(200).toNanos());
			assertThat(stop(server)).succeedsWithin(BOUND);
			assertSummary("0 calls served while draining, 0 of them late, 1 cut off at the end");
			assertThat(this.log.messages().get(7)).matches("Drained in (3\\d|29)\\d{3} ms: .*");
		}
	}

	@Test
	void whenAClientNeverEndsItsHealthWatchThenTheDrainDoesNotWaitForIt() {
		TestServer server = TestServer.with(new EchoService("one")).shutdown(Duration.ZERO, LONG, LONG).start();
		try (EchoClient client = server.client()) {
			List<ServingStatus> statuses = new CopyOnWriteArrayList<>();
			client.watchHealth("", statuses);
			Awaitility.await().until(() -> !statuses.isEmpty());
			assertThat(stop(server)).succeedsWithin(BOUND);
			awaitStatuses(statuses);
			assertSummary("0 calls served while draining, 0 of them late, 0 cut off at the end");
		}
	}

	@Test
	void whenTheRegistryThrowsThenTheServerDrainsAllTheSame() {
		RecordingRegistry throwing = new RecordingRegistry((event) -> {
			if (!event.startsWith("register")) {
				throw new IllegalStateException(event + " refused");
			}
		});
		TestServer server = TestServer.with(new EchoService("one")).registry(throwing).start();
		Awaitility.await().until(() -> !throwing.instances().isEmpty());
		assertThat(stop(server)).succeedsWithin(BOUND);
		assertThat(throwing.log()).containsExactly("register UP", "update DRAINING", "deregister");
		assertThat(this.log.messages()).contains(
				"Drain 2/7 readiness refused, health NOT_SERVING, instance DRAINING failed; going on with the next step",
				"Drain 4/7 out of the registry failed; going on with the next step");
		assertThat(this.log.messages()).hasSize(8);
		assertThat(server.lifecycle().isRunning()).isFalse();
	}

	@Test
	void whenTheRegistryNeverAnswersThenTheDrainGoesOn() {
		SilentRegistry silent = new SilentRegistry();
		TestServer server = TestServer.with(new EchoService("one")).registry(silent).start();
		Awaitility.await().until(() -> silent.registered);
		assertThat(stop(server)).succeedsWithin(BOUND);
		assertThat(this.log.messages()).contains("The registry did not confirm within 3 s that the instance is gone")
			.hasSize(9);
	}

	@Test
	void whenAListenerOfReadinessThrowsThenHealthAndTheRegistryAreStillTold() {
		TestServer server = TestServer.with(new EchoService("one"))
			.registry(this.registry)
			.shutdown(Duration.ZERO, LONG, LONG)
			.onReadiness(() -> {
				throw new NoClassDefFoundError("a class that went with its jar");
			})
			.start();
		awaitRegistered();
		try (EchoClient client = server.client()) {
			List<ServingStatus> statuses = new CopyOnWriteArrayList<>();
			client.watchHealth("", statuses);
			Awaitility.await().until(() -> !statuses.isEmpty());
			assertThat(stop(server)).succeedsWithin(BOUND);
			awaitStatuses(statuses);
			assertThat(this.registry.log()).containsExactly("register UP", "update DRAINING", "deregister");
			assertThat(this.log.messages()).hasSize(8);
		}
	}

	@Test
	void whenThereIsNoGraceThenTheServerIsClosedAtOnce() throws InterruptedException {
		TestServer server = TestServer.with(this.gated).shutdown(LONG, LONG, Duration.ZERO).start();
		try (EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> inFlight = client.unaryAsync(GatedEchoService.WAIT);
			this.gated.awaitEntered(1);
			assertThat(stop(server)).succeedsWithin(BOUND);
			assertThat(inFlight.join().code()).as("what grpc-java makes of a reset stream")
				.isEqualTo(Status.Code.CANCELLED);
			assertSummary("0 calls served while draining, 0 of them late, 1 cut off at the end");
		}
	}

	private void awaitRegistered() {
		awaitRegistered(this.registry);
	}

	private static void awaitRegistered(RecordingRegistry registry) {
		Awaitility.await().until(() -> !registry.instances().isEmpty());
	}

	private void awaitStep(String step) {
		Awaitility.await().until(() -> this.log.messages().stream().anyMatch((message) -> message.startsWith(step)));
	}

	private void assertSummary(String expected) {
		List<String> messages = this.log.messages();
		assertThat(messages.get(messages.size() - 1)).endsWith(" ms: " + expected);
	}

	/** What the server has sent may reach the client after it has stopped. */
	private static void awaitStatuses(List<ServingStatus> statuses) {
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(statuses).containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING));
	}

	private static CompletableFuture<Void> stop(TestServer server) {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		server.lifecycle().stop(() -> stopped.complete(null));
		return stopped;
	}

	private static String connect(int port) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			return "connected";
		}
		catch (IOException ex) {
			return "refused";
		}
	}

	/**
	 * A registry that breaks its promise to answer in time.
	 */
	private static final class SilentRegistry implements ServiceRegistry {

		private volatile boolean registered;

		@Override
		public Registration register(ServiceInstance instance) {
			this.registered = true;
			return new Registration() {
				@Override
				public ServiceInstance instance() {
					return instance;
				}

				@Override
				public RegistrationState state() {
					return RegistrationState.PENDING;
				}

				@Override
				public CompletableFuture<Void> update(ServiceInstance newInstance) {
					return new CompletableFuture<>();
				}

				@Override
				public CompletableFuture<Void> deregister() {
					return new CompletableFuture<>();
				}
			};
		}

	}

}
