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

import io.etcd.jetcd.KeyValue;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.etcd.EtcdCluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rows of the fault table on three members that take some seconds each. A member in
 * trouble is no trouble for those who have two others.
 */
@Tag("faults")
class EtcdClusterFaultsIT extends AbstractClusterFaultTests {

	private static final Duration SHORT_TTL = Duration.ofSeconds(3);

	EtcdClusterFaultsIT(EtcdCluster cluster) {
		super(cluster);
	}

	@Test
	void whenTheLeaderIsKilledThenNoCallFailsAndAllGoesOnWithoutIt() {
		int leader = this.cluster.leader();
		EchoScene scene = scene(TTL, next(leader));
		scene.play("one", "two");
		this.cluster.kill(leader);
		scene.provider("three");
		scene.recovers(AFTER_OUTAGE, "leader killed");
	}

	@Test
	void whenAMemberIsFrozenThenNoCallFailsAndNoRegistrationIsLost() {
		freeze(0);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whenAnotherMemberIsFrozenThenNoCallFailsAndNoRegistrationIsLost(int frozen) {
		freeze(frozen);
	}

	@Test
	void whenTheMajorityIsLostForSecondsThenNoCallFailsAndAllIsAsBefore() {
		int leader = this.cluster.leader();
		EchoScene scene = scene(TTL, next(leader));
		scene.play("one", "two");
		this.cluster.kill(leader);
		this.cluster.kill(next(next(leader)));
		Measured.pass(Duration.ofSeconds(3));
		this.cluster.start(leader);
		scene.reconnectStore();
		scene.recovers(AFTER_OUTAGE, "majority lost for 3 s");
	}

	private void freeze(int frozen) {
		EchoScene scene = scene(SHORT_TTL, next(frozen));
		scene.play("one", "two");
		KeyValue one = scene.record("one");
		KeyValue two = scene.record("two");
		this.cluster.pause(frozen);
		scene.provider("three");
		Measured.within(AFTER_OUTAGE, "member " + frozen + " frozen: a new provider registered and resolved",
				scene::isWell);
		Measured.pass(SHORT_TTL.plusSeconds(2));
		assertThat(scene.record("one").getCreateRevision()).isEqualTo(one.getCreateRevision());
		assertThat(scene.record("two").getCreateRevision()).isEqualTo(two.getCreateRevision());
		scene.recovers(AFTER_OUTAGE, "member " + frozen + " frozen for longer than the TTL");
	}

}
