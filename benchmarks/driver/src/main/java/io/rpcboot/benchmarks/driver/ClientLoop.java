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

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.rpcboot.benchmarks.v1.Message;

/**
 * What a client's process does once it has its stubs: {@code RUN scenario rampMillis
 * millis} puts a load on, {@code STATS} tells what the process has used.
 */
public final class ClientLoop {

	/** A server may listen before its registry tells of it. */
	private static final long FIRST_CALL_NANOS = TimeUnit.SECONDS.toNanos(20);

	private static final long RETRY_MILLIS = 50;

	private final BenchClient client;

	private ClientLoop(BenchClient client) {
		this.client = client;
	}

	/**
	 * Makes calls until the first has an answer, tells the runner, and answers until the
	 * input ends.
	 * @param client calls the server
	 */
	public static void run(BenchClient client) {
		callFirst(client);
		RunnerLines.say("READY");
		RunnerLines.serve(new ClientLoop(client)::command);
	}

	private static void callFirst(BenchClient client) {
		long begun = System.nanoTime();
		while (true) {
			try {
				client.callAndWait(Message.getDefaultInstance());
				return;
			}
			catch (RuntimeException ex) {
				if (System.nanoTime() - begun > FIRST_CALL_NANOS) {
					throw ex;
				}
				pause();
			}
		}
	}

	private static void pause() {
		try {
			Thread.sleep(RETRY_MILLIS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("interrupted", ex);
		}
	}

	private void command(List<String> words) {
		if (words.get(0).equals("RUN")) {
			measure(Scenario.of(words.get(1)), Long.parseLong(words.get(2)), Long.parseLong(words.get(3)));
		}
		else {
			RunnerLines.say("STATS " + ProcessStats.take().addTo(new Fields()));
		}
	}

	private void measure(Scenario scenario, long rampMillis, long millis) {
		Load load = Load.of(scenario, this.client);
		try {
			load.start();
			Thread.sleep(rampMillis);
			ProcessStats begin = ProcessStats.take();
			load.measure();
			RunnerLines.say("BEGIN");
			Thread.sleep(millis);
			RunnerLines.say("END");
			load.stop();
			ProcessStats used = ProcessStats.take().since(begin);
			RunnerLines.say("RESULT " + load.await().addTo(used.addTo(new Fields())));
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("interrupted", ex);
		}
	}

}
