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

package io.rpcboot.client;

import java.util.ArrayList;
import java.util.List;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the call inside a {@link HashKeyCall} is told, and in which order.
 */
class HashKeyCallTests {

	private static final Ping MESSAGE = Ping.newBuilder().setText("a").build();

	private final List<String> events = new ArrayList<>();

	private final RecordingChannel channel = new RecordingChannel();

	private final Metadata headers = new Metadata();

	private final ClientCall<Ping, Pong> call = call(EchoGrpc.getUnaryMethod());

	@Test
	void nothingIsMadeBeforeTheFirstMessage() {
		this.call.start(listener(), this.headers);
		this.call.request(2);
		this.call.setMessageCompression(false);
		assertThat(this.events).isEmpty();
		assertThat(this.call.isReady()).isTrue();
		assertThat(this.call.getAttributes()).isSameAs(Attributes.EMPTY);
	}

	@Test
	void whatCameBeforeIsGivenAfterTheStartAndBeforeTheMessage() {
		this.call.start(listener(), this.headers);
		this.call.request(2);
		this.call.request(3);
		this.call.setMessageCompression(false);
		this.call.sendMessage(MESSAGE);
		this.call.halfClose();
		assertThat(this.events).containsExactly("new", "start", "compression false", "request 5", "message",
				"half-close");
	}

	@Test
	void afterTheFirstMessageTheCallIsTheOneInside() {
		this.call.start(listener(), this.headers);
		this.call.sendMessage(MESSAGE);
		this.call.sendMessage(MESSAGE);
		this.call.request(1);
		this.call.setMessageCompression(true);
		this.call.cancel("why", null);
		assertThat(this.events).containsExactly("new", "start", "message", "message", "request 1", "compression true",
				"cancel why");
		assertThat(this.call.isReady()).isFalse();
		assertThat(this.call.getAttributes()).isNotSameAs(Attributes.EMPTY);
	}

	@Test
	void requestsForTooManyMessagesDoNotOverflow() {
		this.call.start(listener(), this.headers);
		this.call.request(Integer.MAX_VALUE);
		this.call.request(Integer.MAX_VALUE);
		this.call.sendMessage(MESSAGE);
		assertThat(this.events).containsExactly("new", "start", "request " + Integer.MAX_VALUE, "message");
	}

	@Test
	void whenCancelledBeforeTheFirstMessageThenNothingFollows() {
		this.call.start(listener(), this.headers);
		this.call.cancel("why", null);
		this.call.request(1);
		this.call.sendMessage(MESSAGE);
		this.call.halfClose();
		this.call.cancel("again", null);
		assertThat(this.events).containsExactly("new without time", "start", "closed CANCELLED why");
		assertThat(this.call.isReady()).isFalse();
	}

	@Test
	void whenCancelledBeforeItIsStartedThenTheStartClosesIt() {
		this.call.cancel("why", null);
		assertThat(this.events).isEmpty();
		this.call.start(listener(), this.headers);
		this.call.sendMessage(MESSAGE);
		assertThat(this.events).containsExactly("new without time", "start", "closed CANCELLED why");
	}

	@Test
	void whenCancelledWhileTheOneInsideIsStartedThenThatIsCancelled() {
		this.channel.onStart = () -> this.call.cancel("why", null);
		this.call.start(listener(), this.headers);
		this.call.sendMessage(MESSAGE);
		assertThat(this.events).containsExactly("new", "start", "cancel why", "message");
	}

	@Test
	void whenMessagesAreAskedForWhileTheOneInsideIsStartedThenItIsTold() {
		this.channel.onStart = () -> this.call.request(4);
		this.call.start(listener(), this.headers);
		this.call.sendMessage(MESSAGE);
		assertThat(this.events).containsExactly("new", "start", "request 4", "message");
	}

