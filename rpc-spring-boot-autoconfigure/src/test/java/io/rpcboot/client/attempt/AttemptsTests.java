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

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where a failing attempt can meet its caller: between any two steps of the call.
 */
class AttemptsTests {

	private static final Status UNSENT = Status.UNAVAILABLE.withDescription("Network closed for unknown reason");

	private static final List<String> STEPS = List.of("start", "request 2", "send", "halfClose");

	private static final Ping PING = Ping.newBuilder().setText("hello").build();

	private final FakeChannel channel = new FakeChannel();

	private final Recorder recorder = new Recorder();

	@ParameterizedTest
	@MethodSource("failures")
	void whenAttemptFailsAfterAnyStepThenTheNextGetsEverythingOnce(MethodDescriptor<Ping, Pong> method, int step) {
		ClientCall<Ping, Pong> call = call(method);
		for (int i = 0; i < STEPS.size(); i++) {
			step(call, i);
			if (i == step) {
				this.channel.attempt(0).close(UNSENT);
			}
		}
		assertThat(this.channel.attempts).hasSize(2);
		assertThat(this.channel.attempt(1).steps).containsExactlyElementsOf(STEPS);
		assertThat(this.recorder.closed).isEmpty();
		this.channel.attempt(1).close(Status.OK);
		assertThat(this.recorder.closed).containsExactly(Status.OK);
	}

	@ParameterizedTest
	@MethodSource("failures")
	void whenCancelledAfterTheFailureThenItIsClosedOnce(MethodDescriptor<Ping, Pong> method, int step) {
		ClientCall<Ping, Pong> call = call(method);
		for (int i = 0; i <= step; i++) {
			step(call, i);
		}
		this.channel.attempt(0).close(UNSENT);
		call.cancel("enough", null);
		if (this.channel.attempts.size() > 1) {
			assertThat(this.channel.attempt(1).steps).endsWith("cancel");
			this.channel.attempt(1).close(Status.CANCELLED);
		}
		assertThat(this.recorder.closed).extracting(Status::getCode).containsExactly(Status.Code.CANCELLED);
	}

	@ParameterizedTest
	@MethodSource("failures")
	void whenCancelledBeforeTheFailureThenItIsNotSentAgain(MethodDescriptor<Ping, Pong> method, int step) {
		ClientCall<Ping, Pong> call = call(method);
		for (int i = 0; i <= step; i++) {
			step(call, i);
		}
		call.cancel("enough", null);
		this.channel.attempt(0).close(UNSENT);
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.recorder.closed).containsExactly(UNSENT);
	}

	@ParameterizedTest
	@MethodSource("methods")
	void whenTheNextAttemptFailsWhileItIsStillReplayedThenTheLastOneIsTheOneToCancel(
			MethodDescriptor<Ping, Pong> method) {
		ClientCall<Ping, Pong> call = call(method);
		for (int i = 0; i < STEPS.size(); i++) {
			step(call, i);
		}
		this.channel.onSend = (attempt) -> {
			this.channel.onSend = (other) -> {
			};
			attempt.close(UNSENT);
		};
		this.channel.attempt(0).close(UNSENT);
		assertThat(this.channel.attempts).hasSize(3);
		assertThat(this.channel.attempt(2).steps).containsExactlyElementsOf(STEPS);
		call.cancel("enough", null);
		assertThat(this.channel.attempt(2).steps).endsWith("cancel");
	}

	@ParameterizedTest
	@MethodSource("methods")
	void whenHeadersWereSentThenItIsNotSentAgain(MethodDescriptor<Ping, Pong> method) {
		ClientCall<Ping, Pong> call = call(method);
		step(call, 0);
		this.channel.attempt(0).sent();
		this.channel.attempt(0).close(UNSENT);
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.recorder.closed).extracting(Status::getCode).containsExactly(Status.Code.UNAVAILABLE);
	}

	@ParameterizedTest
	@MethodSource("methods")
	void whenAttemptsNeverLeaveThenTheCallEndsAfterAThousand(MethodDescriptor<Ping, Pong> method) {
		ClientCall<Ping, Pong> call = call(method);
		for (int i = 0; i < STEPS.size(); i++) {
			step(call, i);
		}
		for (int i = 0; i <= 1000; i++) {
			assertThat(this.recorder.closed).isEmpty();
			this.channel.attempt(i).close(UNSENT);
		}
		assertThat(this.channel.attempts).hasSize(1001);
		assertThat(this.recorder.closed).singleElement()
			.extracting(Status::getDescription)
			.asString()
			.startsWith(UNSENT.getDescription());
	}

	@ParameterizedTest
	@MethodSource("methods")
	void whenNothingFailsThenNoStepIsDoneTwice(MethodDescriptor<Ping, Pong> method) {
		ClientCall<Ping, Pong> call = call(method);
		for (int i = 0; i < STEPS.size(); i++) {
			step(call, i);
		}
		this.channel.attempt(0).close(Status.OK);
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.channel.attempt(0).steps).containsExactlyElementsOf(STEPS);
		assertThat(this.recorder.closed).containsExactly(Status.OK);
	}

	@Test
	void whenTheCallWasNotPickedThenItIsNotSentAgain() {
		this.channel.picks = false;
		ClientCall<Ping, Pong> call = call(EchoGrpc.getUnaryMethod());
		for (int i = 0; i < STEPS.size(); i++) {
			step(call, i);
		}
		this.channel.attempt(0).close(UNSENT);
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.recorder.closed).extracting(Status::getDescription).containsExactly(UNSENT.getDescription());
	}

	static Stream<MethodDescriptor<Ping, Pong>> methods() {
		return Stream.of(EchoGrpc.getUnaryMethod(), EchoGrpc.getServerStreamMethod(), EchoGrpc.getClientStreamMethod(),
				EchoGrpc.getBidiMethod());
	}

	static Stream<Arguments> failures() {
		return methods().flatMap((method) -> Stream.of(0, 1, 2, 3).map((step) -> Arguments.of(method, step)));
	}

	private ClientCall<Ping, Pong> call(MethodDescriptor<Ping, Pong> method) {
		AttemptEngine engine = new AttemptEngine("consumer", false, (headers, options) -> {
		}, (task, delayNanos) -> {
			throw new AssertionError("waits for " + delayNanos);
		});
		return engine.interceptor("echo").interceptCall(method, CallOptions.DEFAULT, this.channel);
	}

	private void step(ClientCall<Ping, Pong> call, int step) {
		switch (step) {
			case 0 -> call.start(this.recorder, new Metadata());
			case 1 -> call.request(2);
			case 2 -> call.sendMessage(PING);
			default -> call.halfClose();
		}
	}

	private static final class Recorder extends ClientCall.Listener<Pong> {

		private final List<Status> closed = new ArrayList<>();

		@Override
		public void onClose(Status status, Metadata trailers) {
			this.closed.add(status);
		}

	}

}
