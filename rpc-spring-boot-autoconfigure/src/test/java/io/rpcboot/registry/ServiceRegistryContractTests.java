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

package io.rpcboot.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.rpcboot.registry.WatchStatus.State;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What every {@link ServiceRegistry} with its {@link ServiceDiscovery} does.
 */
public abstract class ServiceRegistryContractTests {

	private static final Instant START = Instant.parse("2026-11-21T10:00:00.123Z");

	private final String namespace = "contract-" + UUID.randomUUID();

	private final List<RegistryUnderTest> opened = new ArrayList<>();

	/**
	 * Opens a registry on the backend that all registries of this test share.
	 * @param namespace its namespace; new for each test
	 * @return a registry, closed by the caller
	 */
	protected abstract RegistryUnderTest openRegistry(String namespace);

	/**
	 * Opens another registry of this test's namespace.
	 * @return the registry; closed after the test
	 */
	protected final RegistryUnderTest open() {
		return open(this.namespace);
	}

	private RegistryUnderTest open(String ofNamespace) {
		RegistryUnderTest registry = openRegistry(ofNamespace);
		this.opened.add(registry);
		return registry;
	}

	/**
	 * Returns this test's namespace.
	 * @return the namespace
	 */
	protected final String namespace() {
		return this.namespace;
	}

	@AfterEach
	void closeRegistries() {
		this.opened.forEach(RegistryUnderTest::close);
	}

	@Test
	void whenApplicationIsUnknownThenWatchFirstTellsEmptySet() {
		assertThat(open().watch("demo").awaitFirst()).isEmpty();
	}

	@Test
	void whenInstanceIsRegisteredThenAnotherRegistrySeesEveryField() {
		ServiceInstance instance = new ServiceInstance("full", "demo", "fd00::7", 9090,
				List.of("demo.Greeter", "demo.Clock"), InstanceState.DRAINING, 250, "az1", "1.4.2",
				Map.of("lane", "blue", "tier", "gold"), START, Map.of("owner", "team \"a\"", "empty", ""));
		RecordingListener listener = open().watch("demo");
		open().register(instance);
		assertThat(listener.awaitIds("full")).containsExactly(instance);
	}

	@Test
	void whenInstanceHasOnlyAnAddressThenTheRestIsDefault() {
		ServiceInstance instance = ServiceInstance.of("bare", "demo", "10.0.0.1", 9090);
		RegistryUnderTest registry = open();
		registry.register(instance);
		assertThat(registry.watch("demo").awaitIds("bare")).containsExactly(instance);
	}

	@Test
	void whenAnotherNamespaceIsLookedIntoThenItsInstancesAreSeen() {
		String other = "other-" + UUID.randomUUID();
		RegistryUnderTest registry = open();
		RecordingListener there = new RecordingListener();
		InstanceWatch watch = registry.in(other).watch("demo", there);
		RecordingListener here = registry.watch("demo");
		assertThat(there.awaitFirst()).isEmpty();
		registry.register(instance("own", 1));
		Registration far = open(other).register(instance("far", 2));
		assertThat(there.awaitIds("far")).containsExactly(instance("far", 2));
		assertThat(here.awaitIds("own")).containsExactly(instance("own", 1));
		far.deregister();
		there.awaitIds();
		watch.close();
	}

	@Test
	void whenWatchedThenItsStatusIsToldUntilTheWatchIsClosed() {
		RegistryUnderTest registry = open();
		assertThat(registry.watches()).isEmpty();
		RecordingListener listener = new RecordingListener();
		InstanceWatch watch = registry.watch("demo", listener);
		assertThat(registry.watches()).as("from the first moment").containsOnlyKeys("demo");
		assertThat(listener.awaitFirst()).isEmpty();
		open().register(instance("a", 1));
		listener.awaitIds("a");
		Awaitility.await()
			.untilAsserted(() -> assertThat(registry.watches())
				.isEqualTo(Map.of("demo", new WatchStatus(State.CURRENT, 1, Set.of()))));
		assertThat(registry.ages()).containsOnlyKeys("demo");
		assertThat(registry.ages().get("demo")).isBetween(Duration.ZERO, Duration.ofMinutes(1));
		watch.close();
		assertThat(registry.watches()).isEmpty();
		assertThat(registry.ages()).isEmpty();
	}

