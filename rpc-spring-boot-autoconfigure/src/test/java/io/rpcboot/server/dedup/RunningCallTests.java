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

package io.rpcboot.server.dedup;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RunningCall}: who waits for a call.
 */
class RunningCallTests {

	private static final Answer<Pong> ANSWER = Answer.of(Status.NOT_FOUND);

	private final AtomicInteger unattended = new AtomicInteger();

	private final Call first = new Call();

	private final Attempt<Ping, Pong> firstAttempt = new Attempt<>(this.first, Context.ROOT);

	private final RunningCall<Pong> running = new RunningCall<>("f", 0, this.firstAttempt, this.unattended::addAndGet);

	@Test
	void whenItEndsThenAllWhoWaitAreAnsweredOnceAndThoseWhoComeLaterAtOnce() {
		Call second = new Call();
		assertThat(this.running.join(new Attempt<>(second, Context.ROOT))).isTrue();
		this.running.end(ANSWER);
		Call third = new Call();
		assertThat(this.running.join(new Attempt<>(third, Context.ROOT))).isTrue();
		assertThat(this.first.answers).hasValue(1);
		assertThat(second.answers).hasValue(1);
		assertThat(third.answers).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenOneWhoWaitsThrowsThenTheOthersAreAnswered(boolean error) {
		this.first.failing = !error;
		this.first.failingBadly = error;
		Call second = new Call();
		this.running.join(new Attempt<>(second, Context.ROOT));
		this.running.end(ANSWER);
		assertThat(second.answers).hasValue(1);
	}

	@Test
	void whenNobodyWaitsThenItIsUnattendedUntilSomebodyDoesOrItEnds() {
		this.running.leave(this.firstAttempt);
		assertThat(this.unattended).hasValue(1);
		Attempt<Ping, Pong> second = new Attempt<>(new Call(), Context.ROOT);
		this.running.join(second);
		assertThat(this.unattended).hasValue(0);
		this.running.leave(second);
		assertThat(this.unattended).hasValue(1);
		this.running.end(ANSWER);
		assertThat(this.unattended).hasValue(0);
		this.running.leave(second);
		assertThat(this.unattended).hasValue(0);
		assertThat(this.first.answers).hasValue(0);
	}

	@Test
	void whenTooManyWaitThenNoMoreMay() {
		for (int i = 1; i < RunningCall.MAX_ATTEMPTS; i++) {
			assertThat(this.running.join(new Attempt<>(new Call(), Context.ROOT))).isTrue();
		}
		assertThat(this.running.join(new Attempt<>(new Call(), Context.ROOT))).isFalse();
		this.running.leave(this.firstAttempt);
		assertThat(this.running.join(new Attempt<>(new Call(), Context.ROOT))).isTrue();
	}

	private static final class Call extends ServerCall<Ping, Pong> {

		private final AtomicInteger answers = new AtomicInteger();

		private boolean failing;

		private boolean failingBadly;

		@Override
		public void request(int messages) {
		}

		@Override
		public void sendHeaders(Metadata headers) {
		}

		@Override
		public void sendMessage(Pong message) {
		}

		@Override
		public void close(Status status, Metadata trailers) {
			if (this.failingBadly) {
				throw new AssertionError("by the test");
			}
			if (this.failing) {
				throw new IllegalStateException("by the test");
			}
			assertThat(status).isEqualTo(Status.NOT_FOUND);
			this.answers.incrementAndGet();
		}

		@Override
		public boolean isCancelled() {
			return false;
		}

		@Override
		public MethodDescriptor<Ping, Pong> getMethodDescriptor() {
			return EchoGrpc.getUnaryMethod();
		}

	}

}
