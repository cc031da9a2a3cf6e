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

package io.rpcboot.dispatch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocalThread;
import io.rpcboot.testing.echo.Ping;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link WriteWindow}.
 */
class WriteWindowTests {

	private static final Ping KILOBYTE = Ping.newBuilder().setText("x".repeat(1021)).build();

	private final SettableTarget target = new SettableTarget();

	private final WriteWindow window = new WriteWindow(4096, this.target);

	@Test
	void whenTheWindowIsNotFullThenTheTransportIsNotEvenAsked() {
		assertThat(KILOBYTE.getSerializedSize()).isEqualTo(1024);
		send(4);
		assertThat(this.target.asked).hasValue(0);
		this.target.ready.set(true);
		send(4);
		assertThat(this.target.asked).hasValue(1);
	}

	@Test
	void whenTheWindowIsFullThenTheWriterWaitsUntilTheTransportIsReady() {
		send(4);
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> send(1), newThread());
		awaitLooks(5);
		assertThat(writer).isNotDone();
		this.target.ready.set(true);
		writer.orTimeout(10, TimeUnit.SECONDS).join();
	}

	@Test
	void whenTheTargetIsOverThenTheWriterWaitsNoMore() {
		send(4);
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> send(1), newThread());
		awaitLooks(5);
		this.target.over.set(true);
		this.window.wake();
		writer.orTimeout(10, TimeUnit.SECONDS).join();
	}

	@Test
	void whenTheSizeOfMessagesIsUnknownThenEachIsLookedAt() {
		this.target.ready.set(true);
		for (int i = 0; i < 5; i++) {
			this.window.awaitRoom("text");
		}
		assertThat(this.target.asked).hasValue(4);
	}

	@Test
	void whenTheThreadIsAnEventLoopsThenItDoesNotWait() {
		CompletableFuture.runAsync(() -> send(20), (task) -> new FastThreadLocalThread(task).start())
			.orTimeout(10, TimeUnit.SECONDS)
			.join();
	}

	@Test
	void whenTheTaskRunsUnboundedThenItDoesNotWait() {
		WriteWindow.runUnbounded(() -> send(20));
		assertThat(this.target.asked).hasPositiveValue();
	}

	@Test
	void whenTheThreadIsInterruptedThenItIsToldAndStaysInterrupted() {
		send(4);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> send(1))
			.withMessage("CANCELLED: Interrupted while waiting for a slow reader");
		assertThat(Thread.interrupted()).isTrue();
	}

	private void send(int messages) {
		for (int i = 0; i < messages; i++) {
			this.window.awaitRoom(KILOBYTE);
		}
	}

	private void awaitLooks(int looks) {
		Awaitility.await().until(() -> this.target.asked.get() > looks);
	}

	private static Executor newThread() {
		return (task) -> new Thread(task, "writer").start();
	}

	private static final class SettableTarget implements WriteWindow.Target {

		private final AtomicBoolean ready = new AtomicBoolean();

		private final AtomicBoolean over = new AtomicBoolean();

		private final AtomicInteger asked = new AtomicInteger();

		@Override
		public boolean hasRoom() {
			this.asked.incrementAndGet();
			return this.ready.get();
		}

		@Override
		public boolean isOver() {
			return this.over.get();
		}

	}

}
