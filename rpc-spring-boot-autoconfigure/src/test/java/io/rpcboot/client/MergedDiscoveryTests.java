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

package io.rpcboot.client;

import java.util.List;
import java.util.Map;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RecordingListener;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.InMemoryDiscovery;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Two namespaces as one.
 */
class MergedDiscoveryTests {

	private static final RegistryException DOWN = new RegistryException("other is down");

	private final InMemoryDiscovery own = new InMemoryDiscovery();

	private final InMemoryDiscovery other = new InMemoryDiscovery();

	private final MergedDiscovery merged = new MergedDiscovery(
			new Namespaces(Map.of("default", this.own, "other", this.other)), List.of("default", "other"));

	private final RecordingListener listener = new RecordingListener();

	@Test
	void tellsTheUnionInOrderOfIdsEachWithItsNamespace() {
		this.own.set("demo", instance("a", 1), instance("c", 3));
		this.other.set("demo", instance("b", 2));
		this.merged.watch("demo", this.listener);
		assertThat(this.listener.sets()).containsExactly(List.of(instance("a", 1).withNamespace("default"),
				instance("b", 2).withNamespace("other"), instance("c", 3).withNamespace("default")));
	}

	@Test
	void whenAnIdIsInBothThenTheEarlierNamespaceCounts() {
		this.own.set("demo", instance("a", 1));
		this.other.set("demo", instance("a", 2));
		this.merged.watch("demo", this.listener);
		assertThat(this.listener.sets()).containsExactly(List.of(instance("a", 1).withNamespace("default")));
		this.own.set("demo");
		assertThat(this.listener.sets()).last().isEqualTo(List.of(instance("a", 2).withNamespace("other")));
	}

	@Test
	void whenOneHasNotSpokenYetThenNothingIsToldUntilItDoes() {
		this.own.set("demo", instance("a", 1));
		this.merged.watch("demo", this.listener);
		assertThat(this.listener.sets()).isEmpty();
		this.other.set("demo", instance("b", 2));
		assertThat(this.listener.idSets()).containsExactly(List.of("a", "b"));
	}

	@Test
	void whenOneCannotBeReadThenItHoldsBackNoOtherAndIsToldWhenItComes() {
		this.own.set("demo", instance("a", 1));
		this.other.fail(DOWN);
		this.merged.watch("demo", this.listener);
		assertThat(this.listener.idSets()).containsExactly(List.of("a"));
		assertThat(this.listener.failures()).isEmpty();
		this.other.set("demo", instance("b", 2));
		assertThat(this.listener.idSets()).containsExactly(List.of("a"), List.of("a", "b"));
	}

	@Test
	void whenNoneCanBeReadThenSaysAllReasons() {
		this.own.fail(new RegistryException("default is down"));
		this.other.fail(DOWN);
		this.merged.watch("demo", this.listener);
		assertThat(this.listener.failures()).singleElement()
			.extracting(Throwable::getMessage)
			.isEqualTo("default is down; other is down");
		assertThat(this.listener.sets()).isEmpty();
	}

	@Test
	void whenAllHaveOneReasonThenItIsToldAsItIs() {
		this.own.fail(DOWN);
		this.other.fail(DOWN);
		this.merged.watch("demo", this.listener);
		assertThat(this.listener.failures()).containsExactly(DOWN);
	}

	@Test
	void whenNobodyIsFoundWhileOneCannotBeReadThenThatIsSaidRatherThanNothing() {
		this.own.set("demo");
		this.other.fail(DOWN);
		this.merged.watch("demo", this.listener);
		assertThat(this.listener.sets()).isEmpty();
		assertThat(this.listener.failures()).containsExactly(DOWN);
		this.other.set("demo");
		assertThat(this.listener.idSets()).containsExactly(List.of());
	}

	@Test
	void whenASetWasToldThenNoReasonFollows() {
		this.own.set("demo", instance("a", 1));
		this.other.set("demo");
		this.merged.watch("demo", this.listener);
		this.other.fail(DOWN);
		this.own.set("demo");
		assertThat(this.listener.failures()).isEmpty();
		assertThat(this.listener.idSets()).containsExactly(List.of("a"), List.of());
	}

