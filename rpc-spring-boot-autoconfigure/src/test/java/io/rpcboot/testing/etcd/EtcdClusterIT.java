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

package io.rpcboot.testing.etcd;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.kv.PutResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdCluster}.
 */
@EtcdTest
class EtcdClusterIT {

	private static final String KEY = "/etcd-cluster-it/key";

	private final EtcdCluster cluster;

	EtcdClusterIT(EtcdCluster cluster) {
		this.cluster = cluster;
	}

	@AfterEach
	void heal() {
		this.cluster.heal();
	}

	@Test
	void whenStartedThenMembersShareTheirContentAndOneLeads() {
		assertThat(this.cluster.endpoints()).hasSize(3).doesNotHaveDuplicates();
		put(0, "shared");
		assertThat(read(1)).isEqualTo("shared");
		assertThat(read(2)).isEqualTo("shared");
		assertThat(this.cluster.leader()).isBetween(0, 2);
	}

	@Test
	void whenTheLeaderIsKilledThenAnotherLeadsAndTheFirstCatchesUpOnceStarted() {
		int leader = this.cluster.leader();
		this.cluster.kill(leader);
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> writable(other(leader)));
		put(other(leader), "written without the leader");
		this.cluster.start(leader);
		assertThat(this.cluster.leader()).isNotEqualTo(leader);
		assertThat(read(leader)).isEqualTo("written without the leader");
	}

	@Test
	void whenOneIsPausedThenItAloneIsSilent() {
		int follower = other(this.cluster.leader());
		put(follower, "before");
		this.cluster.pause(follower);
		assertThat(writable(follower)).isFalse();
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> writable(other(follower)));
		this.cluster.resume(follower);
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> writable(follower));
	}

	@Test
	void whenTwoAreKilledThenNothingIsWrittenUntilOneIsBack() {
		this.cluster.kill(0);
		this.cluster.kill(1);
		assertThat(writable(2)).isFalse();
		this.cluster.start(0);
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> writable(2));
	}

	private void put(int member, String value) {
		try (EtcdStore store = new EtcdStore(this.cluster.endpoint(member))) {
			store.put(KEY, value);
		}
	}

	private String read(int member) {
		try (EtcdStore store = new EtcdStore(this.cluster.endpoint(member))) {
			return String.valueOf(store.text(KEY));
		}
	}

	private boolean writable(int member) {
		try (EtcdStore store = new EtcdStore(this.cluster.endpoint(member))) {
			PutResponse answer = store.client()
				.getKVClient()
				.put(EtcdStore.bytes(KEY + "/probe"), EtcdStore.bytes(""))
				.orTimeout(1500, TimeUnit.MILLISECONDS)
				.join();
			return answer.getHeader().getRevision() > 0;
		}
		catch (CompletionException ex) {
			return false;
		}
	}

	private static int other(int member) {
		return (member + 1) % EtcdCluster.SIZE;
	}

}