	@Test
	void whenAnotherNamespaceIsWatchedThenItsStatusIsToldWithItsName() {
		RegistryUnderTest registry = open();
		RecordingListener listener = new RecordingListener();
		String other = "other-" + UUID.randomUUID();
		try (InstanceWatch watch = registry.in(other).watch("demo", listener)) {
			listener.awaitFirst();
			Awaitility.await()
				.untilAsserted(() -> assertThat(registry.watches())
					.isEqualTo(Map.of(other + "/demo", new WatchStatus(State.CURRENT, 0, Set.of()))));
			assertThat(registry.ages()).containsOnlyKeys(other + "/demo");
			assertThat(watch).isNotNull();
		}
	}

	@Test
	void ownNamespaceIsTheRegistryItself() {
		RegistryUnderTest registry = open();
		assertThat(registry.in(this.namespace)).isSameAs(registry.discovery());
		assertThat(registry.in("other").in(this.namespace)).isNotNull();
		assertThat(registry.in("other").describe()).contains("namespace 'other'");
		assertThat(registry.describe()).contains("namespace '" + this.namespace + "'");
	}

	@Test
	void whenNamespaceIsNoNameThenIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> open().in("../a")).withMessageStartingWith("namespace: ");
	}

	@Test
	void whenRegisteredThenRegistrationTellsIt() {
		ServiceInstance instance = instance("a", 1);
		Registration registration = open().register(instance);
		Awaitility.await().until(() -> registration.state() == RegistrationState.REGISTERED);
		assertThat(registration.instance()).isEqualTo(instance);
	}

	@Test
	void whenUpdatedThenWatchersSeeTheNewRecordUnderTheSameId() {
		RecordingListener listener = open().watch("demo");
		Registration registration = open().register(instance("a", 1));
		listener.awaitIds("a");
		ServiceInstance draining = instance("a", 1).withState(InstanceState.DRAINING);
		assertThat(registration.update(draining)).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(listener.awaitSet((set) -> set.contains(draining))).containsExactly(draining);
		assertThat(registration.instance()).isEqualTo(draining);
		assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
		assertThat(listener.idSets()).doesNotContainSequence(List.of("a"), List.of());
	}

	@Test
	void whenUpdatedAtOnceThenTheLastRecordWins() {
		RecordingListener listener = open().watch("demo");
		Registration registration = open().register(weighted("a", 1));
		for (int weight = 2; weight < 9; weight++) {
			registration.update(weighted("a", weight));
		}
		assertThat(registration.update(weighted("a", 9))).succeedsWithin(10, TimeUnit.SECONDS);
		listener.awaitSet((set) -> set.equals(List.of(weighted("a", 9))));
	}

	@Test
	void whenUpdatedWithAnotherIdThenThrows() {
		Registration registration = open().register(instance("a", 1));
		assertThatIllegalArgumentException().isThrownBy(() -> registration.update(instance("b", 1)))
			.withMessageContaining("id")
			.withMessageContaining("'b'");
	}

	@Test
	void whenDeregisteredThenWatchersSeeItGone() {
		RecordingListener listener = open().watch("demo");
		Registration registration = open().register(instance("a", 1));
		listener.awaitIds("a");
		assertThat(registration.deregister()).succeedsWithin(10, TimeUnit.SECONDS);
		listener.awaitIds();
		assertThat(registration.state()).isEqualTo(RegistrationState.DEREGISTERED);
	}

	@Test
	void whenDeregisteredAgainThenNothingChanges() {
		Registration registration = open().register(instance("a", 1));
		assertThat(registration.deregister()).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(registration.deregister()).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(registration.state()).isEqualTo(RegistrationState.DEREGISTERED);
	}

	@Test
	void whenUpdatedAfterDeregistrationThenStaysGone() {
		RegistryUnderTest registry = open();
		RecordingListener listener = open().watch("demo");
		Registration registration = registry.register(instance("a", 1));
		listener.awaitIds("a");
		registration.deregister();
		assertThat(registration.update(instance("a", 2))).succeedsWithin(10, TimeUnit.SECONDS);
		registry.register(instance("sentinel", 3));
		listener.awaitIds("sentinel");
		assertThat(registration.state()).isEqualTo(RegistrationState.DEREGISTERED);
	}

	@Test
	void whenRegisteredAgainUnderAnIdThatLeftThenItIsBackAndStays() {
		RegistryUnderTest registry = open();
		RecordingListener listener = open().watch("demo");
		Registration first = registry.register(instance("a", 1));
		listener.awaitIds("a");
		first.deregister();
		Registration second = registry.register(instance("a", 2));
		assertThat(second.update(second.instance())).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(first.deregister()).succeedsWithin(10, TimeUnit.SECONDS);
		registry.register(instance("sentinel", 3));
		assertThat(listener.awaitIds("a", "sentinel")).first().isEqualTo(instance("a", 2));
		assertThat(first.state()).isEqualTo(RegistrationState.DEREGISTERED);
		assertThat(second.state()).isEqualTo(RegistrationState.REGISTERED);
	}

	@Test
	void whenSeveralInstancesAreRegisteredThenSetIsSortedById() {
		RegistryUnderTest registry = open();
		RecordingListener listener = open().watch("demo");
		registry.register(instance("c", 3));
		registry.register(instance("a", 1));
		open().register(instance("b", 2));
		listener.awaitIds("a", "b", "c");
	}

	@Test
	void whenTwoInstancesHaveOneAddressThenTheNewerIsTold() {
		RecordingListener listener = open().watch("demo");
		open().register(startedAt("z-old", START));
		listener.awaitIds("z-old");
		Registration newer = open().register(startedAt("new", START.plusSeconds(1)));
		listener.awaitIds("new");
		newer.deregister();
		listener.awaitIds("z-old");
	}

	@Test
	void whenTwoWatchOneApplicationThenBothAreTold() {
		RegistryUnderTest registry = open();
		RecordingListener first = registry.watch("demo");
		RecordingListener second = registry.watch("demo");
		open().register(instance("a", 1));
		first.awaitIds("a");
		second.awaitIds("a");
		registry.watch("demo").awaitIds("a");
	}

	@Test
	void whenNameIsPrefixOfAnotherThenEachSeesItsOwnInstances() {
		RegistryUnderTest registry = open();
		RecordingListener shorter = registry.watch("demo");
		RecordingListener longer = registry.watch("demo-provider");
		shorter.awaitFirst();
		registry.register(ServiceInstance.of("other", "demo-provider", "10.0.0.1", 1));
		longer.awaitIds("other");
		registry.register(instance("a", 2));
		shorter.awaitIds("a");
		assertThat(shorter.idSets()).containsExactly(List.of(), List.of("a"));
		assertThat(longer.idSets()).last().isEqualTo(List.of("other"));
	}

	@Test
	void whenNamespacesDifferThenInstancesDoNotMeet() {
		RecordingListener here = open().watch("demo");
		RegistryUnderTest elsewhere = open(this.namespace + "-2");
		elsewhere.register(instance("there", 1));
		elsewhere.watch("demo").awaitIds("there");
		open().register(instance("here", 2));
		here.awaitIds("here");
		assertThat(here.idSets()).noneMatch((ids) -> ids.contains("there"));
	}

	@Test
	void whenWatchIsClosedThenIsToldNothingMore() {
		RegistryUnderTest registry = open();
		RecordingListener closed = new RecordingListener();
		InstanceWatch watch = registry.watch("demo", closed);
		RecordingListener open = registry.watch("demo");
		closed.awaitFirst();
		watch.close();
		watch.close();
		watch.refresh();
		registry.register(instance("a", 1));
		open.awaitIds("a");
		registry.register(instance("sentinel", 2));
		open.awaitIds("a", "sentinel");
		assertThat(closed.idSets()).containsExactly(List.of());
	}

	@Test
	void whenNothingChangedThenRefreshTellsNothing() {
		RegistryUnderTest registry = open();
		RecordingListener listener = new RecordingListener();
		InstanceWatch watch = registry.watch("demo", listener);
		listener.awaitFirst();
		for (int i = 0; i < 100; i++) {
			watch.refresh();
		}
		registry.register(instance("sentinel", 1));
		listener.awaitIds("sentinel");
		assertThat(listener.idSets()).containsExactly(List.of(), List.of("sentinel"));
	}

	@Test
	void whenRegistryIsClosedThenItsInstancesAreGone() {
		RecordingListener listener = open().watch("demo");
		RegistryUnderTest leaving = open();
		Registration registration = leaving.register(instance("a", 1));
		leaving.register(instance("b", 2));
		open().register(instance("stays", 3));
		listener.awaitIds("a", "b", "stays");
		leaving.close();
		leaving.close();
		listener.awaitIds("stays");
		assertThat(registration.state()).isEqualTo(RegistrationState.DEREGISTERED);
		assertThat(registration.deregister()).succeedsWithin(10, TimeUnit.SECONDS);
	}

	@Test
	void whenRegistryIsClosedThenItsWatchesAreToldNothingMore() {
		RegistryUnderTest closing = open();
		RecordingListener closed = closing.watch("demo");
		closed.awaitFirst();
		closing.close();
		RegistryUnderTest registry = open();
		RecordingListener open = registry.watch("demo");
		registry.register(instance("sentinel", 1));
		open.awaitIds("sentinel");
		assertThat(closed.idSets()).containsExactly(List.of());
	}

	@Test
	void whenRegistryIsUsedAfterCloseThenWorksAgain() {
		RegistryUnderTest registry = open();
		registry.watch("demo").awaitFirst();
		registry.close();
		registry.register(instance("again", 1));
		registry.watch("demo").awaitIds("again");
		open().watch("demo").awaitIds("again");
	}

	@Test
	void whenListenerThrowsThenItAndTheOthersAreStillTold() {
		RegistryUnderTest registry = open();
		AtomicInteger calls = new AtomicInteger();
		registry.watch("demo", new InstanceListener() {

			@Override
			public void onInstances(List<ServiceInstance> instances) {
				calls.incrementAndGet();
				throw new IllegalStateException("thrown by a listener on purpose");
			}

			@Override
			public void onUnavailable(RegistryException reason) {
				throw new IllegalStateException("thrown by a listener on purpose", reason);
			}

		});
		RecordingListener other = registry.watch("demo");
		other.awaitFirst();
		registry.register(instance("a", 1));
		other.awaitIds("a");
		Awaitility.await().untilAsserted(() -> assertThat(calls).hasValue(2));
	}

	/**
	 * Returns an instance of {@code demo}.
	 * @param id its id
	 * @param port where it listens
	 * @return an instance
	 */
	protected static ServiceInstance instance(String id, int port) {
		return ServiceInstance.of(id, "demo", "10.0.0.1", port);
	}

	private static ServiceInstance weighted(String id, int weight) {
		return new ServiceInstance(id, "demo", "10.0.0.1", 1, List.of(), InstanceState.UP, weight, null, null, Map.of(),
				null, Map.of());
	}

	private static ServiceInstance startedAt(String id, Instant startedAt) {
		return new ServiceInstance(id, "demo", "10.0.0.1", 1, List.of(), InstanceState.UP, 100, null, null, Map.of(),
				startedAt, Map.of());
	}

}
