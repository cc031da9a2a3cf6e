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

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamReplyCall}: a server that has finished while its answers wait to
 * be asked for. gRPC has forgotten the call then.
 */
class StreamReplyCallTests {

	private final ScheduledExecutorService timer = DeferredTasks.timer("late-ends");

	private final FakeChannel channel = new FakeChannel();

	private final RecordingListener listener = new RecordingListener();

	@AfterEach
	void close() {
		this.timer.shutdownNow();
	}

	@Test
	void whenTheAnswersAreAskedForThenTheServersStatusComesBehindThem() {
		ClientCall<Ping, Pong> call = start(CallOptions.DEFAULT);
		this.channel.finish("1", "2");
		assertThat(this.listener.events).isEmpty();
		call.request(1);
		assertThat(this.listener.events).containsExactly("1");
		call.request(1);
		call.cancel("too late", null);
		assertThat(this.listener.events).containsExactly("1", "2", "OK");
	}

	@Test
	void whenTheCallerCancelsThenTheCallIsCancelled() {
		IllegalStateException cause = new IllegalStateException("by the test");
		ClientCall<Ping, Pong> call = start(CallOptions.DEFAULT);
		this.channel.finish("1");
		call.cancel("enough", cause);
		call.request(1);
		assertThat(this.listener.events).containsExactly("CANCELLED");
		assertThat(this.listener.status.getDescription()).isEqualTo("enough");
		assertThat(this.listener.status.getCause()).isSameAs(cause);
	}

	@Test
	void whenTheCallerCancelledJustBeforeTheServersStatusThenTheCallIsCancelled() {
		ClientCall<Ping, Pong> call = start(CallOptions.DEFAULT);
		call.cancel("enough", null);
		this.channel.finish("1");
		assertThat(this.listener.events).containsExactly("CANCELLED");
	}

	@Test
	void whenTheContextEndsThenTheCallIsCancelled() {
		Context.CancellableContext context = Context.ROOT.withCancellation();
		context.run(() -> start(CallOptions.DEFAULT));
		this.channel.finish("1");
		assertThat(this.listener.events).isEmpty();
		context.cancel(null);
		assertThat(this.listener.events).containsExactly("CANCELLED");
	}

	@Test
	void whenTheDeadlinePassesThenTheCallEndsWithThat() {
		start(CallOptions.DEFAULT.withDeadline(Deadline.after(20, TimeUnit.MILLISECONDS)));
		this.channel.finish("1");
		Awaitility.await().until(() -> this.listener.status != null);
		assertThat(this.listener.events).containsExactly("DEADLINE_EXCEEDED");
	}

	@Test
	void whenTheListenerThrowsThenTheCallIsCancelledAndTheRestForgotten() {
		ClientCall<Ping, Pong> call = start(CallOptions.DEFAULT);
		this.channel.finish("throw", "2");
		call.request(2);
		assertThat(this.listener.events).containsExactly("throw", "CANCELLED");
		assertThat(this.listener.status.getDescription()).isEqualTo("Failed to read message.");
		assertThat(this.listener.status.getCause()).hasMessage("thrown by the test");
	}

	private ClientCall<Ping, Pong> start(CallOptions options) {
		ClientCall<Ping, Pong> call = StreamReplyCall.of(EchoGrpc.getServerStreamMethod(), options, this.channel,
				Runnable::run, this.timer);
		call.start(this.listener, new Metadata());
		return call;
	}

	private static final class RecordingListener extends ClientCall.Listener<Pong> {

		private final List<String> events = new ArrayList<>();

		private volatile @Nullable Status status;

		@Override
		public void onMessage(Pong message) {
			this.events.add(message.getText());
			if ("throw".equals(message.getText())) {
				throw new IllegalStateException("thrown by the test");
			}
		}

		@Override
		public void onClose(Status newStatus, Metadata trailers) {
			this.events.add(newStatus.getCode().name());
			this.status = newStatus;
		}

	}

	/** The events of its one call run where they come. */
	private static final class FakeChannel extends Channel {

		private final Serial queue = new Serial();

		private @Nullable Executor executor;

		private ClientCall.@Nullable Listener<Pong> listener;

		@Override
		@SuppressWarnings("unchecked")
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			this.executor = options.getExecutor();
			return (ClientCall<Q, A>) new FakeCall(this);
		}

		/**
		 * Tells all answers and the status, as gRPC does when the transport has them.
		 */
		void finish(String... texts) {
			Objects.requireNonNull(this.executor).execute(this.queue);
			ClientCall.Listener<Pong> target = Objects.requireNonNull(this.listener);
			for (String text : texts) {
				target.onMessage(Pong.newBuilder().setText(text).build());
			}
			target.onClose(Status.OK, new Metadata());
		}

		@Override
		public String authority() {
			return "test";
		}

	}

	private static final class FakeCall extends ClientCall<Ping, Pong> {

		private final FakeChannel channel;

		FakeCall(FakeChannel channel) {
			this.channel = channel;
		}

		@Override
		public void start(Listener<Pong> listener, Metadata headers) {
			this.channel.listener = listener;
		}

		@Override
		public void request(int messages) {
			// The test tells all at once.
		}

		@Override
		public void cancel(@Nullable String message, @Nullable Throwable cause) {
			// Too late for gRPC.
		}

		@Override
		public void halfClose() {
			// There is no server.
		}

		@Override
		public void sendMessage(Ping message) {
			// There is no server.
		}

	}

	private static final class Serial implements Executor, Runnable {

		@Override
		public void execute(Runnable task) {
			task.run();
		}

		@Override
		public void run() {
			// There is nothing in it.
		}

	}

}
