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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.grpc.Context;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Arrivals}: an attempt that is turned away carries the mark of a call
 * that did not run only if that is certain.
 */
class ArrivalsTests {

	private static final RequestKey KEY = new RequestKey("shop", "c-1", "r-1");

	private static final Duration LONG = Duration.ofSeconds(60);

	private final FakeTime time = new FakeTime();

	private final DeduplicationThreads threads = new DeduplicationThreads();

	private boolean away;

	private final Arrivals arrivals = new Arrivals(new Ledger(new UnsteadyStore(), "here", this.time), new Host(),
			this.threads, LONG);

	@AfterEach
	void close() {
		this.threads.close();
	}

	@Test
	void whenTheStoreCannotSayThenTheAnswerDoesNotSayThatTheCallDidNotRun() {
		this.away = true;
		assertUnmarked(take(), Status.Code.UNAVAILABLE);
	}

	@Test
	void whenTooManyAttemptsWaitThenTheAnswerDoesNotSayThatTheCallDidNotRun() {
		for (int i = 0; i < RunningCall.MAX_ATTEMPTS; i++) {
			assertThat(take().status).isNull();
		}
		assertUnmarked(take(), Status.Code.RESOURCE_EXHAUSTED);
	}

	@Test
	void whenACallWasKnownByItsHeadersAndIsNotAnyMoreThenTheAnswerDoesNotSayThatItDidNotRun() throws Exception {
		TestCall call = new TestCall();
		CompletableFuture.runAsync(() -> take(call), this.threads.answers()).get();
		assertUnmarked(call, Status.Code.UNAVAILABLE);
	}

	private static void assertUnmarked(TestCall call, Status.Code code) {
		assertThat(call.status).isNotNull();
		assertThat(call.status.getCode()).isEqualTo(code);
		assertThat(call.status.getCause()).isNull();
	}

	private TestCall take() {
		TestCall call = new TestCall();
		take(call);
		return call;
	}

	private void take(TestCall call) {
		this.arrivals.<Ping, Pong>take(KEY, null, false, new Attempt<>(call, Context.current()),
				Ping.getDefaultInstance(), (detached) -> new ServerCall.Listener<>() {
				});
	}

	private static final class Host implements DeduplicationHost {

		@Override
		public String instanceId() {
			return "here";
		}

		@Override
		public Status notExecuted(Status status) {
			return status.withCause(new IllegalStateException("marked"));
		}

		@Override
		public boolean isNotExecuted(Status status) {
			return status.getCause() != null;
		}

		@Override
		public void unattended(int change) {
			// Nobody drains.
		}

	}

	private final class UnsteadyStore implements DeduplicationStore {

		@Override
		public boolean isKnown(RequestKey key) {
			return false;
		}

		@Override
		public RecordedCall find(RequestKey key) {
			if (ArrivalsTests.this.away) {
				throw new IllegalStateException("away");
			}
			return null;
		}

		@Override
		public void record(RequestKey key, RecordedCall call, Duration age) {
			// Nothing is found again.
		}

		@Override
		public void acknowledge(RequestKey key) {
			// Nothing is found again.
		}

		@Override
		public boolean remembers(Duration age) {
			return true;
		}

	}

}