	@Test
	void instancesThatDidNotChangeStayTheSameObjects() {
		ServiceInstance a = instance("a", 1);
		this.own.set("demo", a);
		this.other.set("demo", instance("b", 2));
		this.merged.watch("demo", this.listener);
		this.other.set("demo", instance("b", 3));
		this.own.set("demo", a, instance("c", 4));
		List<List<ServiceInstance>> sets = this.listener.sets();
		assertThat(sets).hasSize(3);
		assertThat(sets.get(1).get(0)).isSameAs(sets.get(0).get(0));
		assertThat(sets.get(1).get(1)).isNotEqualTo(sets.get(0).get(1));
		assertThat(sets.get(2).get(0)).isSameAs(sets.get(0).get(0));
		assertThat(sets.get(2).get(1)).isSameAs(sets.get(1).get(1));
	}

	@Test
	void refreshReAnnouncementAndCloseReachAll() {
		this.own.set("demo", instance("a", 1));
		this.other.set("demo", instance("b", 2));
		InstanceWatch watch = this.merged.watch("demo", this.listener);
		watch.refresh();
		assertThat(List.of(this.own.refreshes(), this.other.refreshes())).containsExactly(1, 1);
		this.other.announceAgain("demo", "b");
		this.listener.awaitAnnouncedAgain("b");
		watch.close();
		assertThat(List.of(this.own.openWatches(), this.other.openWatches())).containsExactly(0, 0);
	}

	@Test
	void whenItIsClosedThenNothingMoreIsTold() {
		HeldListeners held = new HeldListeners();
		InstanceWatch watch = new MergedDiscovery(held, List.of("default")).watch("demo", this.listener);
		watch.close();
		held.listener.onInstances(List.of(instance("a", 1)));
		held.listener.onAnnouncedAgain("a");
		held.listener.onUnavailable(DOWN);
		assertThat(this.listener.sets()).isEmpty();
		assertThat(this.listener.failures()).isEmpty();
	}

	@Test
	void whenOneRefusesTheNameThenTheOthersAreClosed() {
		ServiceDiscovery refusing = (application, told) -> {
			throw new IllegalArgumentException("application: '" + application + "'");
		};
		MergedDiscovery discovery = new MergedDiscovery(new Namespaces(Map.of("default", this.own, "other", refusing)),
				List.of("default", "other"));
		assertThatIllegalArgumentException().isThrownBy(() -> discovery.watch("demo", this.listener));
		assertThat(this.own.openWatches()).isZero();
	}

	@Test
	void describesAll() {
		ServiceDiscovery one = new Described("etcd namespace 'one'");
		ServiceDiscovery two = new Described("etcd namespace 'two'");
		assertThat(
				new MergedDiscovery(new Namespaces(Map.of("one", one, "two", two)), List.of("one", "two")).describe())
			.isEqualTo("etcd namespace 'one' and etcd namespace 'two'");
	}

	@Test
	void whenTheRegistryHasNoNamespacesThenSaysSo() {
		assertThatExceptionOfType(RegistryException.class)
			.isThrownBy(() -> new MergedDiscovery(this.own, List.of("default", "other")))
			.withMessage("namespace: 'default' (expected: none, because memory namespace 'test' cannot look into other "
					+ "namespaces; a ServiceDiscovery that can implements in(String))");
	}

	private static ServiceInstance instance(String id, int port) {
		return ServiceInstance.of(id, "demo", "10.0.0.1", port);
	}

	private record Namespaces(Map<String, ServiceDiscovery> byName) implements ServiceDiscovery {

		@Override
		public InstanceWatch watch(String application, InstanceListener listener) {
			throw new UnsupportedOperationException();
		}

		@Override
		public ServiceDiscovery in(String namespace) {
			return this.byName.get(namespace);
		}

	}

	private record Described(String describe) implements ServiceDiscovery {

		@Override
		public InstanceWatch watch(String application, InstanceListener listener) {
			return InstanceWatch.OF_FIXED_SET;
		}

	}

	private static final class HeldListeners implements ServiceDiscovery {

		private InstanceListener listener = new RecordingListener();

		@Override
		public InstanceWatch watch(String application, InstanceListener told) {
			this.listener = told;
			return InstanceWatch.OF_FIXED_SET;
		}

		@Override
		public ServiceDiscovery in(String namespace) {
			return this;
		}

	}

}
