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

package io.rpcboot.registry.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.rpcboot.registry.RecordingListener;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.Measured;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LocalRegistry} between processes.
 */
class LocalRegistryProcessTests {

	private static final Duration A_SECOND = Duration.ofSeconds(1);

	@TempDir
	private Path directory;

	private LocalRegistry registry;

	private LocalRegistry neighbour;

	@BeforeEach
	void open() {
		this.registry = new LocalRegistry(this.directory, "test");
		this.neighbour = new LocalRegistry(this.directory, "test");
	}

	@AfterEach
	void close() {
		this.registry.close();
		this.neighbour.close();
	}

	@Test
	void whenProcessIsKilledThenItsInstanceIsGoneWithinASecond() throws Exception {
		RecordingListener listener = watch(this.registry);
		this.registry.register(instance("own", 1));
		try (RegistryProcess process = RegistryProcess.start(this.directory, "test", "other", 2)) {
			listener.awaitIds("other", "own");
			process.kill();
			Measured.within(A_SECOND, "instance of a killed process gone", () -> last(listener).equals(List.of("own")));
		}
		assertThat(files()).hasSize(2).allMatch((name) -> name.startsWith("own@"));
	}

	@Test
	void whenProcessIsKilledThenEveryWatcherNoticesWithinASecond() throws Exception {
		RecordingListener listener = watch(this.registry);
		RecordingListener second = watch(this.neighbour);
		try (RegistryProcess process = RegistryProcess.start(this.directory, "test", "killed", 1);
				RegistryProcess other = RegistryProcess.start(this.directory, "test", "stays", 2)) {
			listener.awaitIds("killed", "stays");
			second.awaitIds("killed", "stays");
			other.awaitIds("killed", "stays");
			process.kill();
			Measured.within(A_SECOND, "instance of a killed process gone from every watch",
					() -> Stream.of(listener.idSets(), second.idSets(), other.idSets())
						.allMatch((idSets) -> idSets.get(idSets.size() - 1).equals(List.of("stays"))));
		}
	}

	@Test
	void whenProcessStopsThenItsInstanceIsGone() throws Exception {
		RecordingListener listener = watch(this.registry);
		try (RegistryProcess process = RegistryProcess.start(this.directory, "test", "other", 1)) {
			listener.awaitIds("other");
			process.stop();
			listener.awaitIds();
		}
		assertThat(files()).isEmpty();
	}

	@Test
	void whenProcessIsStartedAgainOnTheSamePortThenIsANewInstance() throws Exception {
		RecordingListener listener = watch(this.registry);
		try (RegistryProcess process = RegistryProcess.start(this.directory, "test", "first", 1)) {
			listener.awaitIds("first");
			process.kill();
		}
		try (RegistryProcess process = RegistryProcess.start(this.directory, "test", "second", 1)) {
			listener.awaitIds("second");
			assertThat(process.idSets()).noneMatch((ids) -> ids.contains("first"));
		}
	}

	@Test
	void whenWatchedByOthersThenInstancesOfOneProcessNeverDropOut() throws Exception {
		RecordingListener listener = watch(this.registry);
		RecordingListener second = watch(this.neighbour);
		List<Registration> registrations = new ArrayList<>();
		List<String> ids = new ArrayList<>(List.of("other"));
		try (RegistryProcess process = RegistryProcess.start(this.directory, "test", "other", 1)) {
			process.awaitIds("other");
			for (int i = 10; i < 20; i++) {
				registrations.add(((i % 2 == 0) ? this.registry : this.neighbour).register(instance("own-" + i, i)));
				ids.add("own-" + i);
				process.awaitIds(ids.toArray(String[]::new));
			}
			listener.awaitIds(ids.toArray(String[]::new));
			second.awaitIds(ids.toArray(String[]::new));
			for (List<List<String>> idSets : List.of(listener.idSets(), second.idSets(), process.idSets())) {
				for (int i = 1; i < idSets.size(); i++) {
					assertThat(idSets.get(i)).containsAll(idSets.get(i - 1));
				}
			}
			registrations.get(0).deregister();
			ids.remove("own-10");
			process.awaitIds(ids.toArray(String[]::new));
			this.neighbour.close();
			process.awaitIds("other", "own-12", "own-14", "own-16", "own-18");
		}
	}

	private static List<String> last(RecordingListener listener) {
		List<List<String>> idSets = listener.idSets();
		return idSets.get(idSets.size() - 1);
	}

	private static RecordingListener watch(LocalRegistry registry) {
		RecordingListener listener = new RecordingListener();
		registry.watch("demo", listener);
		return listener;
	}

	private static ServiceInstance instance(String id, int port) {
		return ServiceInstance.of(id, "demo", "127.0.0.1", port);
	}

	private List<String> files() throws Exception {
		try (Stream<Path> files = Files.list(this.directory.resolve("test/demo"))) {
			return files.map((file) -> file.getFileName().toString()).toList();
		}
	}

}
