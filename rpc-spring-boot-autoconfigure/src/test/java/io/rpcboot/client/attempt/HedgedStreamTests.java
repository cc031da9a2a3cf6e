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
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.FakeChannel.FakeCall;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a stream of answers is asked of a second instance, and whose messages reach the
 * caller.
 */
class HedgedStreamTests extends AbstractAttemptTests {

	/** The first message of each stream takes 10 ms, and its end 100 ms more. */
	@BeforeEach
	void learn() {
		for (int i = 0; i < 100; i++) {
			call(3);
			FakeCall<?> attempt = this.channel.attempt(i);
			attempt.sent();
			this.time.passMillis(10);
			attempt.answer(pong("x"));
			this.time.passMillis(100);
			attempt.close(Status.OK);
		}
		this.time.passMillis(3_000);
		this.recorder.clear();
		this.channel.attempts.clear();
	}

	@Test
	void whenTheFirstMessageTakesLongThenASecondInstanceIsAsked() {
		call(5);
		this.channel.attempt(0).sent();
		this.time.passMillis(9);
		assertThat(this.channel.attempts).hasSize(1);
		this.time.passMillis(3);
		FakeCall<?> second = this.channel.attempt(1);
		assertThat(second.steps).containsExactly("start", "request 1", "send", "halfClose");
		assertThat(second.hints().avoided()).containsExactly("p-0");
		assertThat(second.hints().strict()).isTrue();
		assertThat(second.header(RpcMetadata.NO_RETRY)).isEqualTo("1");
		assertThat(this.counters.hedges()).isOne();
	}

	@Test
	void whoeverSendsTheFirstMessageCountsAndNothingOfTheOtherReachesTheCaller() {
		hedge(5);
		this.channel.attempt(0).answerHeaders();
		assertThat(this.recorder.events).isEmpty();
		this.channel.attempt(1).answerHeaders();
		this.channel.attempt(1).answer(pong("second 1"));
		assertThat(this.channel.attempt(0).isCancelled()).isTrue();
		this.channel.attempt(0).answer(pong("first 1"));
		this.channel.attempt(1).answer(pong("second 2"));
		this.channel.attempt(0).close(Status.CANCELLED);
		this.channel.attempt(1).close(Status.OK);
		assertThat(this.recorder.events).containsExactly("headers", "second 1", "second 2", "OK");
		assertThat(this.counters.hedgesWon()).isOne();
	}

	@Test
	void whenTheFirstAttemptAnswersAfterAllThenTheHedgeIsCancelled() {
		hedge(5);
		this.channel.attempt(0).answer(pong("first"));
		assertThat(this.channel.attempt(1).isCancelled()).isTrue();
		this.channel.attempt(1).close(Status.CANCELLED);
		this.channel.attempt(0).close(UNAVAILABLE);
		assertThat(this.recorder.events).containsExactly("first", "UNAVAILABLE");
		assertThat(this.counters.hedgesLost()).isOne();
	}

	@Test
	void anEmptyStreamIsAnAnswerToo() {
		hedge(5);
		this.channel.attempt(1).close(Status.OK);
		assertThat(this.channel.attempt(0).isCancelled()).isTrue();
		this.channel.attempt(0).close(Status.CANCELLED);
		assertThat(this.recorder.events).containsExactly("OK");
	}

