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
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import ch.qos.logback.classic.Level;
import io.rpcboot.registry.ServiceInstance;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When and how {@link SnapshotFiles} writes, and what it says if it cannot.
 */
class SnapshotSaveTests extends AbstractSnapshotTests {

	private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2001-01-01T00:00:00Z"));

	private int sentinels;

	@Test
	void whenSavedThenIsWrittenSoon() {
		this.snapshots.save("demo", set("demo", 1));
		await(() -> assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 1)));
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenWrittenThenOnlyTheOwnerCanRead() throws IOException {
		write("demo", set("demo", 1));
		assertThat(permissions(this.directory)).isEqualTo("rwx------");
		assertThat(permissions(this.directory.resolve("blue"))).isEqualTo("rwx------");
		assertThat(permissions(file("demo"))).isEqualTo("rw-------");
	}

	@Test
	void whenSetsComeFastThenTheFirstIsWrittenAtOnceAndTheLatestWhenTheSecondIsOver() {
		this.snapshots.save("demo", set("demo", 1));
		await(() -> assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 1)));
		for (int count = 2; count <= 500; count++) {
			this.snapshots.save("demo", set("demo", count));
		}
		sentinel();
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 1));
		this.clock.addAndGet(SaveQueue.INTERVAL_NANOS);
		await(() -> assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 500)));
	}

	@Test
	void whenClosedThenWhatWaitsIsWritten() {
		this.snapshots.save("demo", set("demo", 1));
		await(() -> assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 1)));
		this.snapshots.save("demo", set("demo", 2));
		this.snapshots.save("demo", set("demo", 3));
		sentinel();
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 1));
		this.snapshots.close();
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 3));
	}

	@Test
	void whenClosedThenNothingMoreIsWritten() {
		this.snapshots.save("demo", set("demo", 1));
		this.snapshots.close();
		this.snapshots.save("demo", set("demo", 2));
		this.snapshots.close();
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 1));
		assertThat(this.log.lines(Level.DEBUG)).contains("Closed; 2 instances of demo are not saved");
	}

	@Test
	void thereIsOneDaemonThreadFromTheFirstSaveToTheEnd() {
		assertThat(threads()).isEmpty();
		this.snapshots.load("demo");
		assertThat(threads()).isEmpty();
		this.snapshots.save("demo", set("demo", 1));
		this.snapshots.save("other", set("other", 1));
		assertThat(threads()).singleElement().matches(Thread::isDaemon, "is a daemon");
		this.snapshots.close();
		assertThat(threads()).isEmpty();
	}

	@Test
	void whenTheFileHoldsTheSetThenItIsNotWrittenAgain() throws IOException {
		saveAndWait(set("demo", 2));
		Files.setLastModifiedTime(file("demo"), LONG_AGO);
		saveAndWait(set("demo", 2));
		assertThat(Files.getLastModifiedTime(file("demo"))).isEqualTo(LONG_AGO);
		saveAndWait(set("demo", 3));
		assertThat(Files.getLastModifiedTime(file("demo"))).isNotEqualTo(LONG_AGO);
	}

	@Test
	void whenTheFileWasRemovedThenTheSameSetIsWrittenAgain() throws IOException {
		saveAndWait(set("demo", 2));
		Files.delete(file("demo"));
		saveAndWait(set("demo", 2));
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 2));
	}

	@Test
	void whenAnotherProcessWroteAnotherSetThenTheSameSetIsWrittenAgain() {
		saveAndWait(set("demo", 2));
		write("demo", set("demo", 1));
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 1));
		saveAndWait(set("demo", 2));
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 2));
	}

	@Test
	void whenTheDirectoryIsAFileThenOneLineSaysSoAndTheNextSaveTriesAgain() throws IOException {
		Files.createFile(this.directory);
		String failed = "WARN Snapshot " + file("demo") + " was not written (Directory " + this.directory
				+ ": not a directory (expected: a directory owned by '" + Files.getOwner(this.directory).getName()
				+ "' that nobody else can write)). What it held before stays; trying again with the next save";
		String recovered = "INFO Snapshot " + file("demo") + " is written again";
		saveAndWait(set("demo", 1));
		saveAndWait(set("demo", 1));
		saveAndWait(set("demo", 2));
		assertThat(linesOfDemo()).containsExactly(failed);
		Files.delete(this.directory);
		saveAndWait(set("demo", 2));
		saveAndWait(set("demo", 3));
		assertThat(linesOfDemo()).containsExactly(failed, recovered);
		FileSystemUtils.deleteRecursively(this.directory);
		Files.createFile(this.directory);
		saveAndWait(set("demo", 4));
		assertThat(linesOfDemo()).containsExactly(failed, recovered, failed);
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenTheFileCannotBeReplacedThenOnlyItsApplicationSuffersAndNothingIsLeftBehind() throws IOException {
		Files.createDirectories(file("demo").resolve("occupied"));
		saveAndWait(set("demo", 1));
		sentinel();
		assertThat(this.log.lines()).singleElement()
			.asString()
			.startsWith("WARN Snapshot " + file("demo") + " was not written (FileSystemException: ")
			.endsWith(": Is a directory). What it held before stays; trying again with the next save");
		assertThat(fileNames()).containsExactly("demo.snapshot", "sentinel-1.snapshot", "sentinel-2.snapshot");
	}

	@Test
	void whenTheDirectoryVanishesThenTheNextSaveCreatesIt() throws IOException {
		saveAndWait(set("demo", 1));
		FileSystemUtils.deleteRecursively(this.directory);
		saveAndWait(set("demo", 2));
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 2));
		assertThat(this.log.lines(Level.WARN)).isEmpty();
	}

	@Test
	void whatACrashedProcessLeftIsRemovedAfterAMinute() throws IOException {
		write("demo", set("demo", 1));
		Path torn = Files.writeString(file("demo").resolveSibling("demo~123.tmp"), "rpc-snapshot 1 blue de");
		Path others = Files.writeString(file("demo").resolveSibling("other~456.tmp"), "");
		Path running = Files.writeString(file("demo").resolveSibling("demo~789.tmp"), "rpc-snapshot 1 blue");
		Path notOurs = Files.writeString(file("demo").resolveSibling("notes.tmp"), "");
		for (Path file : List.of(torn, others, notOurs)) {
			Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofSeconds(61))));
		}
		Files.setLastModifiedTime(running, FileTime.from(Instant.now().minus(Duration.ofSeconds(30))));
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 1));
		saveAndWait(set("demo", 2));
		assertThat(this.snapshots.load("demo")).isEqualTo(set("demo", 2));
		assertThat(List.of(torn, others)).noneMatch(Files::exists);
		assertThat(List.of(running, notOurs)).allMatch(Files::exists);
	}

	/**
	 * Saves a set of the application demo a second later and waits until it was looked
	 * at.
	 */
	private void saveAndWait(List<ServiceInstance> instances) {
		this.clock.addAndGet(SaveQueue.INTERVAL_NANOS);
		this.snapshots.save("demo", instances);
		sentinel();
	}

	/**
	 * Waits until everything that was due was looked at, for which a set of an
	 * application of its own is queued behind it.
	 */
	private void sentinel() {
		Path file = file("sentinel-" + ++this.sentinels);
		this.snapshots.save("sentinel-" + this.sentinels, set("sentinel", 1));
		await(() -> assertThat(Files.exists(file) || this.log.lines(Level.WARN).toString().contains(file.toString()))
			.isTrue());
	}

	private List<String> linesOfDemo() {
		return this.log.lines().stream().filter((line) -> line.contains(file("demo").toString())).toList();
	}

	private static String permissions(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	private static List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("rpc-snapshot-blue"))
			.toList();
	}

	private static void await(ThrowingRunnable assertion) {
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(5))
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(assertion);
	}

}
