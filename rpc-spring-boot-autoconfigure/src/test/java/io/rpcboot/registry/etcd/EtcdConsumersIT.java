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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import io.etcd.jetcd.KeyValue;
import io.rpcboot.registry.ConsumerGroup;
import io.rpcboot.registry.ConsumerGroup.Slots;
import io.rpcboot.registry.RecordedSlots;
import io.rpcboot.registry.RecordingListener;
import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the consumers of an application know each other through etcd: each by a number that
 * it keeps, whatever happens to etcd.
 */
class EtcdConsumersIT extends AbstractEtcdTests {

	private static final Duration SOON = Duration.ofSeconds(5);

	private static final Duration AFTER_OUTAGE = Duration.ofSeconds(15);

	private final List<RecordedSlots> consumers = new ArrayList<>();

	private final List<ConsumerGroup> groups = new ArrayList<>();

	EtcdConsumersIT(EtcdServer etcd) {
		super(etcd);
	}

	@Test
	void whenThreeJoinThenEachHasANumberAndKnowsTheOthers() {
		join(3);
		awaitAll(0, 1, 2);
		assertThat(this.store.all(consumerKey("")).keySet()).containsExactly(consumerKey("0"), consumerKey("1"),
				consumerKey("2"));
		assertThat(this.store.text(consumerKey("0"))).isEqualTo("{\"id\":\"c-0\"}");
	}

	@Test
	void whenOneLeavesThenItsNumberIsFreeForTheNext() {
		join(3);
		this.groups.get(1).close();
		await(SOON).untilAsserted(() -> {
			assertThat(last(0)).isEqualTo(new Slots(0, Set.of(0, 2)));
			assertThat(last(2)).isEqualTo(new Slots(2, Set.of(0, 2)));
		});
		join(1);
		await(SOON).untilAsserted(() -> assertThat(last(3)).isEqualTo(new Slots(1, Set.of(0, 1, 2))));
	}

	@Test
	void whenManyJoinAtOnceThenAllHaveDifferentNumbers() {
		RegistryUnderTest registry = open(LONG_TTL);
		RegistryUnderTest other = open(LONG_TTL);
		IntStream.range(0, 40).forEach((i) -> join((i % 2 == 0) ? registry : other));
		await(AFTER_OUTAGE).untilAsserted(() -> {
			assertThat(this.consumers).allSatisfy((consumer) -> assertThat(slots(consumer).taken()).hasSize(40));
			assertThat(this.consumers.stream().map((consumer) -> slots(consumer).own())).doesNotHaveDuplicates();
		});
	}

	@Test
	void whenTheLeaseOfOneEndsThenTheOthersAreToldAndItGetsItsNumberBack() {
		try (TcpProxy network = new TcpProxy(URI.create(this.etcd.endpoint()))) {
			join(open(SHORT_TTL, network.endpoint()));
			await(SOON).until(() -> this.consumers.get(0).last() != null);
			join(open(SHORT_TTL));
			awaitAll(0, 1);
			network.block();
			await(AFTER_OUTAGE).untilAsserted(() -> assertThat(last(1)).isEqualTo(new Slots(1, Set.of(1))));
			assertThat(last(0)).isEqualTo(new Slots(0, Set.of(0, 1)));
			network.unblock();
			awaitAll(0, 1);
		}
	}

	@Test
	void whenItsNumberIsTakenMeanwhileThenItGetsAnother() {
		try (TcpProxy network = new TcpProxy(URI.create(this.etcd.endpoint()))) {
			join(open(SHORT_TTL, network.endpoint()));
			await(SOON).until(() -> this.consumers.get(0).last() != null);
			network.block();
			await(AFTER_OUTAGE).until(() -> !this.store.has(consumerKey("0")));
			join(open(LONG_TTL));
			await(SOON).untilAsserted(() -> assertThat(last(1)).isEqualTo(new Slots(0, Set.of(0))));
			network.unblock();
			await(AFTER_OUTAGE).untilAsserted(() -> {
				assertThat(last(0)).isEqualTo(new Slots(1, Set.of(0, 1)));
				assertThat(last(1)).isEqualTo(new Slots(0, Set.of(0, 1)));
			});
		}
	}

