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

import io.rpcboot.testing.Measured;
import io.rpcboot.testing.etcd.EtcdCluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of the fault table on three members whose fault lasts long, run by
 * {@code mvn -Pfaults}.
 */
@Tag("faults")
class LongEtcdClusterFaultsIT extends AbstractClusterFaultTests {

	LongEtcdClusterFaultsIT(EtcdCluster cluster) {
		super(cluster);
	}

	@Test
	void whenTheMajorityIsKilledForLongThenNoCallFailsAndAllIsAsBefore() {
		int leader = this.cluster.leader();
		EchoScene scene = scene(TTL, next(leader));
		scene.play("one", "two");
		this.cluster.kill(leader);
		this.cluster.kill(next(next(leader)));
		Measured.pass(Duration.ofSeconds(30));
		this.cluster.start(leader);
		scene.reconnectStore();
		lasts(scene, "majority killed for 30 s");
	}

	@Test
	void whenTheMajorityIsFrozenForLongThenNoCallFailsAndAllIsAsBefore() {
		int leader = this.cluster.leader();
		EchoScene scene = scene(TTL, next(leader));
		scene.play("one", "two");
		this.cluster.pause(leader);
		this.cluster.pause(next(next(leader)));
		Measured.pass(Duration.ofSeconds(30));
		this.cluster.heal();
		scene.reconnectStore();
		lasts(scene, "majority frozen for 30 s");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	void whenAMemberIsFrozenForLongThenNoCallFailsAndAllGoesOnWithoutIt(int frozen) {
		EchoScene scene = scene(TTL, next(frozen));
		scene.play("one", "two");
		this.cluster.pause(frozen);
		Measured.pass(Duration.ofSeconds(40));
		scene.recoversSoFar(AFTER_OUTAGE, "member " + frozen + " frozen for 40 s");
		this.cluster.resume(frozen);
		lasts(scene, "member " + frozen + " awake after 40 s");
	}

	private static void lasts(EchoScene scene, String fault) {
		scene.recoversSoFar(AFTER_OUTAGE, fault);
		Measured.pass(TTL.plusSeconds(3));
		scene.recovers(AFTER_OUTAGE, fault + ", and more than a TTL later");
	}

}
