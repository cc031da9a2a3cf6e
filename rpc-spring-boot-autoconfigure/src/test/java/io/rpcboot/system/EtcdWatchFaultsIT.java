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

import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.etcd.EtcdServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of the fault table in which a watch is interrupted while much happens: what
 * the consumer knows in the end is exactly what etcd holds.
 */
class EtcdWatchFaultsIT extends AbstractFaultTests {

	/** At least the bytes of all that comes beside a list of thousands. */
	private static final int SMALL_ANSWERS = 4000;

	EtcdWatchFaultsIT(EtcdServer etcd) {
		super(etcd);
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
		cutJustAfterAWatchIsCreated(120);
	}

	@Tag("faults")
	@ParameterizedTest
	@ValueSource(ints = { 400, 2000 })
	void whenCutLaterAfterAWatchIsCreatedWithThousandsPendingThenNothingIsLost(int bytes) {
		cutJustAfterAWatchIsCreated(bytes);
	}

	/**
	 * Some 110 bytes say that a watch was created. Cut after 120 to 2000, a client that
	 * goes on where it believes to be was seen to lose 2999 of 3000 events.
	 */
	private void cutJustAfterAWatchIsCreated(int bytes) {
		EchoScene scene = scene(TTL);
		try (TcpProxy network = new TcpProxy(URI.create(this.etcd.endpoint()))) {
			scene.provider("one");
			scene.provider("two");
			scene.callers(scene.consumer(List.of(network.endpoint().toString())), "one", "two");
			scene.store().putAll(crowd(scene, 3000, "listed"));
			Discovered crowd = scene.watch("crowd");
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> scene.knows("crowd", crowd));
			long listed = listBytes(network);
			network.delay(Duration.ofMillis(50));
			awaitBytes(network, listed - SMALL_ANSWERS);
			// It has read the list, and its request to watch is on the way.
			network.freeze();
			network.delay(Duration.ZERO);
			scene.store().putAll(crowd(scene, 3000, "pending"));
			network.cutAfter(bytes);
			network.thaw();
			String fault = "cut " + bytes + " bytes into a watch with 3000 events pending";
			Measured.within(SOON, fault + ": exact", () -> scene.knows("crowd", crowd));
			scene.recovers(SOON, fault);
		}
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
