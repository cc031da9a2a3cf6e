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

package io.rpcboot.client.balancer;

import io.grpc.Status;
import io.rpcboot.client.balancer.policy.Outcome;

/**
 * The one table of what a status says of the instance that a call was sent to.
 */
final class CallOutcome {

	private CallOutcome() {
	}

	/**
	 * Judges an attempt.
	 * @param status how it ended
	 * @param answered whether the instance sent anything
	 * @param refused whether the reply says that no code of the service ran
	 * @return the outcome
	 */
	static Outcome of(Status status, boolean answered, boolean refused) {
		if (refused || (!answered && NotExecuted.isRefusedStream(status))) {
			return Outcome.REFUSAL;
		}
		if (!answered && NotExecuted.isUnprocessed(status)) {
			// The connection closes in good order; the next one takes calls.
			return Outcome.NOTHING;
		}
		return switch (status.getCode()) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN -> Outcome.FAILURE;
			case CANCELLED -> Outcome.NOTHING;
			default -> Outcome.ANSWER;
		};
	}

}
