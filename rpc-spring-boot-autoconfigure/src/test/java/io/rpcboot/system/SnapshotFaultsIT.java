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

package io.rpcboot.system;

import java.time.Duration;

import io.rpcboot.testing.ChildJvm;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.etcd.EtcdServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rows of the fault table in which a consumer starts without etcd, and an earlier run
 * of it has left a snapshot. No call may fail from its start on.
 */
@Tag("faults")
class SnapshotFaultsIT extends AbstractFaultTests {

	/** Until a request to an etcd that keeps silent is given up. */
	private static final Duration FROZEN_START = Duration.ofSeconds(4);

	SnapshotFaultsIT(EtcdServer etcd) {
		super(etcd);
	}

	@Test
	void whenEtcdIsDownThenNoCallFailsFromTheStartOnAndAllIsAsBefore() {
		EchoScene scene = sceneWithSnapshot(TTL);
		this.etcd.kill();
		startAndCall(scene, SOON, "etcd down when the consumer started with a snapshot");
		assertThat(scene.isServing()).as("health is SERVING while etcd is down").isTrue();
		startAgain(scene);
		scene.recovers(AFTER_OUTAGE, "etcd down when the consumer started with a snapshot");
		Awaitility.await().until(() -> scene.discoveryState().equals("CURRENT"));
	}

	@Test
	void whenEtcdIsFrozenThenNoCallFailsFromTheStartOnAndAllIsAsBefore() {
		EchoScene scene = sceneWithSnapshot(TTL);
		this.etcd.pause();
		startAndCall(scene, FROZEN_START, "etcd frozen when the consumer started with a snapshot");
		resume(scene);
		scene.recovers(AFTER_OUTAGE, "etcd frozen when the consumer started with a snapshot");
		Awaitility.await().until(() -> scene.discoveryState().equals("CURRENT"));
	}

	@Test
	void whenEtcdComesBackEmptyThenNoCallFailsAndAllIsAsBefore() {
		EchoScene scene = sceneWithSnapshot(TTL);
		this.etcd.kill();
		this.etcd.wipe();
		startAndCall(scene, SOON, "data wiped when the consumer started with a snapshot");
		startAgain(scene);
		scene.recovers(AFTER_OUTAGE, "data wiped when the consumer started with a snapshot");
		assertThat(scene.discovered().wasEmptied()).as("a set without any instance was told").isFalse();
	}

	@Test
	void whenAProviderOfTheSnapshotHasGoneThenItIsNotPickedAndLeavesTheSetWithItsKey() {
		EchoScene scene = scene(SHORT_TTL);
		scene.provider("one");
		ChildJvm gone = scene.providerProcess("gone");
		scene.earlierRun();
		this.etcd.kill();
		gone.process().destroyForcibly().onExit().join();
		EchoCallers callers = scene.callersAtOnce(scene.consumer(), "one");
		Awaitility.await().until(() -> callers.answers("one") > 100);
		assertThat(scene.discovered().records()).as("instances of the snapshot").hasSize(2);
		startAgain(scene);
		Measured.within(SHORT_TTL.plus(AFTER_OUTAGE), "provider of the snapshot gone: key gone",
				() -> scene.records().size() == 1);
		scene.recovers(AFTER_OUTAGE, "provider of the snapshot gone");
	}

	private EchoScene sceneWithSnapshot(Duration leaseTtl) {
		EchoScene scene = scene(leaseTtl);
		scene.provider("one");
		scene.provider("two");
		scene.earlierRun();
		return scene;
	}

	private static void startAndCall(EchoScene scene, Duration bound, String fault) {
		EchoCallers callers = scene.callersAtOnce(scene.consumer());
		Measured.within(bound, fault + ": first answers",
				() -> callers.answers("one") > 0 && callers.answers("two") > 0);
		Awaitility.await().until(() -> "SNAPSHOT".equals(scene.discoveryState()));
	}

}