	@Test
	void eachIsAskedForOneMessageAndTheWinnerForTheRestOnce() {
		ClientCall<Ping, Pong> call = hedge(5);
		call.request(3);
		assertThat(this.channel.attempt(0).steps).containsExactly("start", "request 1", "send", "halfClose");
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "request 1", "send", "halfClose");
		this.channel.attempt(1).answer(pong("second"));
		call.request(2);
		assertThat(this.channel.attempt(1).steps).endsWith("halfClose", "request 7", "request 2");
		assertThat(this.channel.attempt(0).steps).endsWith("halfClose", "cancel");
	}

	@Test
	void whenThereIsNoHedgeThenTheFirstMessageBringsTheRestOfTheRequest() {
		ClientCall<Ping, Pong> call = call(5);
		this.channel.attempt(0).answer(pong("first"));
		call.request(2);
		assertThat(this.channel.attempt(0).steps).containsExactly("start", "request 1", "send", "halfClose",
				"request 4", "request 2");
	}

	@Test
	void whenNothingIsAskedForThenThereIsNoHedge() {
		ClientCall<Ping, Pong> call = call(0);
		this.channel.attempt(0).sent();
		this.time.passMillis(100);
		assertThat(this.channel.attempts).hasSize(1);
		call.request(2);
		assertThat(this.channel.attempt(0).steps).endsWith("halfClose", "request 1");
	}

	@Test
	void whenTheHedgeIsRefusedThenTheFirstAttemptGoesOn() {
		hedge(5);
		this.channel.attempt(1).fail(OVERLOADED, notExecuted("-1"));
		assertThat(this.recorder.events).isEmpty();
		this.channel.attempt(0).answer(pong("first"));
		this.channel.attempt(0).close(Status.OK);
		assertThat(this.recorder.events).containsExactly("first", "OK");
		assertThat(this.channel.attempts).hasSize(2);
	}

	@Test
	void whenBothFailThenTheLastFailureIsTold() {
		hedge(5);
		this.channel.attempt(0).fail(Status.INTERNAL);
		this.channel.attempt(1).fail(UNAVAILABLE);
		assertThat(this.recorder.events).containsExactly("UNAVAILABLE");
		assertThat(this.recorder.status().getDescription()).isEqualTo(
				"io exception [1 attempt in 1 ms: UNAVAILABLE at p-1; not retried: no more attempts are allowed]");
		assertThat(this.channel.attempts).hasSize(2);
	}

	@Test
	void whenTheApplicationSaysNoThenThatIsTheAnswer() {
		hedge(5);
		this.channel.attempt(1).fail(Status.NOT_FOUND);
		assertThat(this.channel.attempt(0).isCancelled()).isTrue();
		this.channel.attempt(0).close(Status.CANCELLED);
		assertThat(this.recorder.events).containsExactly("NOT_FOUND");
	}

	@Test
	void whenTheFirstAttemptFailsBeforeThenItIsRetriedAndNotHedged() {
		call(5);
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(50);
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "request 1", "send", "halfClose");
		assertThat(this.channel.attempt(1).hints().strict()).isFalse();
		assertThat(this.counters.hedges()).isZero();
	}

	@Test
	void whenTheStreamIsOldThenItIsNotHedgedAnyMore() {
		call(5);
		this.channel.attempt(0).answer(pong("first"));
		this.time.passMillis(1_000);
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.time.waiting()).isZero();
	}

	@Test
	void whenTheCallIsCancelledThenBothAttemptsAreAndOneEndIsTold() {
		ClientCall<Ping, Pong> call = hedge(5);
		call.cancel("enough", null);
		assertThat(this.channel.attempts).allMatch(FakeCall::isCancelled);
		this.channel.attempt(0).close(Status.CANCELLED);
		this.channel.attempt(1).close(Status.CANCELLED);
		assertThat(this.recorder.events).containsExactly("CANCELLED");
	}

	@Test
	void whenTheShareOfHedgesIsUsedUpThenNoneIsSent() {
		for (int i = 0; i < 3; i++) {
			call(5);
			this.channel.attempt(this.channel.attempts.size() - 1).sent();
			this.time.passMillis(12);
		}
		assertThat(this.counters.hedges()).as("of 103 calls").isOne();
		assertThat(this.counters.hedgesRefused()).isEqualTo(2);
	}

	@Test
	void whenThereAreSeveralRequestsThenThereIsNoHedge() {
		call(EchoGrpc.getBidiMethod(), 5);
		this.channel.attempt(0).sent();
		this.time.passMillis(100);
		assertThat(this.channel.attempts).hasSize(1);
	}

	private ClientCall<Ping, Pong> hedge(int messages) {
		ClientCall<Ping, Pong> call = call(messages);
		this.channel.attempt(0).sent();
		this.time.passMillis(12);
		assertThat(this.channel.attempts).hasSize(2);
		return call;
	}

	private ClientCall<Ping, Pong> call(int messages) {
		return call(EchoGrpc.getServerStreamMethod(), messages);
	}

	private ClientCall<Ping, Pong> call(MethodDescriptor<Ping, Pong> method, int messages) {
		ClientCall<Ping, Pong> call = started(method, options(HEDGED));
		if (messages > 0) {
			call.request(messages);
		}
		call.sendMessage(Ping.getDefaultInstance());
		call.halfClose();
		return call;
	}

	private static Pong pong(String text) {
		return Pong.newBuilder().setText(text).build();
	}

}
