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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the end of an attempt says of its instance.
 */
class CallOutcomeTests {

	private static final Status REFUSED = Status.UNAVAILABLE
		.withDescription("RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM");

	private static final Status LEFT_OUT = Status.UNAVAILABLE
		.withDescription("Abrupt GOAWAY closed sent stream. HTTP/2 error code: NO_ERROR");

	@Test
	void aStreamThatIsRefusedUnseenIsARefusal() {
		assertThat(CallOutcome.of(REFUSED, false, false)).isEqualTo(Outcome.REFUSAL);
		assertThat(CallOutcome.of(REFUSED, true, false)).as("after an answer").isEqualTo(Outcome.FAILURE);
	}

	@Test
	void aStreamThatAGoAwayLeavesOutSaysNothing() {
		assertThat(CallOutcome.of(LEFT_OUT, false, false)).isEqualTo(Outcome.NOTHING);
		assertThat(CallOutcome.of(LEFT_OUT, true, false)).as("in the words of a server").isEqualTo(Outcome.FAILURE);
	}

	@ParameterizedTest
	@EnumSource(Status.Code.class)
	void whatTheServerDidNotExecuteIsARefusalWhateverItsStatus(Status.Code code) {
		assertThat(CallOutcome.of(code.toStatus(), true, true)).isEqualTo(Outcome.REFUSAL);
	}

	@ParameterizedTest
	@EnumSource(Status.Code.class)
	void theRestGoesByTheStatus(Status.Code code) {
		Outcome expected = switch (code) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN -> Outcome.FAILURE;
			case CANCELLED -> Outcome.NOTHING;
			default -> Outcome.ANSWER;
		};
		assertThat(CallOutcome.of(code.toStatus(), true, false)).isEqualTo(expected);
	}

}
