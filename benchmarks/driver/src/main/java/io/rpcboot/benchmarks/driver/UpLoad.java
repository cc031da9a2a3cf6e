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

package io.rpcboot.benchmarks.driver;

import io.rpcboot.benchmarks.driver.BenchClient.Sink;
import io.rpcboot.benchmarks.v1.Message;

/**
 * Streams from the client. What has arrived is counted by the server, not here: what was
 * sent may still be in a queue.
 */
final class UpLoad extends Load {

	private final BenchClient client;

	private final Message request;

	UpLoad(Scenario scenario, BenchClient client) {
		super(scenario);
		this.client = client;
		this.request = scenario.quickRequest();
	}

	@Override
	void start(Tally tally) {
		this.client.up(new StreamSlot(this, tally), new Sender()::send);
	}

	private final class Sender {

		private boolean completed;

		private void send(Sink sink) {
			while (!this.completed && sink.isReady()) {
				if (isStopped()) {
					this.completed = true;
					sink.complete();
				}
				else {
					sink.send(UpLoad.this.request);
				}
			}
		}

	}

}
