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

package io.rpcboot.registry.etcd;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import io.etcd.jetcd.KeyValue;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * How {@link EtcdRegistry} announces instances, and keeps them announced.
 */
class EtcdRegistrationIT extends AbstractEtcdTests {

	private static final Duration SOON = Duration.ofSeconds(2);

	private static final Duration AFTER_OUTAGE = Duration.ofSeconds(5);

	EtcdRegistrationIT(EtcdServer etcd) {
		super(etcd);
	}

	@Test
	void whenRegisteredThenKeyValueAndLeaseAreAsDocumented() {
		registered(open(Duration.ofSeconds(7)).register(new ServiceInstance("4711", "demo-provider", "10.0.0.7", 9090,
				List.of("demo.Greeter"), InstanceState.UP, 100, "az1", "1.4.2", Map.of("lane", "blue"),
				Instant.parse("2026-11-21T10:00:00Z"), Map.of())));
		KeyValue record = this.store.existing("/rpc/" + this.namespace + "/demo-provider/4711");
		assertThat(record.getValue()).hasToString("{\"Op\":0,\"Addr\":\"10.0.0.7:9090\",\"rpc\":{\"id\":\"4711\","
				+ "\"app\":\"demo-provider\",\"services\":[\"demo.Greeter\"],\"state\":\"UP\",\"weight\":100,"
				+ "\"zone\":\"az1\",\"version\":\"1.4.2\",\"tags\":{\"lane\":\"blue\"},"
				+ "\"startedAt\":\"2026-11-21T10:00:00Z\",\"metadata\":{}}}");
		assertThat(this.store.all("/rpc/" + this.namespace)).hasSize(1);
		assertThat(this.store.lease(record.getLease()).getGrantedTTL()).isEqualTo(7);
	}

	@Test
	void whenSeveralAreRegisteredThenTheyShareOneLease() {
		RegistryUnderTest registry = open(LONG_TTL);
		Registration first = registered(registry.register(instance("a", 1)));
		registered(registry.register(instance("b", 2)));
		long lease = lease("a");
		assertThat(lease("b")).isEqualTo(lease);
		assertThat(first.deregister()).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(this.store.lease(lease).getTTL()).isPositive();
		assertThat(lease("b")).isEqualTo(lease);
	}

	@Test
	void whenTtlPassesThenTheLeaseIsRenewed() {
		Duration ttl = Duration.ofSeconds(2);
		Registration registration = registered(open(ttl).register(instance("a", 1)));
		long lease = lease("a");
		await(Duration.ofSeconds(8)).during(Duration.ofMillis(4500))
			.until(() -> this.store.lease(lease).getTTL() >= 0 && lease("a") == lease);
		assertThat(this.log.lines(Level.WARN)).isEmpty();
		assertThat(registration.statistics().renewals()).as("every third of the TTL").isBetween(4L, 12L);
		assertThat(registration.statistics().losses()).isZero();
	}

	@Test
	void whenLeaseIsRevokedByHandThenIsBackWithAnother() {
		Registration registration = registered(open(LONG_TTL).register(instance("a", 1)));
		long lease = lease("a");
		this.store.revoke(lease);
		Measured.within(SOON, "back after its lease was revoked", () -> this.store.has(key("a")));
		assertThat(lease("a")).isNotEqualTo(lease);
		assertWasPendingInBetween(registration);
		assertThat(registration.statistics().losses()).isOne();
	}

	@Test
	void whenKeyIsDeletedByHandThenIsBackUnderTheSameLease() {
		Registration registration = registered(open(LONG_TTL).register(instance("a", 1)));
		long lease = lease("a");
		this.store.delete(key("a"));
		Measured.within(SOON, "back after its key was deleted", () -> this.store.has(key("a")));
		assertThat(lease("a")).isEqualTo(lease);
		assertWasPendingInBetween(registration);
		assertThat(registration.statistics().losses()).isOne();
	}

	@Test
	void whenKeyIsOverwrittenThenIsRestored() {
		Registration registration = registered(open(LONG_TTL).register(instance("a", 1)));
		KeyValue record = this.store.existing(key("a"));
		this.store.put(key("a"), "garbage");
		Measured.within(SOON, "back after its key was overwritten",
				() -> this.store.existing(key("a")).getValue().equals(record.getValue()));
		assertThat(lease("a")).isEqualTo(record.getLease());
		assertWasPendingInBetween(registration);
	}

	@Test
	void whenUpdatedThenIsRewrittenUnderTheSameKeyAndLease() {
		Registration registration = registered(open(LONG_TTL).register(instance("a", 1)));
		KeyValue before = this.store.existing(key("a"));
		assertThat(registration.update(draining("a"))).succeedsWithin(10, TimeUnit.SECONDS);
		KeyValue after = this.store.existing(key("a"));
		assertThat(after.getValue().toString()).contains("\"state\":\"DRAINING\"");
		assertThat(after.getLease()).isEqualTo(before.getLease());
		assertThat(after.getCreateRevision()).isEqualTo(before.getCreateRevision());
		assertThat(after.getModRevision()).isGreaterThan(before.getModRevision());
	}

