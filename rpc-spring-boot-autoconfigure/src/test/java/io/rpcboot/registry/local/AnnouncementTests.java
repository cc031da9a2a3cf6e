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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.PrivateDirectory;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link Announcement}.
 */
class AnnouncementTests {

	@TempDir
	private Path root;

	private InstanceDirectory directory;

	private InstanceKey key;

	private Announcement announcement;

	@BeforeEach
	void prepare() {
		this.directory = new InstanceDirectory(new PrivateDirectory(this.root), "test", "demo",
				InstanceKey.currentProcess());
		this.key = this.directory.ownKey("a");
		this.announcement = new Announcement(this.directory, this.key);
	}

	@AfterEach
	void withdraw() throws IOException {
		this.announcement.withdraw();
	}

	@Test
	void whenWrittenThenRecordStandsBesideItsLock() throws IOException {
		this.announcement.write(instance(100));
		assertThat(this.announcement.isIntact()).isTrue();
		assertThat(this.directory.record(this.key)).hasContent(ServiceInstanceJson.write(instance(100)));
		assertThat(this.directory.lock(this.key)).isEmptyFile();
		assertThat(this.directory.temporary(this.key)).doesNotExist();
	}

	@Test
	void whenWrittenFasterThanTheClockTicksThenEveryVersionHasItsOwnStamp() throws IOException {
		Set<RecordStamp> stamps = new HashSet<>();
		for (int weight = 100; weight < 300; weight++) {
			this.announcement.write(instance(weight));
			stamps.add(RecordStamp.of(this.directory.record(this.key)));
		}
		assertThat(stamps).hasSize(200);
		assertThat(this.announcement.isIntact()).isTrue();
	}

	@Test
	void whenRecordIsRemovedThenIsNotIntactUntilWrittenAgain() throws IOException {
		this.announcement.write(instance(100));
		Files.delete(this.directory.record(this.key));
		assertThat(this.announcement.isIntact()).isFalse();
		this.announcement.write(instance(100));
		assertThat(this.announcement.isIntact()).isTrue();
	}

	@Test
	void whenRecordIsAlteredThenIsNotIntact() throws IOException {
		this.announcement.write(instance(100));
		Files.writeString(this.directory.record(this.key), "rubbish");
		assertThat(this.announcement.isIntact()).isFalse();
	}

	@Test
	void whenLockIsRemovedThenIsNotIntactUntilWrittenAgain() throws IOException {
		this.announcement.write(instance(100));
		Files.delete(this.directory.lock(this.key));
		assertThat(this.announcement.isIntact()).isFalse();
		this.announcement.write(instance(100));
		assertThat(this.announcement.isIntact()).isTrue();
	}

	@Test
	void whenAnotherHoldsTheSameIdThenItsFilesAreLeftAlone() throws IOException {
		this.announcement.write(instance(100));
		Announcement second = new Announcement(this.directory, this.key);
		assertThatIOException().isThrownBy(() -> second.write(instance(200)))
			.withMessage(this.directory.lock(this.key).toString());
		second.withdraw();
		assertThat(this.announcement.isIntact()).isTrue();
	}

	@Test
	void whenWithdrawnThenNothingIsLeft() throws IOException {
		this.announcement.write(instance(100));
		this.announcement.withdraw();
		this.announcement.withdraw();
		assertThat(this.directory.fileNames()).isEmpty();
	}

	private static ServiceInstance instance(int weight) {
		return new ServiceInstance("a", "demo", "10.0.0.1", 9090, List.of(), InstanceState.UP, weight, null, null,
				Map.of(), null, Map.of());
	}

}