	@Test
	void whenEtcdIsDownThenWhatWasToldStaysAndNumbersAreTheSameAfterwards() {
		join(3);
		List<List<Slots>> before = this.consumers.stream().map(RecordedSlots::told).toList();
		this.etcd.kill();
		await(AFTER_OUTAGE).until(() -> this.log.lines(Level.WARN).size() >= 3);
		assertThat(this.consumers.stream().map(RecordedSlots::told).toList()).isEqualTo(before);
		this.etcd.start();
		this.store.close();
		join(1);
		awaitAll(0, 1, 2, 3);
	}

	@Test
	void whenTheDataOfEtcdIsGoneThenEachClaimsItsNumberAgain() {
		join(3);
		this.etcd.kill();
		this.etcd.wipe();
		this.etcd.start();
		this.store.close();
		await(AFTER_OUTAGE).untilAsserted(() -> assertThat(this.store.all(consumerKey(""))).hasSize(3));
		awaitAll(0, 1, 2);
	}

	@Test
	void whenAKeyIsDeletedByHandThenItIsClaimedAgain() {
		join(2);
		this.store.delete(consumerKey("0"));
		await(SOON).until(() -> this.store.has(consumerKey("0")));
		awaitAll(0, 1);
	}

	@Test
	void isUnderTheLeaseOfTheInstancesAndNoApplicationSeesIt() {
		RegistryUnderTest registry = open(LONG_TTL);
		registered(registry.register(instance("a", 1)));
		join(registry);
		await(SOON).until(() -> this.consumers.get(0).last() != null);
		KeyValue consumer = this.store.existing(consumerKey("0"));
		assertThat(consumer.getLease()).isEqualTo(this.store.existing(key("a")).getLease());
		RecordingListener listener = registry.watch("demo");
		assertThat(listener.awaitIds("a")).hasSize(1);
		registry.close();
		assertThat(this.store.all("/rpc/" + this.namespace + "/")).isEmpty();
		assertThat(this.store.lease(consumer.getLease()).getTTL()).isEqualTo(-1);
	}

	@Test
	void whenOthersWriteThereThenOnlyNumbersCount() {
		this.store.put(consumerKey("x"), "?");
		this.store.put(consumerKey("-1"), "?");
		this.store.put(consumerKey("0"), "?");
		join(1);
		await(SOON).untilAsserted(() -> assertThat(last(0)).isEqualTo(new Slots(1, Set.of(0, 1))));
	}

	/** One after the other, so that the numbers are known. */
	private void join(int count) {
		for (int i = 0; i < count; i++) {
			RecordedSlots joined = join(open(LONG_TTL));
			await(SOON).until(() -> joined.last() != null);
		}
	}

	private RecordedSlots join(RegistryUnderTest registry) {
		RecordedSlots consumer = new RecordedSlots();
		ConsumerGroup group = registry.discovery().joinConsumers("demo", "c-" + this.consumers.size(), consumer);
		assertThat(group).isNotNull();
		this.consumers.add(consumer);
		this.groups.add(group);
		return consumer;
	}

	private Slots last(int consumer) {
		return slots(this.consumers.get(consumer));
	}

	private static Slots slots(RecordedSlots consumer) {
		Slots last = consumer.last();
		assertThat(last).isNotNull();
		return last;
	}

	/** Waits until all have the number of their position and know of these. */
	private void awaitAll(int... numbers) {
		Set<Integer> taken = IntStream.of(numbers).boxed().collect(Collectors.toSet());
		await(AFTER_OUTAGE).untilAsserted(() -> {
			for (int i = 0; i < this.consumers.size(); i++) {
				assertThat(last(i)).isEqualTo(new Slots(i, taken));
			}
		});
	}

	private String consumerKey(String number) {
		return "/rpc/" + this.namespace + "/.consumers/demo/" + number;
	}

}
