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

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.StatusRuntimeException;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import io.rpcboot.testing.ChildJvm;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.ProcessSignals;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The rows of the fault table that take some seconds each: what callers see of a fault,
 * and how soon providers are registered and resolved again.
 */
class EtcdFaultsIT extends AbstractFaultTests {

	private static final String GARBAGE = "{oops";

	/** At least the bytes of all that comes beside a list of thousands. */
	private static final int SMALL_ANSWERS = 4000;

	EtcdFaultsIT(EtcdServer etcd) {
		super(etcd);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 5 })
	void whenEtcdIsKilledForSecondsThenNoCallFailsAndAllIsAsBefore(int seconds) {
		EchoScene scene = scene(TTL);
		scene.play("one", "two");
		this.etcd.kill();
		Measured.pass(Duration.ofSeconds(seconds));
		assertThat(scene.isServing()).as("health is SERVING while etcd is down").isTrue();
		startAgain(scene);
		scene.recovers(AFTER_OUTAGE, "etcd killed for " + seconds + " s");
	}

	@Test
	void whenEtcdIsFrozenForSecondsThenNoCallFailsAndAllIsAsBefore() {
		EchoScene scene = scene(TTL);
		scene.play("one", "two");
		this.etcd.pause();
		Measured.pass(Duration.ofSeconds(3));
		assertThat(scene.isServing()).as("health is SERVING while etcd is frozen").isTrue();
		resume(scene);
		scene.recovers(AFTER_OUTAGE, "etcd frozen for 3 s");
	}

	@Test
	void whenEtcdIsDownLongerThanTheTtlThenNoCallFailsAndAllIsAsBefore() {
		EchoScene scene = scene(SHORT_TTL);
		scene.play("one", "two");
		this.etcd.kill();
		Measured.pass(SHORT_TTL.multipliedBy(2));
		assertThat(scene.isServing()).as("health is SERVING while etcd is down").isTrue();
		startAgain(scene);
		scene.recovers(AFTER_OUTAGE, "etcd killed for twice the TTL");
		assertThat(scene.discovered().wasEmptied()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whenDataIsWipedThenNoCallFailsAndAllRegisterAgain(int providers) {
		EchoScene scene = scene(TTL);
		scene.play(names(providers));
		this.etcd.kill();
		this.etcd.wipe();
		startAgain(scene);
		scene.recovers(AFTER_OUTAGE, "data wiped, " + providers + " provider(s)");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whenALeaseIsRevokedByHandThenNoCallFailsAndItIsRestored(int providers) {
		EchoScene scene = scene(TTL);
		scene.play(names(providers));
		scene.store().revoke(scene.record("one").getLease());
		scene.recovers(SOON, "lease revoked, one of " + providers + " provider(s)");
	}

	@Test
	void whenEveryLeaseIsRevokedByHandThenNoCallFailsAndAllAreRestored() {
		EchoScene scene = scene(TTL);
		scene.play("one", "two");
		long first = scene.record("one").getLease();
		long second = scene.record("two").getLease();
		scene.store().revoke(first);
		scene.store().revoke(second);
		scene.recovers(SOON, "every lease revoked");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whenAKeyIsDeletedByHandThenNoCallFailsAndItIsRestored(int providers) {
		EchoScene scene = scene(TTL);
		scene.play(names(providers));
		scene.store().delete(scene.key("one"));
		scene.recovers(SOON, "key deleted, one of " + providers + " provider(s)");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whenAKeyIsOverwrittenThenNoCallFailsAndItIsRestored(int providers) {
		EchoScene scene = scene(TTL);
		scene.play(names(providers));
		scene.store().put(scene.key("one"), GARBAGE);
		scene.recovers(SOON, "key overwritten, one of " + providers + " provider(s)");
	}

	@Test
	void whenAKeyIsDeletedWhoseOwnerNeverWritesItAgainThenItIsOutAtOnceAndNoCallFails() {
		EchoScene scene = scene(TTL);
		try (EchoServer orphan = EchoServer.start("orphan")) {
			// As left behind by a process that has gone: nobody restores it.
			String key = scene.prefix("echo") + "orphan";
			long lease = scene.store().grant(60);
			scene.store().put(key, ServiceInstanceJson.write(orphan.instance("orphan")), lease);
			scene.provider("one");
			EchoCallers callers = scene.callers(scene.consumer(), "one", "orphan");
			scene.store().delete(key);
			Measured.within(SOON, "deleted by an administrator: out of the set", scene::isWell);
			assertThat(scene.store().lease(lease).getTTL()).as("remaining seconds of the lease").isPositive();
			long before = callers.answers("orphan");
			long others = callers.answers("one");
			Awaitility.await().until(() -> callers.answers("one") > others + 100);
			assertThat(callers.answers("orphan") - before).as("calls begun before the set was told")
				.isLessThanOrEqualTo(EchoCallers.CALLERS);
			scene.noCallFailed("deleted by an administrator");
		}
	}

	@Test
	void whenTheWatchIsCompactedWhileCutOffThenNoCallFailsAndTheSetIsExact() {
		EchoScene scene = scene(TTL);
		try (TcpProxy network = new TcpProxy(URI.create(this.etcd.endpoint()))) {
			scene.provider("one");
			scene.provider("two");
			scene.callers(scene.consumer(List.of(network.endpoint().toString())), "one", "two");
			Discovered crowd = scene.watch("crowd");
			scene.store().put(scene.prefix("crowd") + "gone", instance("gone", 1, ""));
			Awaitility.await().until(() -> scene.knows("crowd", crowd));
			network.block();
			scene.store().delete(scene.prefix("crowd") + "gone");
			scene.store().putAll(crowd(scene, 50, "compacted"));
			scene.store().compact();
			network.unblock();
			Measured.within(SOON, "watch compacted while cut off: exact", () -> scene.knows("crowd", crowd));
			scene.recovers(SOON, "watch compacted while cut off");
		}
	}

	@Test
	void whenCutJustAfterAWatchIsCreatedWithThousandsPendingThenNothingIsLost() {
		EchoScene scene = scene(TTL);
		try (TcpProxy network = new TcpProxy(URI.create(this.etcd.endpoint()))) {
			scene.provider("one");
			scene.provider("two");
			scene.callers(scene.consumer(List.of(network.endpoint().toString())), "one", "two");
			scene.store().putAll(crowd(scene, 3000, "listed"));
			Discovered crowd = scene.watch("crowd");
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> scene.knows("crowd", crowd));
			// Some 110 bytes say that a watch was created. Cut after 120 to 2000, a
			// client
			// that goes on where it believes to be was seen to lose 2999 of 3000 events.
			for (int bytes : new int[] { 120, 400, 2000 }) {
				long listed = listBytes(network);
				network.delay(Duration.ofMillis(50));
				awaitBytes(network, listed - SMALL_ANSWERS);
				// It has read the list, and its request to watch is on the way.
				network.freeze();
				network.delay(Duration.ZERO);
				scene.store().putAll(crowd(scene, 3000, "pending-" + bytes));
				network.cutAfter(bytes);
				network.thaw();
				Measured.within(SOON, "cut " + bytes + " bytes into a watch with 3000 events pending: exact",
						() -> scene.knows("crowd", crowd));
			}
			scene.recovers(SOON, "cut just after watches were created");
		}
	}

	@Test
	void whenEtcdIsDownWhenAProviderStartsThenItServesAndRegistersLater() {
		EchoScene scene = scene(TTL);
		EchoCallers callers = scene.play("one");
		this.etcd.kill();
		scene.provider("two");
		assertThat(scene.isServing()).isTrue();
		startAgain(scene);
		scene.recovers(AFTER_OUTAGE, "etcd down when a provider started");
		assertThat(callers.answers("one")).isPositive();
	}

	@Test
	void whenEtcdIsDownWhenAConsumerStartsThenCallsSayWhyAndSucceedLater() {
		EchoScene scene = scene(TTL);
		scene.provider("one");
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(scene::isRegistered);
		this.etcd.kill();
		EchoGrpc.EchoBlockingStub echo = scene.consumer();
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
				() -> echo.unary(Ping.getDefaultInstance()));
		assertThat(failure)
			.hasMessageStartingWith("UNAVAILABLE: The instances of 'echo' are not known: etcd [" + this.etcd.endpoint()
					+ "] namespace '" + scene.namespace() + "'")
			.hasMessageContaining("Check that the registry runs and can be reached");
		startAgain(scene);
		Measured.within(AFTER_OUTAGE, "etcd down when the consumer started: first answer",
				() -> !echo.unary(Ping.getDefaultInstance()).getServer().isEmpty());
		scene.callers(echo, "one");
		scene.noCallFailed("etcd down when the consumer started, after it");
	}

	@Test
	void whenAProviderIsKilledThenOnlyCallsInFlightFailAndItsKeyGoesWithItsLease() {
		EchoScene scene = scene(SHORT_TTL);
		scene.provider("one");
		ChildJvm victim = scene.providerProcess("two");
		EchoCallers callers = scene.callers(scene.consumer(), "one", "two");
		victim.process().destroyForcibly();
		long killed = System.nanoTime();
		Measured.within(SHORT_TTL.plusSeconds(1), "provider killed: key gone", () -> scene.records().size() == 1);
		Measured.within(SOON, "provider killed: out of the set", scene::isWell);
		callers.stop();
		List<EchoCallers.Failure> failures = callers.failures();
		Measured.note("provider killed: " + failures.size() + " calls failed " + callers.failureCounts());
		assertThat(failures).hasSizeLessThanOrEqualTo(EchoCallers.CALLERS)
			.allSatisfy((failure) -> assertThat(Duration.ofNanos(failure.beganNanos() - killed))
				.isLessThan(Duration.ofMillis(500)));
	}

	@Test
	void whenAProviderIsFrozenLongerThanItsTtlThenItIsBackWhenItWakes() {
		EchoScene scene = scene(SHORT_TTL);
		scene.provider("one");
		ChildJvm frozen = scene.providerProcess("two");
		EchoCallers callers = scene.callers(scene.consumer(), "one", "two");
		ProcessSignals.freeze(frozen.process());
		Measured.within(SHORT_TTL.plusSeconds(1), "provider frozen: key gone", () -> scene.records().size() == 1);
		long before = callers.answers("two");
		ProcessSignals.thaw(frozen.process());
		Measured.within(AFTER_OUTAGE, "provider frozen, awake: registered and resolved",
				() -> scene.records().size() == 2 && scene.isWell());
		Measured.within(AFTER_OUTAGE, "provider frozen, awake: called", () -> callers.answers("two") > before);
		Measured.note("provider frozen: " + callers.failures().size() + " calls failed");
	}

	/** Cuts, and returns how many bytes it takes until nothing more comes. */
	private static long listBytes(TcpProxy network) {
		long before = network.bytesToClient();
		int connections = network.accepted();
		network.cut();
		Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> network.accepted() > connections);
		AtomicLong last = new AtomicLong();
		Awaitility.await()
			.atMost(Duration.ofSeconds(15))
			.pollInterval(Duration.ofMillis(300))
			.until(() -> last.getAndSet(network.bytesToClient()) == network.bytesToClient());
		return network.bytesToClient() - before;
	}

	/** Cuts, and waits for so many bytes; not for ever, since none need come. */
	private static void awaitBytes(TcpProxy network, long bytes) {
		long before = network.bytesToClient();
		long started = System.nanoTime();
		network.cut();
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(1))
			.until(() -> network.bytesToClient() - before >= bytes
					|| System.nanoTime() - started > Duration.ofSeconds(5).toNanos());
	}

	private static String[] names(int providers) {
		return (providers == 1) ? new String[] { "one" } : new String[] { "one", "two" };
	}

	private static SortedMap<String, String> crowd(EchoScene scene, int size, String mark) {
		SortedMap<String, String> records = new TreeMap<>();
		for (int i = 0; i < size; i++) {
			String id = "i-%04d".formatted(i);
			records.put(scene.prefix("crowd") + id, instance(id, 10_000 + i, mark));
		}
		return records;
	}

	private static String instance(String id, int port, String mark) {
		return ServiceInstanceJson.write(new ServiceInstance(id, "crowd", "10.0.0.1", port, List.of(), InstanceState.UP,
				ServiceInstance.DEFAULT_WEIGHT, null, mark, Map.of(), null, Map.of()));
	}

}
