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

package io.rpcboot.demo.consumer;

import java.time.Duration;
import java.util.Map;

import io.rpcboot.demo.parcel.v1.ParcelServiceGrpc;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LoadLoop}.
 */
class LoadLoopTests {

	private final ParcelServer server = new ParcelServer();

	private final LoadLoop load = new LoadLoop(new LoadCalls(ParcelServiceGrpc.newBlockingStub(this.server.channel()),
			ParcelServiceGrpc.newStub(this.server.channel())), 2);

	@AfterEach
	void close() {
		this.load.stop();
		this.server.close();
	}

	@Test
	void waitsForTheApplication() {
		assertThat(this.load.isAutoStartup()).isFalse();
		assertThat(this.load.isRunning()).isFalse();
	}

	@Test
	void whenStoppedThenEveryCallHasEndedAndIsCountedOnce() {
		this.load.start();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.load.total().calls() > 20);
		this.load.stop();
		assertThat(this.load.isRunning()).isFalse();
		LoadReport total = this.load.total();
		long firstCall = 1;
		assertThat(total.calls()).isEqualTo(this.server.calls() - firstCall);
		assertThat(total.failed()).isZero();
		assertThat(total.callsByProvider()).isEqualTo(Map.of(ParcelServer.NAME, total.calls()));
	}

	@Test
	void whenCallsFailThenCountsThemAndGoesOn() {
		this.load.start();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.load.total().calls() > 0);
		this.server.close();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.load.total().failed() > 10);
		assertThat(this.load.total().lastFailure()).contains("UNAVAILABLE");
	}

}
