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
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rows of the fault table whose fault lasts long, run by {@code mvn -Pfaults}. What
 * was restored must last for longer than a TTL.
 */
@Tag("faults")
class LongEtcdFaultsIT extends AbstractFaultTests {

	LongEtcdFaultsIT(EtcdServer etcd) {
		super(etcd);
	}

	@ParameterizedTest
	@ValueSource(ints = { 5, 60 })
	void whenEtcdIsKilledForLongThenNoCallFailsAndAllIsAsBefore(int seconds) {
		EchoScene scene = scene(TTL);
		scene.play("one", "two");
		this.etcd.kill();
		Measured.pass(Duration.ofSeconds(seconds));
		assertThat(scene.isServing()).as("health is SERVING while etcd is down").isTrue();
		startAgain(scene);
		lasts(scene, "etcd killed for " + seconds + " s");
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 20, 60 })
	void whenEtcdIsFrozenForLongThenNoCallFailsAndAllIsAsBefore(int seconds) {
		EchoScene scene = scene(TTL);
		scene.play("one", "two");
		this.etcd.pause();
		Measured.pass(Duration.ofSeconds(seconds));
		assertThat(scene.isServing()).as("health is SERVING while etcd is frozen").isTrue();
		resume(scene);
		lasts(scene, "etcd frozen for " + seconds + " s");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whenDataIsWipedWhileEtcdIsDownForLongThenNoCallFailsAndAllRegisterAgain(int providers) {
		EchoScene scene = scene(TTL);
		scene.play((providers == 1) ? new String[] { "one" } : new String[] { "one", "two" });
		this.etcd.kill();
		this.etcd.wipe();
		Measured.pass(TTL.plusSeconds(5));
		startAgain(scene);
		lasts(scene, "data wiped, etcd down for 20 s, " + providers + " provider(s)");
	}

	private static void lasts(EchoScene scene, String fault) {
		scene.recoversSoFar(AFTER_OUTAGE, fault);
		Measured.pass(TTL.plusSeconds(3));
		scene.recovers(AFTER_OUTAGE, fault + ", and more than a TTL later");
		assertThat(scene.discovered().wasEmptied()).as("a set without any instance was told").isFalse();
	}

}
