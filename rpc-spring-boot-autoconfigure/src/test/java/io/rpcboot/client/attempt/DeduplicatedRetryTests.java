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

import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.AttemptPolicy.Deduplication;
import io.rpcboot.client.attempt.CallReport.Reason;
import io.rpcboot.client.attempt.FakeChannel.FakeCall;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where calls are sent again that a server knows by their id, and what it is told of
 * their answers.
 */
class DeduplicatedRetryTests extends AbstractAttemptTests {

	@Test
	void deduplicatedCallsHaveAnIdAndGoBackToTheSameInstance() {
		call(DEDUPLICATED);
		FakeCall<?> first = this.channel.attempt(0);
		String id = first.header(RpcMetadata.REQUEST_ID);
		assertThat(id).hasSize(36);
		assertThat(first.header(RpcMetadata.CLIENT_ID)).hasSize(36);
		assertThat(first.header(RpcMetadata.ATTEMPT)).isNull();
		first.fail(UNAVAILABLE);
		this.time.passMillis(50);
		FakeCall<?> second = this.channel.attempt(1);
		assertThat(second.header(RpcMetadata.REQUEST_ID)).isEqualTo(id);
		assertThat(second.header(RpcMetadata.ATTEMPT)).isEqualTo("2;50;p-0");
		assertThat(second.header(RpcMetadata.SAME_INSTANCE)).isEqualTo("1");
		assertThat(second.hints().preferred()).isEqualTo("p-0");
		assertThat(second.hints().strict()).isTrue();
		second.fail(UNAVAILABLE);
		this.time.passMillis(100);
		this.channel.attempt(2).fail(UNAVAILABLE);
		assertThat(this.recorder.status().getDescription()).endsWith("; it may have run]");
	}

	@Test
	void whenADeduplicatedCallMayRunElsewhereThenTheSameInstanceIsOnlyPreferred() {
		call(policy(false, Deduplication.ANY_INSTANCE, null));
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(50);
		assertThat(this.channel.attempt(1).hints().preferred()).isEqualTo("p-0");
		assertThat(this.channel.attempt(1).hints().strict()).isFalse();
		assertThat(this.channel.attempt(1).header(RpcMetadata.ATTEMPT)).isEqualTo("2;50;p-0");
		assertThat(this.channel.attempt(1).header(RpcMetadata.SAME_INSTANCE)).isNull();
	}

	@Test
	void whenADeduplicatedCallSurelyDidNotRunThenItGoesElsewhereAsIfItWereTheFirst() {
		call(DEDUPLICATED);
		this.channel.attempt(0).fail(OVERLOADED, notExecuted(null));
		this.time.passMillis(50);
		FakeCall<?> second = this.channel.attempt(1);
		assertThat(second.hints().avoided()).containsExactly("p-0");
		assertThat(second.header(RpcMetadata.ATTEMPT)).isEqualTo("2;50;");
		second.fail(UNAVAILABLE);
		this.time.passMillis(100);
		assertThat(this.channel.attempt(2).hints().preferred()).isEqualTo("p-1");
		assertThat(this.channel.attempt(2).header(RpcMetadata.ATTEMPT)).isEqualTo("3;150;p-1");
	}

	@Test
	void whenADeduplicatedCallMayHaveRunThenItAwaitsItsInstanceAsLongAsThereIsTime() {
		call(DEDUPLICATED);
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.channel.picks = false;
		for (int attempt = 1; attempt < 20; attempt++) {
			this.time.passMillis(1_000);
			this.channel.attempt(attempt).close(UNAVAILABLE);
		}
		this.channel.picks = true;
		this.time.passMillis(1_000);
		this.channel.attempt(20).answerHeaders();
		this.channel.attempt(20).answer(Pong.getDefaultInstance());
		this.channel.attempt(20).close(Status.OK);
		assertThat(this.recorder.events).containsExactly("headers", "message", "OK");
	}

	@Test
	void whenTheInstanceOfADeduplicatedCallHasGoneThenItIsAwaitedForTheAttemptsThatAreAllowed() {
		Status gone = UNAVAILABLE.withDescription("The only instance that this attempt may go to has gone");
		call(DEDUPLICATED);
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.channel.picks = false;
		this.time.passMillis(50);
		this.channel.attempt(1).close(gone);
		assertThat(this.recorder.events).isEmpty();
		this.time.passMillis(100);
		this.channel.attempt(2).close(gone);
		assertThat(this.recorder.reason()).isEqualTo(Reason.INSTANCE_GONE);
		assertThat(this.recorder.status().getDescription()).endsWith("it may have run]");
	}

	@Test
	void whenTheConnectionIsCutBetweenTheAnswerAndItsStatusThenTheNextAttemptGetsBoth() {
		call(DEDUPLICATED);
		this.channel.attempt(0).answerHeaders();
		this.channel.attempt(0).answer(Pong.newBuilder().setText("first").build());
		assertThat(this.recorder.events).isEmpty();
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(50);
		this.channel.attempt(1).answerHeaders();
		this.channel.attempt(1).answer(Pong.newBuilder().setText("replayed").build());
		this.channel.attempt(1).close(Status.OK);
		assertThat(this.recorder.events).containsExactly("headers", "replayed", "OK");
	}

	@Test
	void whenAnAnswerHasArrivedThenItsInstanceIsToldWithTheNextCall() {
		call(DEDUPLICATED);
		String id = this.channel.attempt(0).header(RpcMetadata.REQUEST_ID);
		this.channel.attempt(0).sent();
		this.channel.attempt(0).answer(Pong.getDefaultInstance());
		this.channel.attempt(0).close(Status.OK);
		call(DEDUPLICATED);
		assertThat(this.channel.attempt(1).header(RpcMetadata.ACK)).as("another instance").isNull();
		this.channel.attempt(1).fail(UNAVAILABLE);
		Acks acks = this.engine.target("echo").acks();
		Metadata headers = new Metadata();
		acks.addTo(headers, "p-0");
		assertThat(headers.get(RpcMetadata.ACK)).isEqualTo(id);
	}

	@Test
	void acknowledgementsAreBounded() {
		Acks acks = new Acks();
		for (int instance = 0; instance <= Acks.MOST_INSTANCES; instance++) {
			for (int i = 0; i <= Acks.MOST_OF_AN_INSTANCE; i++) {
				acks.answered("p-" + instance, "" + i);
			}
		}
		Metadata headers = new Metadata();
		acks.addTo(headers, "p-0");
		assertThat(headers.get(RpcMetadata.ACK)).as("the one that was not heard of longest").isNull();
		acks.addTo(headers, "p-1");
		assertThat(headers.get(RpcMetadata.ACK).split(",")).hasSize(Acks.MOST_IN_A_HEADER).startsWith("1", "2");
		acks.addTo(headers, "p-1");
		assertThat(headers.getAll(RpcMetadata.ACK)).hasSize(1);
	}

}
