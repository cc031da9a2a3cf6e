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
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That {@link EtcdRegistry} gives back the threads that its clients take.
 */
class EtcdThreadsIT extends AbstractEtcdTests {

	EtcdThreadsIT(EtcdServer etcd) {
		super(etcd);
	}

	@Test
	void whenClosedThenNoThreadStays() {
		await(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(threads("rpc-etcd", "jetcd", "vert")).isEmpty());
		RegistryUnderTest registry = open(LONG_TTL);
		registered(registry.register(instance("a", 1)));
		registry.watch("demo").awaitIds("a");
		assertThat(threads("rpc-etcd")).hasSize(1);
		registry.close();
		await(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(threads("rpc-etcd", "jetcd", "vert")).isEmpty());
	}

	@Test
	void whenEtcdIsAwayForLongThenClientsDoNotPileUp() {
		RegistryUnderTest registry = open(LONG_TTL);
		Registration registration = registered(registry.register(instance("a", 1)));
		registry.watch("demo").awaitIds("a");
		String[] ofClients = { "jetcd", "vert", "grpc" };
		int before = threads(ofClients).size();
		AtomicInteger most = new AtomicInteger();
		this.etcd.kill();
		await(Duration.ofSeconds(15)).during(Duration.ofSeconds(10)).until(() -> {
			most.accumulateAndGet(threads(ofClients).size(), Math::max);
			return true;
		});
		assertThat(most.get()).as("threads, %s before the outage", before).isLessThanOrEqualTo(2 * before + 10);
		assertThat(threads("rpc-etcd")).hasSize(1);
		this.etcd.start();
		await(Duration.ofSeconds(5)).until(() -> registration.state() == RegistrationState.REGISTERED);
	}

	/**
	 * A pool of jetcd's own would have a thread for each list that is read at the same
	 * time, and would keep it for a minute.
	 */
	@Test
	void whenManyWatchesBeginTogetherThenNoneTakesAThread() {
		RegistryUnderTest registry = open(LONG_TTL);
		registered(registry.register(instance("a", 1)));
		IntStream.range(0, 100).forEach((i) -> registry.watch("other-" + i));
		registry.watch("demo").awaitIds("a");
		assertThat(threads("jetcd")).isEmpty();
		assertThat(threads("rpc-etcd")).hasSize(1);
	}

	private static List<String> threads(String... prefixes) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter(Thread::isAlive)
			.map(Thread::getName)
			.filter((name) -> List.of(prefixes).stream().anyMatch(name::startsWith))
			.sorted()
			.toList();
	}

}
