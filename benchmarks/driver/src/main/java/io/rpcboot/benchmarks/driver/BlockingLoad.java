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

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.rpcboot.benchmarks.v1.Message;

/**
 * Blocking unary calls, one at a time in each thread.
 */
final class BlockingLoad extends Load {

	private final BenchClient client;

	private final Message request;

	private final ExecutorService threads;

	BlockingLoad(Scenario scenario, BenchClient client) {
		super(scenario);
		this.client = client;
		this.request = scenario.quickRequest();
		this.threads = (scenario.kind() == Scenario.Kind.VIRTUAL) ? virtualThreads() : Executors.newCachedThreadPool();
	}

	@Override
	void start(Tally tally) {
		this.threads.execute(() -> loop(tally));
	}

	@Override
	Tally await() throws InterruptedException {
		Tally sum = super.await();
		this.threads.shutdown();
		return sum;
	}

	private void loop(Tally tally) {
		try {
			while (!isStopped()) {
				long begun = System.nanoTime();
				this.client.callAndWait(this.request);
				if (isMeasuring()) {
					tally.countWithLatency(System.nanoTime() - begun);
				}
			}
		}
		catch (RuntimeException ex) {
			tally.fail(ex);
		}
		ended();
	}

	// This is compiled for a JDK that has none.
	private static ExecutorService virtualThreads() {
		try {
			return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
		}
		catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
			throw new IllegalStateException("no virtual threads on Java " + Runtime.version(), ex);
		}
	}

}
