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

import java.time.Duration;
import java.util.List;

import io.grpc.StatusRuntimeException;
import io.rpcboot.registry.ServiceInstanceJson;
import io.rpcboot.testing.ChildJvm;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.ProcessSignals;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The rows of the fault table that take some seconds each: what callers see of a fault,
 * and how soon providers are registered and resolved again. With one provider there is no
 * other one to call; most rows with two are run by {@code mvn -Pfaults}.
 */
class EtcdFaultsIT extends AbstractFaultTests {

	private static final String GARBAGE = "{oops";

	EtcdFaultsIT(EtcdServer etcd) {
		super(etcd);
	}

	@Test
	void whenEtcdIsKilledForSecondsThenNoCallFailsAndAllIsAsBefore() {
		EchoScene scene = scene(TTL);
		scene.play("one", "two");
		this.etcd.kill();
		Measured.pass(Duration.ofSeconds(1));
		assertThat(scene.isServing()).as("health is SERVING while etcd is down").isTrue();
		startAgain(scene);
		scene.recovers(AFTER_OUTAGE, "etcd killed for 1 s");
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

	@Test
	void whenDataIsWipedThenNoCallFailsAndAllRegisterAgain() {
		wipeData("one");
	}

	@Tag("faults")
	@Test
	void whenDataOfTwoIsWipedThenNoCallFailsAndAllRegisterAgain() {
		wipeData("one", "two");
	}

	@Test
	void whenALeaseIsRevokedByHandThenNoCallFailsAndItIsRestored() {
		revokeLease("one");
	}

	@Tag("faults")
	@Test
	void whenALeaseOfTwoIsRevokedByHandThenNoCallFailsAndItIsRestored() {
		revokeLease("one", "two");
	}

	@Tag("faults")
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

	@Test
	void whenAKeyIsDeletedByHandThenNoCallFailsAndItIsRestored() {
		deleteKey("one");
	}

	@Tag("faults")
	@Test
	void whenAKeyOfTwoIsDeletedByHandThenNoCallFailsAndItIsRestored() {
		deleteKey("one", "two");
	}

	@Test
	void whenAKeyIsOverwrittenThenNoCallFailsAndItIsRestored() {
		overwriteKey("one");
	}

	@Tag("faults")
	@Test
	void whenAKeyOfTwoIsOverwrittenThenNoCallFailsAndItIsRestored() {
		overwriteKey("one", "two");
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
				.isLessThan(Duration.ofSeconds(2)));
	}

	@Tag("faults")
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

	private void wipeData(String... providers) {
		EchoScene scene = scene(TTL);
		scene.play(providers);
		this.etcd.kill();
		this.etcd.wipe();
		startAgain(scene);
		scene.recovers(AFTER_OUTAGE, "data wiped, " + providers.length + " provider(s)");
	}

	private void revokeLease(String... providers) {
		EchoScene scene = scene(TTL);
		scene.play(providers);
		scene.store().revoke(scene.record("one").getLease());
		scene.recovers(SOON, "lease revoked, one of " + providers.length + " provider(s)");
	}

	private void deleteKey(String... providers) {
		EchoScene scene = scene(TTL);
		scene.play(providers);
		scene.store().delete(scene.key("one"));
		scene.recovers(SOON, "key deleted, one of " + providers.length + " provider(s)");
	}

	private void overwriteKey(String... providers) {
		EchoScene scene = scene(TTL);
		scene.play(providers);
		scene.store().put(scene.key("one"), GARBAGE);
		scene.recovers(SOON, "key overwritten, one of " + providers.length + " provider(s)");
	}

}
