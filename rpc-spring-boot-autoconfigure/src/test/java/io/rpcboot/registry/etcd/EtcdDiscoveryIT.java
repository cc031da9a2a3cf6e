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

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RecordingListener;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How {@link EtcdRegistry} tells which instances there are: exactly, and from what it
 * knows while etcd is away.
 */
class EtcdDiscoveryIT extends AbstractEtcdTests {

	private static final Duration SOON = Duration.ofSeconds(2);

	private static final Duration AFTER_OUTAGE = Duration.ofSeconds(5);

	EtcdDiscoveryIT(EtcdServer etcd) {
		super(etcd);
	}

	@Test
	void whenThereAreThousandsThenAllAreSeenAndChangesAreNotReadAnew() {
		this.store.putAll(records(3000, ""));
		RecordingListener listener = watch();
		assertThat(listener.awaitFirst()).hasSize(3000);
		this.store.delete(key("i-0007"));
		this.store.put(key("late"), json(instance("late", 1)));
		Measured.within(SOON, "two changes among 3000 seen", () -> matchesStore(listener));
		assertThat(this.log.lines(Level.DEBUG)).noneMatch((line) -> line.contains("reading again"));
	}

	@Test
	void whenRecordsAreLargeThenPagesShrinkUntilTheyFit() {
		this.store.putAll(records(600, "x".repeat(60_000)));
		RecordingListener listener = watch();
		Measured.within(Duration.ofSeconds(10), "600 records of 60 kB read", () -> !listener.sets().isEmpty());
		assertThat(listener.awaitFirst()).hasSize(600);
		assertThat(listener.failures()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("unreadable")
	void whenRecordCannotBeReadThenItsLastGoodContentStays(String value, String reason) {
		this.store.put(key("bad"), json(instance("bad", 1)));
		RecordingListener listener = watch();
		listener.awaitIds("bad");
		this.store.put(key("bad"), value);
		this.store.put(key("other"), json(instance("other", 2)));
		assertThat(listener.awaitIds("bad", "other")).contains(instance("bad", 1));
		this.store.put(key("bad"), json(instance("bad", 3)));
		listener.awaitSet((set) -> set.contains(instance("bad", 3)));
		assertThat(this.log.lines(Level.WARN)).containsExactly(
				"Record " + key("bad") + " in etcd cannot be read: " + reason + ". Its last good content stays");
	}

	static Stream<Arguments> unreadable() {
		return Stream.of(Arguments.of("{oops", "not JSON"), Arguments.of("", "not a JSON object"),
				Arguments.of("{\"Op\":0}", "no Addr (expected: \"host:port\")"),
				Arguments.of("x".repeat(1024 * 1024), "1048576 bytes (expected: <= 65536)"));
	}

	@Test
	void whenRecordWasNeverReadableThenIsLeftOutUntilItIs() {
		this.store.put(key("bad"), "[".repeat(60_000));
		this.store.put(key("good"), json(instance("good", 1)));
		RecordingListener listener = watch();
		listener.awaitIds("good");
		assertThat(this.log.lines(Level.WARN)).singleElement()
			.asString()
			.startsWith("Record " + key("bad") + " in etcd cannot be read: ")
			.endsWith(". It is left out");
		this.store.put(key("bad"), json(instance("bad", 2)));
		listener.awaitIds("bad", "good");
	}

	@Test
	void whenRecordIsOfGoThenItsIdIsTheLastPartOfTheKey() {
		this.store.put(key("go-1"), "{\"Op\":0,\"Addr\":\"10.0.0.9:9000\",\"Metadata\":null}");
		assertThat(watch().awaitIds("go-1")).containsExactly(ServiceInstance.of("go-1", "demo", "10.0.0.9", 9000));
	}

	@Test
	void whenTwoRecordsHaveOneAddressThenTheYoungerKeyCounts() {
		this.store.put(key("z-old"), json(instance("z-old", 1)));
		RecordingListener listener = watch();
		listener.awaitIds("z-old");
		this.store.put(key("new"), json(instance("new", 1)));
		listener.awaitIds("new");
		// Rewritten, which does not make it younger.
		this.store.put(key("z-old"), json(instance("z-old", 1)) + " ");
		this.store.put(key("sentinel"), json(instance("sentinel", 2)));
		listener.awaitIds("new", "sentinel");
		this.store.delete(key("new"));
		listener.awaitIds("sentinel", "z-old");
	}

	@Test
	void whenNameBeginsWithAnotherThenIsNotSeenByIt() {
		RecordingListener listener = watch();
		listener.awaitFirst();
		this.store.put("/rpc/" + this.namespace + "/demo-provider/a", json(instance("a", 1)));
		this.store.put("/rpc/" + this.namespace + "/demo0", json(instance("b", 2)));
		this.store.put(key("sentinel"), json(instance("sentinel", 3)));
		listener.awaitIds("sentinel");
		assertThat(listener.idSets()).containsExactly(List.of(), List.of("sentinel"));
	}

	@Test
	void whenHistoryIsCompactedWhileCutOffThenCatchesUp() {
		try (TcpProxy network = new TcpProxy(URI.create(this.etcd.endpoint()))) {
			this.store.put(key("gone"), json(instance("gone", 9999)));
			RecordingListener listener = open(LONG_TTL, network.endpoint()).watch("demo");
			listener.awaitIds("gone");
			network.block();
			this.store.delete(key("gone"));
			this.store.putAll(records(50, ""));
			this.store.compact();
			network.unblock();
			Measured.within(AFTER_OUTAGE, "caught up after a compaction", () -> matchesStore(listener));
			assertThat(listener.sets()).doesNotContain(List.of());
		}
	}

	@Test
	void whenConnectionsAreCutAmidChangesThenNothingIsLost() {
		Random random = new Random(42);
		try (TcpProxy network = new TcpProxy(URI.create(this.etcd.endpoint()))) {
			RecordingListener listener = open(LONG_TTL, network.endpoint()).watch("demo");
			listener.awaitFirst();
			for (int round = 0; round < 20; round++) {
				int connections = network.accepted();
				network.cut();
				// At every moment of the reading and the watching that follow.
				await(AFTER_OUTAGE).until(() -> {
					this.store.putAll(some(random, 20));
					return network.accepted() > connections;
				});
				this.store.putAll(some(random, random.nextInt(200)));
			}
			network.cut();
			this.store.putAll(some(random, 300));
			Measured.within(SOON, "exact after 21 cuts amid changes", () -> matchesStore(listener));
		}
	}

	@Test
	void whenEtcdRestartsAmidChangesThenNothingIsLost() {
		RecordingListener listener = watch();
		listener.awaitFirst();
		this.store.putAll(records(2000, ""));
		this.etcd.kill();
		startAgain();
		Measured.within(SOON, "exact after a restart", () -> matchesStore(listener));
	}

	@Test
	void whenEtcdIsDownThenTheLastSetStaysAndAfterAWipeTheNewContentCounts() {
		this.store.put(key("a"), json(instance("a", 1)));
		RecordingListener listener = open(SHORT_TTL).watch("demo");
		listener.awaitIds("a");
		this.etcd.kill();
		await(AFTER_OUTAGE).until(() -> !this.log.lines(Level.WARN).isEmpty());
		this.etcd.wipe();
		assertThat(listener.idSets()).containsExactly(List.of("a"));
		startAgain();
		this.store.put(key("b"), json(instance("b", 2)));
		listener.awaitIds("a", "b");
		Measured.within(AFTER_OUTAGE.plus(SHORT_TTL), "exact after a wipe", () -> matchesStore(listener));
		assertThat(listener.failures()).isEmpty();
		assertOneEpisode();
	}

	@Test
	void whenContentComesBackAtTheSameRevisionsThenIsReadAnew() {
		this.etcd.kill();
		this.etcd.wipe();
		startAgain();
		this.store.put(key("a"), json(instance("a", 1)));
		RecordingListener listener = watch();
		listener.awaitIds("a");
		this.etcd.kill();
		this.etcd.wipe();
		startAgain();
		this.store.put(key("a"), json(instance("a", 2)));
		Measured.within(AFTER_OUTAGE, "exact after a wipe to the same revision",
				() -> listener.sets().contains(List.of(instance("a", 2))));
	}

	@Test
	void whenWatchedWhileEtcdIsDownThenSaysWhyAndTellsTheSetLater() {
		this.store.put(key("a"), json(instance("a", 1)));
		this.etcd.kill();
		RecordingListener listener = watch();
		RegistryException reason = listener.awaitFailure();
		assertThat(reason)
			.hasMessageStartingWith("etcd [" + this.etcd.endpoint() + "] namespace '" + this.namespace + "': ")
			.hasMessageContaining("Connection refused");
		startAgain();
		Measured.within(AFTER_OUTAGE, "first set after etcd came up", () -> matchesStore(listener));
		assertOneEpisode();
	}

	@Test
	void whenTheNetworkDropsEverythingThenTheSetIsStaleAndCurrentAgainAfterwards() {
		this.store.put(key("a"), json(instance("a", 1)));
		try (TcpProxy network = new TcpProxy(URI.create(this.etcd.endpoint()))) {
			RegistryUnderTest registry = open(SHORT_TTL, network.endpoint());
			RecordingListener listener = registry.watch("demo");
			listener.awaitIds("a");
			assertThat(registry.discovery().watches())
				.isEqualTo(Map.of("demo", new WatchStatus(WatchStatus.State.CURRENT, 1, Set.of())));
			network.freeze();
			Measured.within(SHORT_TTL, "silence of a watch noticed",
					() -> status(registry).state() == WatchStatus.State.STALE);
			await(AFTER_OUTAGE).until(() -> this.log.lines(Level.WARN).size() == 1);
			this.store.put(key("b"), json(instance("b", 2)));
			network.thaw();
			Measured.within(AFTER_OUTAGE, "set after the network was back", () -> matchesStore(listener));
			assertThat(status(registry)).isEqualTo(new WatchStatus(WatchStatus.State.CURRENT, 2, Set.of()));
		}
		assertThat(this.log.lines(Level.WARN)).singleElement().asString().contains("does not answer");
	}

	@Test
	void whenOneMemberIsSilentThenTheNextOneIsAsked() throws IOException {
		this.store.put(key("a"), json(instance("a", 1)));
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			URI member = URI.create("http://127.0.0.1:" + silent.getLocalPort());
			for (int i = 0; i < 4; i++) {
				// Which of the two is first is a matter of chance.
				RegistryUnderTest registry = opened(
						new EtcdRegistry(new EtcdSettings(List.of(member, URI.create(this.etcd.endpoint())), null, null,
								this.namespace, LONG_TTL, Duration.ofSeconds(1))));
				RecordingListener listener = registry.watch("demo");
				Measured.within(SOON.multipliedBy(2), "set with a silent member", () -> !listener.sets().isEmpty());
				registered(registry.register(instance("i-" + i, 10 + i)));
			}
		}
	}

	@Test
	void whenAnEndpointIsOfIpv6ThenItIsDialed() {
		RecordingListener listener = open(LONG_TTL, URI.create("http://[::1]:1")).watch("demo");
		// Or, on a machine without IPv6, another reason why not.
		assertThat(listener.awaitFailure()).hasMessageContaining("no connection: ")
			.hasMessageContaining("[0:0:0:0:0:0:0:1]:1");
	}

	@Test
	void whenAWatchIsClosedThenItHasNoStatus() {
		RegistryUnderTest registry = open(LONG_TTL);
		InstanceWatch watch = registry.watch("demo", new RecordingListener());
		assertThat(registry.discovery().watches()).containsOnlyKeys("demo");
		watch.close();
		assertThat(registry.discovery().watches()).isEmpty();
	}

	@Test
	void whenAnEventGotLostThenRefreshHeals() {
		this.store.put(key("a"), json(instance("a", 1)));
		RecordingListener listener = new RecordingListener();
		try (EtcdConnection connection = new EtcdConnection(settings(LONG_TTL, URI.create(this.etcd.endpoint())),
				new Random(1))) {
			EtcdInstanceWatch watch = new EtcdInstanceWatch(connection, connection.settings(),
					new InstanceRecords("demo", key(""), new EtcdNamingCodec()), listener, null, new Random(1),
					(closed) -> {
					});
			watch.start();
			listener.awaitIds("a");
			connection.execute(() -> loseEverything(watch));
			for (int i = 0; i < 10; i++) {
				watch.refresh();
			}
			this.store.put(key("b"), json(instance("b", 2)));
			Measured.within(SOON, "healed by a refresh", () -> matchesStore(listener));
		}
	}

	/** What events that never arrive leave behind: jetcd's watch loses none to order. */
	private static void loseEverything(EtcdInstanceWatch watch) {
		Object keys = ReflectionTestUtils.getField(watch, "keys");
		assertThat(keys).isNotNull();
		ReflectionTestUtils.setField(keys, "records", new TreeMap<>());
	}

	private RecordingListener watch() {
		return open(LONG_TTL).watch("demo");
	}

	private static WatchStatus status(RegistryUnderTest registry) {
		WatchStatus status = registry.discovery().watches().get("demo");
		assertThat(status).isNotNull();
		return status;
	}

	private boolean matchesStore(RecordingListener listener) {
		List<List<ServiceInstance>> sets = listener.sets();
		Map<String, String> found = new TreeMap<>();
		if (!sets.isEmpty()) {
			sets.get(sets.size() - 1).forEach((instance) -> found.put(key(instance.id()), json(instance)));
		}
		return !sets.isEmpty() && found.equals(this.store.all(key("")));
	}

	private SortedMap<String, String> records(int count, String metadata) {
		SortedMap<String, String> records = new TreeMap<>();
		for (int i = 0; i < count; i++) {
			String id = "i-%04d".formatted(i);
			ServiceInstance bare = instance(id, 10_000 + i);
			records.put(key(id), json(new ServiceInstance(id, "demo", bare.host(), bare.port(), List.of(), bare.state(),
					100, null, null, Map.of(), null, metadata.isEmpty() ? Map.of() : Map.of("big", metadata))));
		}
		return records;
	}

	private SortedMap<String, String> some(Random random, int count) {
		SortedMap<String, String> records = new TreeMap<>();
		for (int i = 0; i < count; i++) {
			int number = random.nextInt(500);
			ServiceInstance bare = instance("r-" + number, 10_000 + number);
			records.put(key(bare.id()), json(new ServiceInstance(bare.id(), "demo", bare.host(), bare.port(), List.of(),
					bare.state(), 1 + random.nextInt(1000), null, null, Map.of(), null, Map.of())));
		}
		return records;
	}

	private void startAgain() {
		this.etcd.start();
		this.store.close();
	}

	private void assertOneEpisode() {
		assertThat(this.log.lines(Level.WARN)).singleElement().asString().contains("does not answer");
		assertThat(this.log.infos("answers again")).hasSize(1);
		assertThat(this.log.lines(Level.ERROR)).isEmpty();
	}

	private static String json(ServiceInstance instance) {
		return ServiceInstanceJson.write(instance);
	}

}
