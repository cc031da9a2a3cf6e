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

import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.junit.jupiter.api.AfterEach;

/**
 * What the rows of the fault table on one etcd share: the bounds, and scenes that end
 * with each test, on an etcd that runs again after it.
 */
@EtcdTest
abstract class AbstractFaultTests {

	/** The default. */
	static final Duration TTL = Duration.ofSeconds(15);

	static final Duration SHORT_TTL = Duration.ofSeconds(3);

	/** From the moment etcd answers again. */
	static final Duration AFTER_OUTAGE = Duration.ofSeconds(5);

	static final Duration SOON = Duration.ofSeconds(2);

	final EtcdServer etcd;

	private final List<EchoScene> scenes = new ArrayList<>();

	AbstractFaultTests(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@AfterEach
	void cleanUp() {
		this.etcd.heal();
		this.scenes.forEach(EchoScene::close);
	}

	final EchoScene scene(Duration leaseTtl) {
		EchoScene scene = new EchoScene(List.of(this.etcd.endpoint()), leaseTtl);
		this.scenes.add(scene);
		return scene;
	}

	/** Starts a killed etcd, and the store dials it anew. */
	final void startAgain(EchoScene scene) {
		this.etcd.start();
		scene.reconnectStore();
	}

	final void resume(EchoScene scene) {
		this.etcd.resume();
		scene.reconnectStore();
	}

}
