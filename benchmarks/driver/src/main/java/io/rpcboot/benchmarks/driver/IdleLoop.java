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
 * What a process does that is only started: {@code STATS} tells what it has used,
 * {@code FOOTPRINT} what it holds.
 */
public final class IdleLoop {

	private IdleLoop() {
	}

	/**
	 * Tells the runner that the process is ready, and answers until the input ends.
	 * @param ready what there is to say, moments by {@link System#nanoTime()}, which on
	 * Linux is one clock for all processes
	 */
	public static void run(Fields ready) {
		RunnerLines.say("READY " + ready);
		RunnerLines.serve((command) -> {
			String question = command.get(0);
			RunnerLines.say(question + " " + (question.equals("FOOTPRINT") ? Footprint.take().addTo(new Fields())
					: ProcessStats.take().addTo(new Fields())));
		});
	}

}
