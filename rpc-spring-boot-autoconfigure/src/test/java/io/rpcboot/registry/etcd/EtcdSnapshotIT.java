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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import ch.qos.logback.classic.Level;
import io.rpcboot.registry.RecordingListener;
import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.registry.ServiceInstanceJson;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.registry.snapshot.SnapshotFiles;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How a consumer that starts while etcd is down lives on the snapshot of an earlier run.
 */
class EtcdSnapshotIT extends AbstractEtcdTests {

	private static final Duration AFTER_OUTAGE = Duration.ofSeconds(5);

	@TempDir
	private Path directory;

	private final List<SnapshotFiles> written = new ArrayList<>();

	EtcdSnapshotIT(EtcdServer etcd) {
		super(etcd);
	}

	/** Its writer would go on while the directory is deleted. */
	@Override
	@AfterEach
	void cleanUp() {
		super.cleanUp();
		this.written.forEach(SnapshotFiles::close);
	}

	@Test
	void whenEtcdIsDownThenTheSnapshotIsToldAndReplacedByTheFirstList() {
		put("a", 1);
		put("b", 2);
		rememberedRun("a", "b");
		this.etcd.kill();
		RegistryUnderTest registry = open();
		RecordingListener listener = registry.watch("demo");
		listener.awaitIds("a", "b");
		assertThat(listener.failures()).isEmpty();
		assertThat(registry.discovery().watches())
			.isEqualTo(Map.of("demo", new WatchStatus(WatchStatus.State.SNAPSHOT, 2, Set.of("a", "b"))));
		assertThat(this.log.lines(Level.WARN)).contains("Instances of demo: 2 from the snapshot of an earlier run, "
				+ "until etcd [" + this.etcd.endpoint() + "] namespace '" + this.namespace + "' answers");
		this.etcd.start();
		this.store.close();
		this.store.delete(key("a"));
		put("c", 3);
		Measured.within(AFTER_OUTAGE.plus(LONG_TTL), "snapshot replaced",
				() -> last(listener.idSets()).equals(List.of("b", "c")));
		assertThat(registry.discovery().watches().values()).extracting(WatchStatus::state)
			.containsExactly(WatchStatus.State.CURRENT);
	}

	@Test
	void whenEtcdIsDownThenOtherNamespacesHaveTheirOwnSnapshotsAndTheirOwnErrors() {
		String other = this.namespace + "-2";
		put("a", 1);
		this.store.put("/rpc/" + other + "/demo/far", ServiceInstanceJson.write(instance("far", 2)));
		try (SnapshotFiles files = new SnapshotFiles(this.directory, this.namespace);
				EtcdRegistry registry = registry(files)) {
			RecordingListener here = new RecordingListener();
			RecordingListener there = new RecordingListener();
			registry.watch("demo", here);
			registry.in(other).watch("demo", there);
			here.awaitIds("a");
			there.awaitIds("far");
			assertThat(registry.watches()).containsOnlyKeys("demo", other + "/demo");
		}
		this.etcd.kill();
		RegistryUnderTest registry = open();
		RecordingListener here = registry.watch("demo");
		RecordingListener there = new RecordingListener();
		RecordingListener nowhere = new RecordingListener();
		registry.in(other).watch("demo", there);
		registry.in("unknown").watch("demo", nowhere);
		here.awaitIds("a");
		there.awaitIds("far");
		assertThat(nowhere.awaitFailure())
			.hasMessageStartingWith("etcd [" + this.etcd.endpoint() + "] namespace 'unknown': ");
		this.etcd.start();
		this.store.close();
		this.store.delete("/rpc/" + other + "/demo/far");
		this.store.put("/rpc/" + other + "/demo/new", ServiceInstanceJson.write(instance("new", 3)));
		Measured.within(AFTER_OUTAGE.plus(LONG_TTL), "snapshot of the other namespace replaced",
				() -> last(there.idSets()).equals(List.of("new")));
		assertThat(here.idSets()).containsOnly(List.of("a"));
	}

	@Test
	void whenEtcdComesBackEmptyThenTheSnapshotStaysUntilSomebodyRegisters() {
		put("a", 1);
		rememberedRun("a");
		this.etcd.kill();
		this.etcd.wipe();
		RegistryUnderTest registry = open();
		RecordingListener listener = registry.watch("demo");
		listener.awaitIds("a");
		this.etcd.start();
		this.store.close();
		Measured.within(AFTER_OUTAGE, "list of the empty etcd",
				() -> registry.discovery().watches().values().iterator().next().state() == WatchStatus.State.CURRENT);
		assertThat(listener.idSets()).last().isEqualTo(List.of("a"));
		registered(registry.register(instance("b", 2)));
		listener.awaitIds("b");
	}

	@Test
	void whenEtcdAnswersThenTheSnapshotIsNotUsed() {
		put("a", 1);
		rememberedRun("a");
		this.store.delete(key("a"));
		RecordingListener listener = open().watch("demo");
		assertThat(listener.awaitFirst()).isEmpty();
	}

	@Test
	void whenThereIsNoSnapshotThenSaysWhyNothingIsKnown() {
		this.etcd.kill();
		RecordingListener listener = open().watch("demo");
		assertThat(listener.awaitFailure()).hasMessageContaining("Connection refused");
		assertThat(listener.sets()).isEmpty();
	}

	private void rememberedRun(String... ids) {
		try (SnapshotFiles files = new SnapshotFiles(this.directory, this.namespace);
				EtcdRegistry registry = registry(files)) {
			RecordingListener listener = new RecordingListener();
			registry.watch("demo", listener);
			listener.awaitIds(ids);
		}
	}

	private RegistryUnderTest open() {
		SnapshotFiles files = new SnapshotFiles(this.directory, this.namespace);
		this.written.add(files);
		return opened(registry(files));
	}

	private EtcdRegistry registry(SnapshotFiles files) {
		return new EtcdRegistry(settings(LONG_TTL, URI.create(this.etcd.endpoint())), new EtcdLayouts(List.of()),
				files);
	}

	private void put(String id, int port) {
		this.store.put(key(id), ServiceInstanceJson.write(instance(id, port)));
	}

	private static List<String> last(List<List<String>> idSets) {
		return idSets.get(idSets.size() - 1);
	}

}
