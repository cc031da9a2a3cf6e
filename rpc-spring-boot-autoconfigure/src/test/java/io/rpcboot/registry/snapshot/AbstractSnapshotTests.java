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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.rpcboot.registry.ServiceInstance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A directory for snapshots, a clock that stands still, and the log.
 */
abstract class AbstractSnapshotTests {

	protected final AtomicLong clock = new AtomicLong();

	protected final SnapshotLog log = new SnapshotLog();

	@TempDir
	private Path parent;

	private final List<SnapshotFiles> opened = new ArrayList<>();

	protected Path directory;

	protected SnapshotFiles snapshots;

	@BeforeEach
	void open() {
		this.directory = this.parent.resolve("snapshots");
		this.snapshots = openAnother();
	}

	@AfterEach
	void close() {
		this.opened.forEach(SnapshotFiles::close);
		this.log.close();
	}

	/**
	 * Opens what another process would.
	 */
	protected SnapshotFiles openAnother() {
		SnapshotFiles another = new SnapshotFiles(this.directory, "blue", this.clock::get);
		this.opened.add(another);
		return another;
	}

	protected Path file(String application) {
		return this.directory.resolve("blue").resolve(application + ".snapshot");
	}

	/**
	 * Writes a set and waits until it is written.
	 */
	protected void write(String application, List<ServiceInstance> instances) {
		try (SnapshotFiles another = openAnother()) {
			another.save(application, instances);
		}
	}

	protected List<String> fileNames() throws IOException {
		try (Stream<Path> files = Files.list(this.directory.resolve("blue"))) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	/**
	 * Returns the first n instances of an application.
	 */
	protected static List<ServiceInstance> set(String application, int count) {
		return IntStream.rangeClosed(1, count)
			.mapToObj((i) -> ServiceInstance.of("i-" + i, application, "10.0.0.1", i))
			.toList();
	}

}
