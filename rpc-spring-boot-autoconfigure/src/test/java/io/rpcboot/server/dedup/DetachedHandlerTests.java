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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DetachedHandler}: what the service is told, and when.
 */
class DetachedHandlerTests {

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final List<String> events = new ArrayList<>();

	private final List<Status> answers = new ArrayList<>();

	private final Queue<Runnable> expiries = new ArrayDeque<>();

	private Context context = Context.ROOT;

	@AfterEach
	void close() {
		this.timer.shutdownNow();
	}

	@Test
	void whenTheServiceAnswersThenItIsToldAllInOrder() {
		start(handler(60), () -> {
		});
		assertThat(this.events).containsExactly("onReady", "onMessage", "onHalfClose", "onComplete");
		assertThat(this.answers).extracting(Status::getCode).containsExactly(Status.Code.OK);
		assertThat(this.context.isCancelled()).isTrue();
	}

	@Test
	void whenTheTimeEndsWhileTheCallIsStartedThenTheServiceIsNotRunAnyMore() {
		start(handler(-1), () -> this.expiries.remove().run());
		assertThat(this.answers).extracting(Status::getCode).containsExactly(Status.Code.DEADLINE_EXCEEDED);
		assertThat(this.events).containsExactly("onCancel");
	}

	@Test
	void whenTheAnswerCannotBeTakenThenTheCallEndsAllTheSame() {
		DetachedHandler<Ping, Pong> failing = new DetachedHandler<>(new TestCall(), Ping.getDefaultInstance(),
				Deadline.after(60, TimeUnit.SECONDS), this.timer, (answer) -> {
					throw new StackOverflowError("thrown by the test");
				});
		start(failing, () -> {
		});
		assertThat(this.events).containsExactly("onReady", "onMessage", "onHalfClose", "onComplete");
		assertThat(this.context.isCancelled()).isTrue();
	}

	private DetachedHandler<Ping, Pong> handler(long seconds) {
		return new DetachedHandler<>(new TestCall(), Ping.getDefaultInstance(),
				Deadline.after(seconds, TimeUnit.SECONDS), this.timer, (answer) -> this.answers.add(answer.status()));
	}

	private void start(DetachedHandler<Ping, Pong> handler, Runnable whileStarting) {
		handler.start((call) -> {
			this.context = Context.current();
			call.request(2);
			whileStarting.run();
			return new AnsweringListener(call);
		}, this.expiries::add);
	}

	private final class AnsweringListener extends ServerCall.Listener<Ping> {

		private final ServerCall<Ping, Pong> call;

		AnsweringListener(ServerCall<Ping, Pong> call) {
			this.call = call;
		}

		@Override
		public void onReady() {
			DetachedHandlerTests.this.events.add("onReady");
		}

		@Override
		public void onMessage(Ping message) {
			DetachedHandlerTests.this.events.add("onMessage");
		}

		@Override
		public void onHalfClose() {
			DetachedHandlerTests.this.events.add("onHalfClose");
			this.call.close(Status.OK, new Metadata());
		}

		@Override
		public void onCancel() {
			DetachedHandlerTests.this.events.add("onCancel");
		}

		@Override
		public void onComplete() {
			DetachedHandlerTests.this.events.add("onComplete");
		}

	}

}
