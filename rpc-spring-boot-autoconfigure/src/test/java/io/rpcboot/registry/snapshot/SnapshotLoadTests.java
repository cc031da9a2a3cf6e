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
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link SnapshotFiles} loads, and what it says about files that it cannot use.
 */
class SnapshotLoadTests extends AbstractSnapshotTests {

	@Test
	void whatOneProcessSavedAnotherLoads() {
		write("demo", set("demo", 3));
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 3));
	}

	@Test
	void anotherNamespaceHasFilesOfItsOwnWhichAreWrittenAtTheLatestWhenTheseAreClosed() {
		try (SnapshotFiles files = openAnother()) {
			files.save("demo", set("demo", 1));
			files.in("green").save("demo", set("demo", 3));
			assertThat(files.in("blue")).isSameAs(files);
			assertThat(files.in("green")).isSameAs(files.in("green"));
		}
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 1));
		assertThat(this.snapshots.in("green").load("demo")).isEqualTo(set("demo", 3));
		assertThat(this.snapshots.in("red").load("demo")).isNull();
	}

	@Test
	void whenTheLastSetWasEmptyThenNoneIsLoadedRatherThanNothing() {
		write("demo", set("demo", 0));
		assertThat(this.snapshots.load("demo")).isNotNull().isEmpty();
	}

	@Test
	void whenLoadedThenTheLogSaysHowOldItIs() throws IOException {
		write("demo", set("demo", 3));
		Files.setLastModifiedTime(file("demo"), FileTime.from(Instant.parse("2026-03-01T10:15:30Z")));
		this.snapshots.load("demo");
		assertThat(this.log.lines()).containsExactly(
				"INFO Snapshot " + file("demo") + " holds 3 instances of demo, saved at 2026-03-01T10:15:30Z");
	}

	@Test
	void whenThereIsNoFileThenNothingIsLoadedInSilence() throws IOException {
		assertThat(this.snapshots.load("demo")).isNull();
		write("other", set("other", 1));
		assertThat(this.snapshots.load("demo")).isNull();
		assertThat(this.log.lines()).isEmpty();
		assertThat(this.log.lines(Level.DEBUG)).containsExactly("There is no snapshot " + file("demo"),
				"There is no snapshot " + file("demo"));
	}

	@Test
	void namesThatDifferInCaseOnlyHaveFilesOfTheirOwn() throws IOException {
		write("orders", set("orders", 1));
		write("Orders", set("Orders", 2));
		write("ORDERS", set("ORDERS", 3));
		assertThat(this.snapshots.load("orders")).isEqualTo(set("orders", 1));
		assertThat(this.snapshots.load("Orders")).isEqualTo(set("Orders", 2));
		assertThat(this.snapshots.load("ORDERS")).isEqualTo(set("ORDERS", 3));
		assertThat(fileNames()).containsExactly("+o+r+d+e+r+s.snapshot", "+orders.snapshot", "orders.snapshot");
	}

	@Test
	void aNameAsLongAsCanBeFitsIntoAFileName() {
		String longest = "X".repeat(63);
		write(longest, set(longest, 1));
		assertThat(this.snapshots.load(longest)).isEqualTo(set(longest, 1));
	}

	@Test
	void aNameThatLeadsElsewhereHasNoSnapshot() throws IOException {
		write("../demo", set("../demo", 1));
		assertThat(this.snapshots.load("../demo")).isNull();
		assertThat(this.directory).doesNotExist();
	}

	@Test
	void whenCutOffAnywhereThenNothingIsLoadedAndTheNextSaveReplacesIt() throws IOException {
		write("demo", set("demo", 3));
		byte[] content = Files.readAllBytes(file("demo"));
		for (int length = 0; length < content.length; length++) {
			byte[] cutOff = Arrays.copyOf(content, length);
			Files.write(file("demo"), cutOff);
			assertThat(this.snapshots.load("demo")).isNull();
			assertThat(file("demo")).hasBinaryContent(cutOff);
		}
		assertThat(this.log.lines(Level.WARN)).hasSize(content.length);
		write("demo", set("demo", 3));
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 3));
	}

	@Test
	void whenOfAnotherFormatVersionThenNothingIsLoaded() throws IOException {
		write("demo", set("demo", 1));
		Files.writeString(file("demo"),
				Files.readString(file("demo")).replaceFirst("rpc-snapshot 1", "rpc-snapshot 2"));
		assertNotUsable("format version: '2' (expected: '1')");
	}

	@Test
	void whenOfAnotherNamespaceThenNothingIsLoaded() throws IOException {
		try (SnapshotFiles green = new SnapshotFiles(this.directory, "green")) {
			green.save("demo", set("demo", 1));
		}
		assertThat(this.snapshots.load("demo")).isNull();
		Files.move(this.directory.resolve("green"), this.directory.resolve("blue"));
		assertNotUsable("namespace: 'green' (expected: 'blue')");
	}

	@Test
	void whenOfAnotherApplicationThenNothingIsLoaded() throws IOException {
		write("other", set("other", 1));
		Files.move(file("other"), file("demo"));
		assertNotUsable("application: 'other' (expected: 'demo')");
	}

	@Test
	void whenAnInstanceIsNotOneThenNothingIsLoaded() throws IOException {
		Files.createDirectories(file("demo").getParent());
		Files.writeString(file("demo"), "rpc-snapshot 1 blue demo 1 "
				+ "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356\n{}\n");
		assertNotUsable("no Addr (expected: \"host:port\")");
	}

	@Test
	void whenMoreThanAnySnapshotHoldsThenItIsNotRead() throws IOException {
		write("demo", set("demo", 1));
		try (SeekableByteChannel file = Files.newByteChannel(file("demo"), StandardOpenOption.WRITE)) {
			file.position(SnapshotFormat.MAX_BYTES).write(StandardCharsets.UTF_8.encode("!"));
		}
		assertNotUsable("IOException: size: 67108865 bytes (expected: <= 67108864)");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenTheFileIsADirectoryThenNothingIsLoaded() throws IOException {
		Files.createDirectories(file("demo"));
		assertNotUsable("IOException: Is a directory");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenTheDirectoryIsAFileThenNothingIsLoaded() throws IOException {
		Files.createFile(this.directory);
		assertNotUsable("Directory " + this.directory + ": not a directory (expected: a directory owned by '"
				+ Files.getOwner(this.directory).getName() + "' that nobody else can write)");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenOthersCouldHaveWrittenItThenNothingIsLoaded() throws IOException {
		write("demo", set("demo", 1));
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxrwxrwx"));
		String owner = Files.getOwner(this.directory).getName();
		assertNotUsable("Directory " + this.directory + ": owner '" + owner
				+ "', permissions 'rwxrwxrwx' (expected: a directory owned by '" + owner
				+ "' that nobody else can write)");
	}

	private void assertNotUsable(String reason) {
		Path file = file("demo");
		assertThat(this.snapshots.load("demo")).isNull();
		assertThat(this.log.lines()).containsExactly("WARN Snapshot " + file + " is not usable (" + reason
				+ "). Until the registry answers, no instance of demo is known; the next save replaces the file");
	}

}
