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
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecordStamp}.
 */
class RecordStampTests {

	@TempDir
	private Path directory;

	@Test
	void whenThereIsNoFileThenThereIsNoStamp() throws IOException {
		assertThat(RecordStamp.of(this.directory.resolve("missing"))).isNull();
	}

	@Test
	void whenWrittenThenReturnsTheStampOfTheFile() throws IOException {
		Path file = this.directory.resolve("file");
		RecordStamp written = RecordStamp.write(file, "äb", null);
		assertThat(written).isEqualTo(RecordStamp.of(file));
		assertThat(written.size()).isEqualTo(3);
	}

	@Test
	void whenTheClockHasNotMovedOnThenTheStampIsLaterAllTheSame() throws IOException {
		Path file = this.directory.resolve("file");
		RecordStamp previous = new RecordStamp(FileTime.from(Instant.now().plusSeconds(3600)), 1);
		RecordStamp written = RecordStamp.write(file, "b", previous);
		assertThat(written.modified()).isGreaterThan(previous.modified());
		assertThat(written).isEqualTo(RecordStamp.of(file));
	}

}
