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
import java.util.ArrayList;
import java.util.List;

import io.rpcboot.testing.etcd.EtcdCluster;
import io.rpcboot.testing.etcd.EtcdStore;
import io.rpcboot.testing.etcd.EtcdTest;
import org.junit.jupiter.api.AfterEach;

/**
 * What the rows of the fault table on three members share.
 */
@EtcdTest
abstract class AbstractClusterFaultTests {

	static final Duration TTL = Duration.ofSeconds(15);

	static final Duration AFTER_OUTAGE = Duration.ofSeconds(5);

	final EtcdCluster cluster;

	private final List<EchoScene> scenes = new ArrayList<>();

	AbstractClusterFaultTests(EtcdCluster cluster) {
		this.cluster = cluster;
	}

	@AfterEach
	void cleanUp() {
		this.cluster.heal();
		this.scenes.forEach(EchoScene::close);
	}

	/** The store reads and writes through one member, which should stay well. */
	final EchoScene scene(Duration leaseTtl, int storeMember) {
		EchoScene scene = new EchoScene(this.cluster.endpoints(), leaseTtl);
		scene.useStore(new EtcdStore(this.cluster.endpoint(storeMember), Duration.ofSeconds(1)));
		this.scenes.add(scene);
		return scene;
	}

	static int next(int member) {
		return (member + 1) % EtcdCluster.SIZE;
	}

}