	@Test
	void whenUpdatedOftenThenNobodyIsTakenForAnIntruder() {
		Registration registration = registered(open(LONG_TTL).register(instance("a", 1)));
		for (int port = 2; port < 200; port++) {
			registration.update(instance("a", port));
		}
		for (int port = 200; port < 250; port++) {
			assertThat(registration.update(instance("a", port))).succeedsWithin(5, TimeUnit.SECONDS);
		}
		assertThat(this.store.text(key("a"))).contains("\"10.0.0.1:249\"");
		assertThat(this.log.lines(Level.WARN)).isEmpty();
	}

	@Test
	void whenUpdatedWithTheSameRecordThenCompletes() {
		Registration registration = registered(open(LONG_TTL).register(instance("a", 1)));
		assertThat(registration.update(registration.instance())).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(registration.update(instance("a", 1))).succeedsWithin(10, TimeUnit.SECONDS);
	}

	@Test
	void whenUpdatedWithAnotherApplicationThenThrows() {
		Registration registration = open(LONG_TTL).register(instance("a", 1));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> registration.update(ServiceInstance.of("a", "other", "10.0.0.1", 1)))
			.withMessage("application: 'other' (expected: 'demo')");
	}

	@Test
	void whenUpdatedDuringAnOutageThenIsAppliedAfterIt() {
		Registration registration = registered(open(LONG_TTL).register(instance("a", 1)));
		this.etcd.kill();
		CompletableFuture<Void> update = registration.update(draining("a"));
		assertThat(registration.instance().state()).isEqualTo(InstanceState.DRAINING);
		await(Duration.ofSeconds(5)).until(() -> !this.log.lines(Level.WARN).isEmpty());
		assertThat(update).isNotDone();
		startAgain();
		Measured.within(AFTER_OUTAGE, "update applied after an outage", update::isDone);
		assertThat(this.store.text(key("a"))).contains("\"state\":\"DRAINING\"");
		assertOneEpisode();
	}

	@Test
	void whenDeregisteredThenKeyAndLeaseAreGone() {
		Registration registration = registered(open(LONG_TTL).register(instance("a", 1)));
		long lease = lease("a");
		assertThat(registration.deregister()).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(this.store.has(key("a"))).isFalse();
		assertThat(this.store.lease(lease).getTTL()).isNegative();
		assertThat(registration.state()).isEqualTo(RegistrationState.DEREGISTERED);
	}

	@Test
	void whenClosedThenKeysAndLeaseAreGone() {
		RegistryUnderTest registry = open(LONG_TTL);
		registered(registry.register(instance("a", 1)));
		registered(registry.register(instance("b", 2)));
		long lease = lease("a");
		registry.close();
		assertThat(this.store.all("/rpc/" + this.namespace)).isEmpty();
		assertThat(this.store.lease(lease).getTTL()).isNegative();
	}

	@Test
	void whenDeregisteredAndRegisteredAgainThenIsThere() {
		RegistryUnderTest registry = open(LONG_TTL);
		Registration first = registered(registry.register(instance("a", 1)));
		first.deregister();
		Registration second = registered(registry.register(instance("a", 2)));
		assertThat(this.store.text(key("a"))).contains("\"10.0.0.1:2\"");
		assertThat(second.deregister()).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(this.store.has(key("a"))).isFalse();
	}

	@Test
	void whenDeregisteredWhileEtcdIsDownThenCompletesAllTheSame() {
		RegistryUnderTest registry = open(LONG_TTL);
		Registration registration = registered(registry.register(instance("a", 1)));
		this.etcd.kill();
		CompletableFuture<Void> update = registration.update(draining("a"));
		CompletableFuture<Void> gone = registration.deregister();
		Measured.within(Duration.ofMillis(2500), "deregistered while etcd is down", gone::isDone);
		assertThat(update).isDone();
		assertThat(registration.state()).isEqualTo(RegistrationState.DEREGISTERED);
		Measured.within(Duration.ofMillis(2500), "closed while etcd is down", () -> {
			registry.close();
			return true;
		});
	}

	@Test
	void whenAnotherHoldsTheKeyThenDeregisteringLeavesIt() {
		try (TcpProxy network = new TcpProxy(URI.create(this.etcd.endpoint()))) {
			Registration registration = registered(open(LONG_TTL, network.endpoint()).register(instance("a", 1)));
			network.block();
			this.store.put(key("a"), "another's");
			registration.deregister();
			network.unblock();
			await(Duration.ofSeconds(10)).until(() -> !this.log.infos("Deregistered").isEmpty());
			assertThat(this.store.text(key("a"))).isEqualTo("another's");
		}
	}

	@Test
	void whenRegisteredWhileEtcdIsDownThenIsRegisteredWhenItComesUp() {
		this.etcd.kill();
		Registration registration = open(LONG_TTL).register(instance("a", 1));
		await(Duration.ofSeconds(5)).until(() -> !this.log.lines(Level.WARN).isEmpty());
		assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
		startAgain();
		awaitRegistered("registered after etcd came up", registration);
		assertOneEpisode();
	}

	@Test
	void whenEtcdIsKilledAndBackWithinTheTtlThenNothingIsLost() {
		Registration registration = registered(open(LONG_TTL).register(instance("a", 1)));
		KeyValue before = this.store.existing(key("a"));
		this.etcd.kill();
		startAgain();
		Registration sentinel = open(LONG_TTL).register(instance("sentinel", 2));
		awaitRegistered("registered after a short outage", sentinel);
		assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
		assertThat(this.store.existing(key("a")).getModRevision()).isEqualTo(before.getModRevision());
		assertThat(this.log.lines(Level.WARN)).hasSizeLessThanOrEqualTo(1);
	}

	@Test
	void whenEtcdIsDownLongerThanTheTtlThenRegistersAgain() {
		Registration registration = registered(open(SHORT_TTL).register(instance("a", 1)));
		this.etcd.kill();
		await(Duration.ofSeconds(6)).until(() -> registration.state() == RegistrationState.PENDING);
		// When the lease was renewed last cannot be read while etcd is away.
		Measured.pass(SHORT_TTL);
		startAgain();
		awaitRegistered("registered after an outage longer than the TTL", registration);
		assertOneEpisode();
	}

	@Test
	void whenEtcdIsFrozenLongerThanTheTtlThenRegistersAgain() {
		Registration registration = registered(open(SHORT_TTL).register(instance("a", 1)));
		long lease = lease("a");
		this.etcd.pause();
		await(Duration.ofSeconds(6)).until(() -> registration.state() == RegistrationState.PENDING);
		Measured.pass(SHORT_TTL);
		this.etcd.resume();
		this.store.close();
		awaitRegistered("registered after a freeze longer than the TTL", registration);
		assertThat(lease("a")).isNotEqualTo(lease);
		assertOneEpisode();
	}

	@Test
	void whenDataIsWipedThenRegistersAgain() {
		RegistryUnderTest registry = open(Duration.ofSeconds(60));
		Registration registration = registered(registry.register(instance("a", 1)));
		registered(registry.register(instance("b", 2)));
		// By now the watch of the first record has read it.
		assertThat(registration.update(instance("a", 3))).succeedsWithin(10, TimeUnit.SECONDS);
		this.etcd.kill();
		this.etcd.wipe();
		startAgain();
		awaitRegistered("registered after a wipe", registration);
		Measured.within(AFTER_OUTAGE, "the second registered after a wipe", () -> this.store.has(key("b")));
		assertThat(this.log.lines(Level.WARN)).hasSize(1);
	}

	@Test
	void whenClosedThenMayBeUsedAgain() {
		RegistryUnderTest registry = open(LONG_TTL);
		registered(registry.register(instance("a", 1)));
		registry.close();
		registered(registry.register(instance("b", 2)));
		assertThat(this.store.has(key("a"))).isFalse();
		assertThat(this.store.has(key("b"))).isTrue();
		assertThat(registry.watch("demo").awaitIds("b")).hasSize(1);
	}

	private void awaitRegistered(String what, Registration registration) {
		Measured.within(AFTER_OUTAGE, what, () -> this.store.has(key(registration.instance().id()))
				&& registration.state() == RegistrationState.REGISTERED);
	}

	/** Only a registration that was pending is reported as registered once more. */
	private void assertWasPendingInBetween(Registration registration) {
		await(SOON).until(() -> registration.state() == RegistrationState.REGISTERED
				&& this.log.infos("Registered demo 10.0.0.1:1 ").size() == 2);
		assertThat(this.log.lines(Level.WARN)).hasSize(1);
	}

	private void assertOneEpisode() {
		assertThat(this.log.lines(Level.WARN)).singleElement().asString().contains("does not answer");
		assertThat(this.log.infos("answers again")).hasSize(1);
		assertThat(this.log.lines(Level.ERROR)).isEmpty();
	}

	private void startAgain() {
		this.etcd.start();
		this.store.close();
	}

	private long lease(String id) {
		return this.store.existing(key(id)).getLease();
	}

	private static ServiceInstance draining(String id) {
		return instance(id, 1).withState(InstanceState.DRAINING);
	}

}
