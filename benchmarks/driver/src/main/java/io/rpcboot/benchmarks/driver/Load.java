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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Calls that go on in so many slots until told to stop: first unmeasured, then measured.
 */
abstract class Load {

	private static final long SECONDS_TO_END = 20;

	private final Scenario scenario;

	private final CountDownLatch open;

	private final List<Tally> tallies = new ArrayList<>();

	private volatile boolean measuring;

	private volatile boolean stopped;

	Load(Scenario scenario) {
		this.scenario = scenario;
		this.open = new CountDownLatch(scenario.concurrency());
	}

	static Load of(Scenario scenario, BenchClient client) {
		return switch (scenario.kind()) {
			case UNARY -> new UnaryLoad(scenario, client);
			case BLOCKING, VIRTUAL -> new BlockingLoad(scenario, client);
			case DOWN -> new DownLoad(scenario, client);
			case UP -> new UpLoad(scenario, client);
			case ECHO -> new EchoLoad(scenario, client);
		};
	}

	void start() {
		for (int slot = 0; slot < this.scenario.concurrency(); slot++) {
			Tally tally = new Tally();
			this.tallies.add(tally);
			start(tally);
		}
	}

	/**
	 * Starts a slot, which calls {@link #ended()} when its last call has ended.
	 * @param tally what the slot writes to
	 */
	abstract void start(Tally tally);

	void measure() {
		this.measuring = true;
	}

	void stop() {
		this.measuring = false;
		this.stopped = true;
	}

	/**
	 * Waits until all slots have ended.
	 * @return the sum of what they have seen
	 * @throws InterruptedException if interrupted
	 */
	Tally await() throws InterruptedException {
		Tally sum = new Tally();
		if (!this.open.await(SECONDS_TO_END, TimeUnit.SECONDS)) {
			sum.fail(this.open.getCount() + " calls have not ended");
		}
		this.tallies.forEach((tally) -> tally.addTo(sum));
		return sum;
	}

	final Scenario scenario() {
		return this.scenario;
	}

	final boolean isMeasuring() {
		return this.measuring;
	}

	final boolean isStopped() {
		return this.stopped;
	}

	final void ended() {
		this.open.countDown();
	}

}
