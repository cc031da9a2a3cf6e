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
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.RecordingListener;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.RegistryEvent;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import io.rpcboot.registry.ServiceRegistryContractTests;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.registry.WatchStatus.State;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link LocalRegistry} within one process.
 */
@ExtendWith(OutputCaptureExtension.class)
class LocalRegistryTests extends ServiceRegistryContractTests {

	private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

	@TempDir
	private Path directory;

	@Override
	protected RegistryUnderTest openRegistry(String namespace) {
		return RegistryUnderTest.of(new LocalRegistry(this.directory, namespace));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "..", "../x", "a/b", "a\\b", "-a", "a@b", "a b", "ä" })
	void whenNameCouldEscapeThenThrows(String name) {
		RegistryUnderTest registry = open();
		String expected = ": '" + name + "' (expected: " + NAME + ")";
		assertThatIllegalArgumentException().isThrownBy(() -> new LocalRegistry(this.directory, name))
			.withMessage("namespace" + expected);
		assertThatIllegalArgumentException().isThrownBy(() -> registry.watch(name, new RecordingListener()))
			.withMessage("application" + expected);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> registry.register(ServiceInstance.of("a", name, "10.0.0.1", 1)))
			.withMessage("application" + expected);
	}

	@Test
	void whenIdCouldEscapeThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> open().register(instance("../a", 1)))
			.withMessage("id: '../a' (expected: " + NAME + ")");
	}

	@Test
	void whenNameIsTooLongThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> new LocalRegistry(this.directory, "a".repeat(64)));
		assertThat(new LocalRegistry(this.directory, "a".repeat(63))).isNotNull();
	}

	@Test
	void whenUpdatedWithAnotherApplicationThenThrows() {
		Registration registration = open().register(instance("a", 1));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> registration.update(ServiceInstance.of("a", "other", "10.0.0.1", 1)))
			.withMessage("application: 'other' (expected: 'demo')");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenDirectoryIsGroupWritableThenRegisterThrows() throws IOException {
		String owner = Files.getOwner(this.directory).getName();
		permit("rwxrwx---");
		assertThatExceptionOfType(RegistryException.class).isThrownBy(() -> open().register(instance("a", 1)))
			.withMessage("Directory " + this.directory + ": owner '" + owner
					+ "', permissions 'rwxrwx---' (expected: a directory owned by '" + owner
					+ "' that nobody else can write)");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenDirectoryIsGroupWritableThenWatchIsToldWhyUntilItIsNot(CapturedOutput output) throws IOException {
		permit("rwxrwx---");
		RecordingListener listener = open().watch("demo");
		assertThat(listener.awaitFailure()).hasMessageContaining("permissions 'rwxrwx---'");
		permit("rwx------");
		assertThat(listener.awaitFirst()).isEmpty();
		assertThat(listener.failures()).hasSize(1);
		assertThat(output.toString()).containsOnlyOnce("Instances of demo cannot be read")
			.containsOnlyOnce("Instances of demo can be read again");
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenDirectoryTurnsUnsafeThenTheLastSetStays() throws IOException {
		RegistryUnderTest registry = open();
		Registration registration = registry.register(instance("a", 1));
		RecordingListener listener = registry.watch("demo");
		listener.awaitIds("a");
		permit("rwxrwx---");
		registration.deregister();
		registry.watch("demo").awaitFailure();
		assertThat(listener.idSets()).last().isEqualTo(List.of("a"));
		permit("rwx------");
		listener.awaitIds();
		assertThat(listener.failures()).isEmpty();
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenInstancesCannotBeReadThenTheStatusOfTheWatchSaysSo() throws IOException {
		permit("rwxrwx---");
		RegistryUnderTest registry = open();
		RecordingListener listener = registry.watch("demo");
		listener.awaitFailure();
		assertThat(registry.watches()).isEqualTo(Map.of("demo", new WatchStatus(State.PENDING, 0, Set.of())));
		permit("rwx------");
		registry.register(instance("a", 1));
		listener.awaitIds("a");
		awaitState(registry, State.CURRENT);
		permit("rwxrwx---");
		awaitState(registry, State.STALE);
		assertThat(registry.watches().get("demo").instances()).as("the last set").isEqualTo(1);
		permit("rwx------");
		awaitState(registry, State.CURRENT);
	}

	private static void awaitState(RegistryUnderTest registry, State state) {
		Awaitility.await().until(() -> registry.watches().get("demo").state() == state);
	}

	@Test
	void whenFilesCannotBeWrittenThenIsPendingUntilTheyCan(CapturedOutput output) throws IOException {
		Path obstacle = Files.createDirectories(this.directory.resolve(namespace())).resolve("demo");
		Files.createFile(obstacle);
		RegistryUnderTest registry = open();
		Registration registration = registry.register(instance("a", 1));
		Awaitility.await().until(() -> output.toString().contains("failed (attempt 1, next in 200 ms)"));
		awaitPolls(registry);
		assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
		assertThat(output.toString()).containsOnlyOnce("Registration of demo at 10.0.0.1:1 as a failed");
		Files.delete(obstacle);
		Awaitility.await().until(() -> registration.state() == RegistrationState.REGISTERED);
		assertThat(output.toString()).containsOnlyOnce("Registration of a works again")
			.containsOnlyOnce("Registered demo at 10.0.0.1:1 as a");
	}

	@Test
	void whenUpdatedWhilePendingThenUpdateCompletesOnceWritten(CapturedOutput output) throws IOException {
		Path obstacle = Files.createDirectories(this.directory.resolve(namespace())).resolve("demo");
		Files.createFile(obstacle);
		RegistryUnderTest registry = open();
		Registration registration = registry.register(instance("a", 1));
		ServiceInstance draining = instance("a", 1).withState(InstanceState.DRAINING);
		var update = registration.update(draining);
		awaitPolls(registry);
		assertThat(update).isNotDone();
		Files.delete(obstacle);
		assertThat(update).succeedsWithin(10, TimeUnit.SECONDS);
		assertThat(registry.watch("demo").awaitIds("a")).containsExactly(draining);
	}

	@Test
	void whenFilesAreRemovedBySomebodyThenInstanceIsPutBack() throws IOException {
		RegistryUnderTest registry = open();
		registry.register(instance("a", 1));
		RecordingListener listener = registry.watch("demo");
		listener.awaitIds("a");
		Files.delete(file("a", InstanceKey.LOCK));
		Files.delete(file("a", InstanceKey.RECORD));
		Awaitility.await()
			.until(() -> Files.exists(file("a", InstanceKey.RECORD)) && Files.exists(file("a", InstanceKey.LOCK)));
		listener.awaitIds("a");
	}

	@Test
	void whenRecordTurnsBadThenItsLastVersionStaysAndOneWarningIsLogged(CapturedOutput output) throws IOException {
		RegistryUnderTest registry = open();
		Path record = plant("a", ServiceInstanceJson.write(instance("a", 1)));
		RecordingListener listener = registry.watch("demo");
		listener.awaitIds("a");
		Files.writeString(record, "{rubbish");
		String warning = "Record " + record + " is not usable, its last good version stays: not JSON";
		Awaitility.await().until(() -> output.toString().contains(warning));
		registry.register(instance("b", 2));
		assertThat(listener.awaitIds("a", "b")).contains(instance("a", 1));
		awaitPolls(registry);
		assertThat(output.toString()).containsOnlyOnce(warning);
		Files.writeString(record, "{\"Op\":0}");
		Awaitility.await()
			.until(() -> output.toString()
				.contains("Record " + record + " is not usable, its last good version stays: no Addr"));
		ServiceInstance draining = instance("a", 1).withState(InstanceState.DRAINING);
		Files.writeString(record, ServiceInstanceJson.write(draining));
		listener.awaitSet((set) -> set.contains(draining));
		assertThat(listener.idSets()).doesNotContain(List.of("b"));
	}

	@Test
	void whenRecordWasNeverGoodThenTheOthersAreTold(CapturedOutput output) throws IOException {
		RegistryUnderTest registry = open();
		Path record = plant("bad", "[]");
		registry.register(instance("a", 1));
		registry.watch("demo").awaitIds("a");
		assertThat(output.toString())
			.containsOnlyOnce("Record " + record + " is not usable, it is passed over: not a JSON object");
		Files.writeString(record, ServiceInstanceJson.write(instance("bad", 2)));
		registry.watch("demo").awaitIds("a", "bad");
	}

	@Test
	void whenRecordsShareAnAddressAndNameNoStartThenTheLaterFileIsTold() throws IOException {
		Path older = plant("a", ServiceInstanceJson.write(instance("a", 1)));
		Files.setLastModifiedTime(older, FileTime.from(Instant.now().minusSeconds(10)));
		plant("b", ServiceInstanceJson.write(instance("b", 1)));
		open().watch("demo").awaitIds("b");
	}

	@Test
	void whenProcessOfARecordIsGoneThenItsFilesAreRemoved() throws IOException {
		Path record = plant(new InstanceKey("dead", "1-1"), InstanceKey.RECORD, "{\"Addr\":\"10.0.0.9:1\"}");
		Path lock = plant(new InstanceKey("dead", "1-1"), InstanceKey.LOCK, "");
		assertThat(open().watch("demo").awaitFirst()).isEmpty();
		assertThat(record).doesNotExist();
		assertThat(lock).doesNotExist();
	}

	@Test
	void whenLeftoversAreOldThenTheyAreRemoved() throws IOException {
		FileTime old = FileTime.from(Instant.now().minusSeconds(61));
		Path oldLock = plant(new InstanceKey("old", "1-1"), InstanceKey.LOCK, "");
		Path oldRecord = plant(new InstanceKey("old", "1-1"), InstanceKey.TEMPORARY, "{");
		Path youngLock = plant(new InstanceKey("young", "1-1"), InstanceKey.LOCK, "");
		Path youngRecord = plant(new InstanceKey("young", "1-1"), InstanceKey.TEMPORARY, "{");
		Path foreign = Files.writeString(youngLock.resolveSibling("notes.txt"), "not ours");
		for (Path file : List.of(oldLock, oldRecord, foreign)) {
			Files.setLastModifiedTime(file, old);
		}
		RegistryUnderTest registry = open();
		assertThat(registry.watch("demo").awaitFirst()).isEmpty();
		awaitPolls(registry);
		assertThat(oldLock).doesNotExist();
		assertThat(oldRecord).doesNotExist();
		assertThat(List.of(youngLock, youngRecord, foreign)).allMatch(Files::exists);
	}

	@Test
	void whenSetChangesThenOneLineCountsIt(CapturedOutput output) {
		RegistryUnderTest registry = open();
		RecordingListener listener = registry.watch("demo");
		registry.watch("demo");
		listener.awaitFirst();
		registry.register(instance("a", 1));
		listener.awaitIds("a");
		assertThat(output.toString()).containsOnlyOnce("Instances of demo: 1 (1 added, 0 removed, 0 altered)");
	}

	@Test
	void whatHappenedIsRemembered() {
		try (LocalRegistry registry = new LocalRegistry(this.directory, namespace())) {
			RecordingListener listener = new RecordingListener();
			registry.watch("demo", listener);
			Registration registration = registry.register(instance("a", 1));
			listener.awaitIds("a");
			registration.deregister().join();
			listener.awaitIds();
			assertThat(registry.events()).extracting(RegistryEvent::text)
				.containsExactly("Registered demo at 10.0.0.1:1",
						"Instances of demo: 1 (1 added, 0 removed, 0 altered)", "Deregistered demo at 10.0.0.1:1",
						"Instances of demo: 0 (0 added, 1 removed, 0 altered)");
		}
	}

	@Test
	void whenClosedThenNoFileAndNoThreadIsLeft() throws IOException {
		RegistryUnderTest registry = open();
		registry.register(instance("a", 1));
		registry.watch("demo").awaitIds("a");
		assertThat(threadRuns()).isTrue();
		registry.close();
		assertThat(this.directory.resolve(namespace()).resolve("demo")).isEmptyDirectory();
		assertThat(threadRuns()).isFalse();
	}

	@Test
	void whenListenerClosesTheRegistryThenCloseDoesNotWaitForItself(CapturedOutput output) throws InterruptedException {
		RegistryUnderTest registry = open();
		CountDownLatch closed = new CountDownLatch(1);
		Registration registration = registry.register(instance("a", 1));
		registry.watch("demo", new InstanceListener() {

			@Override
			public void onInstances(List<ServiceInstance> instances) {
				registry.close();
				closed.countDown();
			}

			@Override
			public void onUnavailable(RegistryException reason) {
				throw reason;
			}

		});
		assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(output).doesNotContain("has not ended yet");
		assertThat(registration.deregister()).succeedsWithin(30, TimeUnit.SECONDS);
		assertThat(registration.state()).isEqualTo(RegistrationState.DEREGISTERED);
	}

	/**
	 * Waits until the poll thread has been round twice since the call.
	 */
	private void awaitPolls(RegistryUnderTest registry) {
		for (String application : List.of("first-round", "second-round")) {
			registry.watch(application).awaitFirst();
		}
	}

	private boolean threadRuns() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> thread.getName().equals("rpc-local-registry-" + namespace()));
	}

	private void permit(String permissions) throws IOException {
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString(permissions));
	}

	private Path plant(String id, String json) throws IOException {
		return plant(new InstanceKey(id, InstanceKey.currentProcess()), InstanceKey.RECORD, json);
	}

	private Path plant(InstanceKey key, String kind, String content) throws IOException {
		Path application = Files.createDirectories(this.directory.resolve(namespace()).resolve("demo"));
		return Files.writeString(application.resolve(key.fileName(kind)), content);
	}

	private Path file(String id, String kind) {
		return this.directory.resolve(namespace())
			.resolve("demo")
			.resolve(new InstanceKey(id, InstanceKey.currentProcess()).fileName(kind));
	}

}
