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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.RecordingListener;
import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of an instance whose record has gone, by the reason that etcd can tell.
 */
class EtcdDeparturesIT extends AbstractEtcdTests {

	/** Less than what is deleted by hand, or ends with its lease, may stay. */
	private static final Duration SOON = Duration.ofSeconds(2);

	private static final Duration TTL = Duration.ofSeconds(5);

	private static final int LEASE_SECONDS = 60;

	EtcdDeparturesIT(EtcdServer etcd) {
		super(etcd);
	}

	@Test
	void whenARecordDrainsAndGoesAtOnceThenItIsOutAtOnce() {
		long lease = this.store.grant(LEASE_SECONDS);
		this.store.put(key("a"), json(instance("a", 1)), lease);
		RecordingListener listener = open(LONG_TTL).watch("demo");
		listener.awaitIds("a");
		this.store.put(key("a"), json(instance("a", 1).withState(InstanceState.DRAINING)), lease);
		this.store.revoke(lease);
		// Faster than a record deleted by hand, which stays for 3 s where it is the last.
		await(SOON).alias("the last one that left is out").until(() -> matchesStore(listener));
	}

	@Test
	void whenTheLastRecordEndsWithItsLeaseThenTheInstanceStaysUntilAnotherComes() {
		long lease = this.store.grant(LEASE_SECONDS);
		this.store.put(key("a"), json(instance("a", 1)), lease);
		RegistryUnderTest registry = open(SHORT_TTL);
		RecordingListener listener = registry.watch("demo");
		listener.awaitIds("a");
		this.store.revoke(lease);
		await(SOON).until(() -> status(registry).quarantined().equals(Set.of("a")));
		assertThat(status(registry).instances()).isOne();
		this.store.put(key("b"), json(instance("b", 2)), this.store.grant(LEASE_SECONDS));
		await(SOON).alias("replaced by another").until(() -> matchesStore(listener));
		assertThat(listener.sets()).noneMatch(List::isEmpty);
	}

	@Test
	void whenManyLeasesEndAtOnceThenAllStayForOneTtlUnlessTheyComeBack() {
		List<Long> leases = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			leases.add(this.store.grant(LEASE_SECONDS));
			this.store.put(key("i-" + i), json(instance("i-" + i, 10 + i)), leases.get(i));
		}
		RegistryUnderTest registry = open(TTL);
		RecordingListener listener = registry.watch("demo");
		listener.awaitIds("i-0", "i-1", "i-2", "i-3", "i-4");
		leases.subList(0, 4).forEach(this.store::revoke);
		await(SOON).until(() -> !status(registry).quarantined().isEmpty());
		await(SOON).until(() -> this.store.all(key("")).size() == 1);
		this.store.put(key("i-1"), json(instance("i-1", 11)), this.store.grant(LEASE_SECONDS));
		listener.awaitAnnouncedAgain("i-1");
		Measured.within(TTL.multipliedBy(2), "those that did not come back are out", () -> matchesStore(listener));
		assertThat(listener.idSets()).last().isEqualTo(List.of("i-1", "i-4"));
	}

	@Test
	void whenThereAreManyWatchesThenAllStayCurrentAndOneWhoseLeaseEndsIsOutAtOnce() {
		List<Long> leases = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			leases.add(this.store.grant(LEASE_SECONDS));
			this.store.put(key("i-" + i), json(instance("i-" + i, 10 + i)), leases.get(i));
		}
		RegistryUnderTest registry = open(SHORT_TTL);
		for (int i = 0; i < 60; i++) {
			registry.watch("other-" + i);
		}
		RecordingListener listener = registry.watch("demo");
		listener.awaitIds("i-0", "i-1", "i-2", "i-3", "i-4");
		await(SOON).until(() -> allCurrent(registry));
		await(SHORT_TTL.multipliedBy(2)).during(SHORT_TTL).until(() -> allCurrent(registry));
		this.store.revoke(leases.get(0));
		await(SOON).alias("the one that vanished is out").until(() -> matchesStore(listener));
	}

	@Test
	void whenOneOfTwoIsDeletedByHandThenItIsOutAtOnceAndTheLastOneAfterAMoment() {
		this.store.put(key("a"), json(instance("a", 1)), this.store.grant(LEASE_SECONDS));
		this.store.put(key("b"), json(instance("b", 2)), this.store.grant(LEASE_SECONDS));
		RegistryUnderTest registry = open(LONG_TTL);
		RecordingListener listener = registry.watch("demo");
		listener.awaitIds("a", "b");
		this.store.delete(key("a"));
		await(SOON).alias("one of two deleted by hand is out").until(() -> matchesStore(listener));
		this.store.delete(key("b"));
		Measured.within(Duration.ofSeconds(6), "the last one deleted by hand is out", () -> matchesStore(listener));
		assertThat(status(registry).quarantined()).isEmpty();
	}

	private static boolean allCurrent(RegistryUnderTest registry) {
		return registry.discovery()
			.watches()
			.values()
			.stream()
			.allMatch((status) -> status.state() == WatchStatus.State.CURRENT);
	}

	private static WatchStatus status(RegistryUnderTest registry) {
		WatchStatus status = registry.discovery().watches().get("demo");
		assertThat(status).isNotNull();
		return status;
	}

	private boolean matchesStore(RecordingListener listener) {
		List<List<ServiceInstance>> sets = listener.sets();
		TreeMap<String, String> found = new TreeMap<>();
		sets.get(sets.size() - 1).forEach((instance) -> found.put(key(instance.id()), json(instance)));
		return found.equals(this.store.all(key("")));
	}

	private static String json(ServiceInstance instance) {
		return ServiceInstanceJson.write(instance);
	}

}
