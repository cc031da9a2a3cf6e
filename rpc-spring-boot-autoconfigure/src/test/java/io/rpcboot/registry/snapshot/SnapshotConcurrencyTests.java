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

package io.rpcboot.registry.snapshot;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.rpcboot.registry.ServiceInstance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That nobody ever loads a set that nobody saved, while two processes write the same file
 * as fast as they can.
 */
class SnapshotConcurrencyTests {

	private static final int LARGEST = 100;

	private static final int MANY = 50;

	@TempDir
	private Path directory;

	private final SnapshotLog log = new SnapshotLog(Level.WARN);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private SnapshotFiles left;

	private SnapshotFiles right;

	@BeforeEach
	void open() {
		AtomicLong clock = new AtomicLong();
		this.left = new SnapshotFiles(this.directory, "blue", () -> clock.addAndGet(SaveQueue.INTERVAL_NANOS));
		this.right = new SnapshotFiles(this.directory, "blue", () -> clock.addAndGet(SaveQueue.INTERVAL_NANOS));
	}

	@AfterEach
	void close() {
		this.threads.shutdownNow();
		this.left.close();
		this.right.close();
		this.log.close();
	}

	@Test
	@Timeout(60)
	void everyLoadSeesOneWholeSet() throws Exception {
		AtomicBoolean enough = new AtomicBoolean();
		List<Future<?>> writers = List.of(this.threads.submit(() -> write(this.left, "left", enough)),
				this.threads.submit(() -> write(this.right, "right", enough)));
		List<Future<?>> readers = List.of(this.threads.submit(() -> read(this.left)),
				this.threads.submit(() -> read(this.right)));
		for (Future<?> reader : readers) {
			reader.get();
		}
		enough.set(true);
		for (Future<?> writer : writers) {
			writer.get();
		}
		this.left.close();
		this.right.close();
		assertWhole(this.left.load("demo"));
		assertThat(this.log.lines()).isEmpty();
		try (Stream<Path> files = Files.list(this.directory.resolve("blue"))) {
			assertThat(files).containsExactly(this.directory.resolve("blue").resolve("demo.snapshot"));
		}
	}

	private static void write(SnapshotFiles files, String name, AtomicBoolean enough) {
		for (int count = 1; !enough.get(); count = 1 + count % LARGEST) {
			files.save("demo", set(name, count));
			Thread.yield();
		}
	}

	/**
	 * Loads until many sets were seen, of both writers.
	 */
	private static void read(SnapshotFiles files) {
		Set<List<ServiceInstance>> seen = new HashSet<>();
		Set<String> writers = new HashSet<>();
		while (seen.size() < MANY || writers.size() < 2) {
			List<ServiceInstance> loaded = files.load("demo");
			if (loaded != null || !seen.isEmpty()) {
				assertWhole(loaded);
				seen.add(loaded);
				writers.add(loaded.get(0).host());
			}
		}
	}

	private static void assertWhole(List<ServiceInstance> loaded) {
		assertThat(loaded).isNotEmpty();
		assertThat(loaded).isEqualTo(set(loaded.get(0).host(), loaded.size()));
	}

	/**
	 * Returns a set in which each instance tells how many there are.
	 */
	private static List<ServiceInstance> set(String host, int count) {
		return IntStream.rangeClosed(1, count)
			.mapToObj((i) -> ServiceInstance.of("i-" + i + "-of-" + count, "demo", host, i))
			.toList();
	}

}
