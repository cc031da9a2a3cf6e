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

/**
 * What a server's process does once it serves: {@code STATS} tells what it has used.
 */
public final class ServerLoop {

	private ServerLoop() {
	}

	/**
	 * Tells the runner the port, and answers until the input ends.
	 * @param port where the server listens
	 * @param handler counts what streams from clients bring
	 */
	public static void run(int port, Handler handler) {
		RunnerLines.say("READY " + new Fields().with("port", port));
		RunnerLines.serve((command) -> RunnerLines.say("STATS " + ProcessStats.take()
			.addTo(new Fields().with("received", handler.received()).with("handled", handler.handled()))));
	}

}
