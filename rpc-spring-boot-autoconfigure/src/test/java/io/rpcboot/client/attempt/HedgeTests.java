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

package io.rpcboot.client.attempt;

import io.grpc.ClientCall;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.FakeChannel.FakeCall;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a call with one answer is sent to a second instance, and which answer counts.
 */
class HedgeTests extends AbstractAttemptTests {

	/** Each answer takes 10 ms. */
	@BeforeEach
	void learn() {
		for (int i = 0; i < 100; i++) {
			call(HEDGED);
			FakeCall<?> attempt = this.channel.attempt(i);
			attempt.sent();
			this.time.passMillis(10);
			attempt.answer(Pong.getDefaultInstance());
			attempt.close(Status.OK);
		}
		this.time.passMillis(3_000);
		this.recorder.clear();
		this.channel.attempts.clear();
	}

	@Test
	void whenTheFirstAttemptTakesLongThenASecondInstanceIsAskedAndTheFirstAnswerCounts() {
		call(HEDGED);
		this.channel.attempt(0).sent();
		this.time.passMillis(12);
		FakeCall<?> second = this.channel.attempt(1);
		assertThat(second.steps).containsExactly("start", "request 2", "send", "halfClose");
		assertThat(second.hints().avoided()).containsExactly("p-0");
		assertThat(second.hints().strict()).isTrue();
		assertThat(second.header(RpcMetadata.NO_RETRY)).isEqualTo("1");
		second.answerHeaders();
		second.answer(Pong.getDefaultInstance());
		second.close(Status.OK);
		assertThat(this.channel.attempt(0).isCancelled()).isTrue();
		this.channel.attempt(0).close(Status.CANCELLED);
		assertThat(this.recorder.events).containsExactly("headers", "message", "OK");
		assertThat(this.counters.hedges()).isOne();
		assertThat(this.counters.hedgesWon()).isOne();
	}

	@Test
	void whenTheFirstAttemptAnswersAfterAllThenTheHedgeIsCancelled() {
		call(HEDGED);
		this.channel.attempt(0).sent();
		this.time.passMillis(12);
		this.channel.attempt(0).answer(Pong.getDefaultInstance());
		this.channel.attempt(0).close(Status.OK);
		assertThat(this.channel.attempt(1).isCancelled()).isTrue();
		this.channel.attempt(1).close(Status.CANCELLED);
		assertThat(this.recorder.events).containsExactly("message", "OK");
		assertThat(this.counters.hedgesLost()).isOne();
	}

	@Test
	void whenOneOfBothFailsThenTheOtherCounts() {
		call(HEDGED);
		this.channel.attempt(0).sent();
		this.time.passMillis(12);
		this.channel.attempt(0).fail(UNAVAILABLE);
		assertThat(this.recorder.events).isEmpty();
		this.channel.attempt(1).fail(UNAVAILABLE);
		assertThat(this.recorder.events).containsExactly("UNAVAILABLE");
		assertThat(this.channel.attempts).hasSize(2);
	}

	@Test
	void whenTheHedgeHasFailedThenTheFirstAttemptIsRetriedAsAnyOther() {
		call(HEDGED);
		this.channel.attempt(0).sent();
		this.time.passMillis(12);
		this.channel.attempt(1).fail(OVERLOADED, notExecuted(null));
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(50);
		this.channel.attempt(2).answer(Pong.getDefaultInstance());
		this.channel.attempt(2).close(Status.OK);
		assertThat(this.recorder.events).containsExactly("message", "OK");
	}

	@Test
	void whenTheHedgeIsRefusedThenTheFirstAttemptGoesOn() {
		call(HEDGED);
		this.channel.attempt(0).sent();
		this.time.passMillis(12);
		this.channel.attempt(1).fail(OVERLOADED, notExecuted(null));
		assertThat(this.recorder.events).isEmpty();
		this.channel.attempt(0).answer(Pong.getDefaultInstance());
		this.channel.attempt(0).close(Status.OK);
		assertThat(this.recorder.events).containsExactly("message", "OK");
	}

	@Test
	void whenTheFirstAttemptIsAboutToBeRetriedThenThereIsNoHedge() {
		call(HEDGED);
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(49);
		assertThat(this.channel.attempts).hasSize(1);
		this.time.passMillis(1);
		assertThat(this.channel.attempt(1).hints().strict()).as("a retry").isFalse();
		assertThat(this.counters.hedges()).isZero();
	}

	@Test
	void whenTheCallIsCancelledThenBothAttemptsAre() {
		ClientCall<Ping, Pong> call = call(HEDGED);
		this.channel.attempt(0).sent();
		this.time.passMillis(12);
		call.cancel("enough", null);
		assertThat(this.channel.attempts).allMatch(FakeCall::isCancelled);
		this.channel.attempt(0).close(Status.CANCELLED);
		this.channel.attempt(1).close(Status.CANCELLED);
		assertThat(this.recorder.events).containsExactly("CANCELLED");
	}

	@Test
	void whenTheShareOfHedgesIsUsedUpThenNoneIsSent() {
		for (int i = 0; i < 3; i++) {
			call(HEDGED);
			this.channel.attempt(this.channel.attempts.size() - 1).sent();
			this.time.passMillis(12);
		}
		assertThat(this.counters.hedges()).as("of 103 calls").isOne();
		assertThat(this.counters.hedgesRefused()).isEqualTo(2);
	}

}
