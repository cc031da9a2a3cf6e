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

package io.rpcboot.client.fallback;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fallbacks that throw while they are asked, and how fallbacks are counted.
 */
class FallbackCallTests {

	private final IllegalStateException broken = new IllegalStateException("broken");

	private final List<Status> closed = new ArrayList<>();

	private final FallbackCounts counts = new FallbackCounts();

	@ParameterizedTest
	@CsvSource({ "newCall, false", "newCall, true", "start, false", "start, true", "request, false",
			"sendMessage, true", "halfClose, false" })
	void whenTheFallbackThrowsThenTheCallEndsOnceWithWhatItThrew(String step, boolean completedLate) {
		FakeCall first = new FakeCall(null);
		FakeCall second = new FakeCall(step);
		FallbackCall<Ping, Pong> call = start(first, second);
		call.request(2);
		call.sendMessage(Ping.getDefaultInstance());
		if (!completedLate) {
			call.halfClose();
		}
		first.close(Status.UNAVAILABLE);
		if (completedLate) {
			call.halfClose();
		}
		assertThat(this.closed).singleElement().satisfies((status) -> {
			assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
			assertThat(status.getCause()).hasCause(this.broken);
		});
		assertThat(second.cancelled).isEqualTo(!step.equals("newCall") && !step.equals("start"));
		call.cancel("late", null);
		assertThat(this.closed).hasSize(1);
		assertCounts(0, 1);
	}

	@Test
	void whenTheFallbackAnswersThenItIsCounted() {
		FakeCall first = new FakeCall(null);
		FakeCall second = new FakeCall(null);
		start(first, second).halfClose();
		first.close(Status.UNAVAILABLE);
		assertCounts(0, 0);
		second.close(Status.OK);
		assertThat(this.closed).containsExactly(Status.OK);
		assertCounts(1, 0);
	}

	@Test
	void whenTheCallFailsOtherwiseOrNotAtAllThenNoFallbackIsCounted() {
		for (Status end : List.of(Status.OK, Status.NOT_FOUND)) {
			FakeCall first = new FakeCall(null);
			start(first, new FakeCall(null)).halfClose();
			first.close(end);
		}
		assertThat(this.closed).containsExactly(Status.OK, Status.NOT_FOUND);
		assertCounts(0, 0);
	}

	@Test
	void whenTheCallIsGivenUpWhileTheFallbackAnswersThenThatIsNoFailure() {
		FakeCall first = new FakeCall(null);
		FakeCall second = new FakeCall(null);
		FallbackCall<Ping, Pong> call = start(first, second);
		call.halfClose();
		first.close(Status.UNAVAILABLE);
		call.cancel("given up", null);
		assertThat(this.closed).singleElement().extracting(Status::getCode).isEqualTo(Status.Code.CANCELLED);
		assertCounts(0, 0);
	}

	private FallbackCall<Ping, Pong> start(FakeCall first, FakeCall second) {
		FallbackCall<Ping, Pong> call = new FallbackCall<>(EchoGrpc.getUnaryMethod(), CallOptions.DEFAULT, first,
				new FallbackRule("orders", "cache", new FakeTarget(second), Set.of(Status.Code.UNAVAILABLE),
						this.counts));
		call.start(new ClientCall.Listener<>() {
			@Override
			public void onClose(Status status, Metadata trailers) {
				FallbackCallTests.this.closed.add(status);
			}
		}, new Metadata());
		return call;
	}

	private void assertCounts(long answered, long failed) {
		assertThat(this.counts.answered()).isEqualTo(answered);
		assertThat(this.counts.failed()).isEqualTo(failed);
	}

	private final class FakeTarget implements FallbackTarget {

		private final FakeCall call;

		FakeTarget(FakeCall call) {
			this.call = call;
		}

		@Override
		public boolean serves(MethodDescriptor<?, ?> method) {
			return true;
		}

		@Override
		@SuppressWarnings("unchecked")
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options, Status failure) {
			this.call.reach("newCall");
			return (ClientCall<Q, A>) this.call;
		}

	}

	/**
	 * Throws at one step, and ends when it is cancelled.
	 */
	private final class FakeCall extends ClientCall<Ping, Pong> {

		private final @Nullable String throwing;

		private @Nullable Listener<Pong> listener;

		private boolean cancelled;

		FakeCall(@Nullable String throwing) {
			this.throwing = throwing;
		}

		void reach(String step) {
			if (step.equals(this.throwing)) {
				throw FallbackCallTests.this.broken;
			}
		}

		void close(Status status) {
			this.listener.onClose(status, new Metadata());
		}

		@Override
		public void start(Listener<Pong> newListener, Metadata headers) {
			this.listener = newListener;
			reach("start");
		}

		@Override
		public void request(int messages) {
			reach("request");
		}

		@Override
		public void cancel(@Nullable String message, @Nullable Throwable cause) {
			if (!this.cancelled) {
				this.cancelled = true;
				close(Status.CANCELLED.withDescription(message).withCause(cause));
			}
		}

		@Override
		public void halfClose() {
			reach("halfClose");
		}

		@Override
		public void sendMessage(Ping message) {
			reach("sendMessage");
		}

	}

}