	@Test
	void whenThereIsNoKeyThenNothingIsSent() {
		this.call.start(listener(), this.headers);
		this.call.sendMessage(Ping.getDefaultInstance());
		this.call.sendMessage(MESSAGE);
		this.call.halfClose();
		this.call.cancel("late", null);
		assertThat(this.events).hasSize(3).startsWith("new without time", "start");
		assertThat(this.events.get(2)).startsWith("closed INVALID_ARGUMENT");
	}

	@Test
	void streamIsToldToSendAtOnceAndEventsStayInOrder() {
		ClientCall<Ping, Pong> stream = call(EchoGrpc.getBidiMethod());
		this.channel.onStart = () -> this.channel.listener.onHeaders(new Metadata());
		stream.start(new ClientCall.Listener<>() {
			@Override
			public void onReady() {
				HashKeyCallTests.this.events.add("ready");
				stream.sendMessage(MESSAGE);
				HashKeyCallTests.this.events.add("ready done");
			}

			@Override
			public void onHeaders(Metadata answer) {
				HashKeyCallTests.this.events.add("headers");
			}
		}, this.headers);
		assertThat(this.events).containsExactly("ready", "new", "start", "message", "ready done", "headers");
	}

	@Test
	void whenACallbackOfAStreamFailsThenItIsCancelled() {
		ClientCall<Ping, Pong> stream = call(EchoGrpc.getBidiMethod());
		stream.start(new ClientCall.Listener<>() {
			@Override
			public void onReady() {
				stream.sendMessage(MESSAGE);
				throw new IllegalStateException("on purpose");
			}
		}, this.headers);
		assertThat(this.events).containsExactly("new", "start", "message", "cancel A callback failed");
	}

	private ClientCall<Ping, Pong> call(MethodDescriptor<Ping, Pong> method) {
		return new HashKeyCall<>(method, CallOptions.DEFAULT, this.channel, HashKeySource.field("text"));
	}

	private ClientCall.Listener<Pong> listener() {
		return new ClientCall.Listener<>() {
			@Override
			public void onClose(Status status, Metadata trailers) {
				HashKeyCallTests.this.events.add("closed " + status.getCode() + " " + status.getDescription());
			}
		};
	}

	/**
	 * Writes down what its calls are told. A call without time ends as it starts.
	 */
	private final class RecordingChannel extends Channel {

		private Runnable onStart = () -> {
		};

		private ClientCall.Listener<?> listener;

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			boolean expired = options.getDeadline() != null && options.getDeadline().isExpired();
			HashKeyCallTests.this.events.add(expired ? "new without time" : "new");
			return new RecordingCall<>(this, expired);
		}

		@Override
		public String authority() {
			return "echo";
		}

	}

	private final class RecordingCall<Q, A> extends ClientCall<Q, A> {

		private final RecordingChannel owner;

		private final boolean expired;

		RecordingCall(RecordingChannel owner, boolean expired) {
			this.owner = owner;
			this.expired = expired;
		}

		@Override
		public void start(Listener<A> listener, Metadata callHeaders) {
			assertThat(callHeaders).isSameAs(HashKeyCallTests.this.headers);
			HashKeyCallTests.this.events.add("start");
			this.owner.listener = listener;
			if (this.expired) {
				listener.onClose(Status.DEADLINE_EXCEEDED, new Metadata());
			}
			else {
				this.owner.onStart.run();
			}
		}

		@Override
		public void request(int messages) {
			HashKeyCallTests.this.events.add("request " + messages);
		}

		@Override
		public void cancel(String message, Throwable cause) {
			HashKeyCallTests.this.events.add("cancel " + message);
		}

		@Override
		public void halfClose() {
			HashKeyCallTests.this.events.add("half-close");
		}

		@Override
		public void sendMessage(Q message) {
			HashKeyCallTests.this.events.add("message");
		}

		@Override
		public void setMessageCompression(boolean enabled) {
			HashKeyCallTests.this.events.add("compression " + enabled);
		}

		@Override
		public boolean isReady() {
			return false;
		}

		@Override
		public Attributes getAttributes() {
			return Attributes.newBuilder().build().toBuilder().set(Attributes.Key.create("x"), "y").build();
		}

	}

}
