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

import java.util.ArrayList;
import java.util.List;

/**
 * Streams from the server, which are cancelled at the end.
 */
final class DownLoad extends Load {

	private final BenchClient client;

	private final List<Runnable> cancellations = new ArrayList<>();

	DownLoad(Scenario scenario, BenchClient client) {
		super(scenario);
		this.client = client;
	}

	@Override
	void start(Tally tally) {
		this.cancellations.add(this.client.down(scenario().quickRequest(), new StreamSlot(this, tally) {

			@Override
			public void onError(Throwable cause) {
				if (isStopped()) {
					ended();
				}
				else {
					super.onError(cause);
				}
			}

		}));
	}

	@Override
	void stop() {
		super.stop();
		this.cancellations.forEach(Runnable::run);
	}

}
