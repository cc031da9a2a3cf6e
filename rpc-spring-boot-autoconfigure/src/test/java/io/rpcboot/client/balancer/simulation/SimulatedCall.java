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

package io.rpcboot.client.balancer.simulation;

import java.util.function.Consumer;

import io.rpcboot.client.balancer.policy.Outcome;

/**
 * One call, which ends once.
 */
final class SimulatedCall {

	private final long workNanos;

	private final boolean poisoned;

	private final long deadline;

	private final Consumer<Outcome> onEnd;

	private boolean ended;

	/**
	 * Creates a call.
	 * @param workNanos how long a healthy server works at it
	 * @param poisoned whether the server answers with a failure, as any other would
	 * @param deadline until when its caller waits
	 * @param onEnd is told when it ends
	 */
	SimulatedCall(long workNanos, boolean poisoned, long deadline, Consumer<Outcome> onEnd) {
		this.workNanos = workNanos;
		this.poisoned = poisoned;
		this.deadline = deadline;
		this.onEnd = onEnd;
	}

	long workNanos() {
		return this.workNanos;
	}

	long deadline() {
		return this.deadline;
	}

	boolean hasEnded() {
		return this.ended;
	}

	void finish() {
		end(this.poisoned ? Outcome.FAILURE : Outcome.ANSWER);
	}

	void fail() {
		end(Outcome.FAILURE);
	}

	private void end(Outcome outcome) {
		if (!this.ended) {
			this.ended = true;
			this.onEnd.accept(outcome);
		}
	}

}
