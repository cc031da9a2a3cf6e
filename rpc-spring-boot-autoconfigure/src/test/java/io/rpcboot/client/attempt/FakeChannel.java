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
import java.util.function.Consumer;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.client.balancer.Attempt;
import io.rpcboot.client.balancer.PickOptions;
import io.rpcboot.client.balancer.policy.PickHints;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the attempts that are made, and lets a test say what becomes of each. The first
 * goes to the instance {@code p-0}, the second to {@code p-1} and so on, but to the
 * preferred one if there is one.
 */
final class FakeChannel extends Channel {

	final List<FakeCall<?>> attempts = new ArrayList<>();

	Consumer<FakeCall<?>> onSend = (attempt) -> {
	};

	boolean picks = true;

	@Nullable RuntimeException broken;

	FakeCall<?> attempt(int number) {
		return this.attempts.get(number);
	}

	@Override
	@SuppressWarnings("unchecked")
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
		if (this.broken != null) {
			throw this.broken;
		}
		Deadline deadline = options.getDeadline();
		if (deadline != null && deadline.isExpired()) {
			return new ExpiredCall<>();
		}
		FakeCall<A> call = new FakeCall<>(this, options, this.attempts.size());
		this.attempts.add(call);
		return (ClientCall<Q, A>) call;
	}

	@Override
	public String authority() {
		return "echo";
	}

	/**
	 * Is as strict as gRPC's about what follows a cancel.
	 *
	 * @param <A> the type of response messages
	 */
	static final class FakeCall<A> extends ClientCall<Object, A> {

		final List<String> steps = new ArrayList<>();

		final CallOptions options;

		final int number;

		final Context context = Context.current();

		Metadata headers = new Metadata();

		private final FakeChannel channel;

		private final Attempt attempt;

		private @Nullable Listener<A> listener;

		private boolean cancelled;

		FakeCall(FakeChannel channel, CallOptions options, int number) {
			this.channel = channel;
			this.options = options;
			this.number = number;
			this.attempt = options.getOption(Attempt.KEY);
		}

		PickHints hints() {
			PickHints hints = this.options.getOption(PickOptions.HINTS);
			return (hints != null) ? hints : PickHints.NONE;
		}

		String header(Metadata.Key<String> key) {
			return this.headers.get(key);
		}

		boolean isCancelled() {
			return this.cancelled;
		}

		void picked(Runnable release) {
			this.attempt.onPicked(release);
		}

		void sent() {
			this.attempt.onHeadersSent();
		}

		void answerHeaders() {
			this.listener.onHeaders(new Metadata());
		}

		@SuppressWarnings("unchecked")
		void answer(Object message) {
			this.listener.onMessage((A) message);
		}

		void close(Status status) {
			close(status, new Metadata());
		}

		void close(Status status, Metadata trailers) {
			this.listener.onClose(status, trailers);
		}

		void fail(Status status) {
			sent();
			close(status);
		}

		void fail(Status status, Metadata trailers) {
			sent();
			close(status, trailers);
		}

		@Override
		public void start(Listener<A> newListener, Metadata newHeaders) {
			assertThat(this.cancelled).isFalse();
			this.listener = newListener;
			this.headers = newHeaders;
			this.steps.add("start");
			if (this.channel.picks) {
				String preferred = hints().preferred();
				this.attempt.onStreamCreated((preferred != null) ? preferred : "p-" + this.number, newHeaders);
			}
		}

		@Override
		public void request(int messages) {
			assertThat(this.listener).isNotNull();
			this.steps.add("request " + messages);
		}

		@Override
		public void sendMessage(Object message) {
			assertThat(this.listener).isNotNull();
			assertThat(this.cancelled).isFalse();
			this.steps.add("send");
			this.channel.onSend.accept(this);
		}

		@Override
		public void halfClose() {
			assertThat(this.listener).isNotNull();
			assertThat(this.cancelled).isFalse();
			this.steps.add("halfClose");
		}

		@Override
		public void cancel(@Nullable String message, @Nullable Throwable cause) {
			this.cancelled = true;
			this.steps.add("cancel");
		}

	}

	/**
	 * What gRPC makes of a call that has no time left.
	 */
	private static final class ExpiredCall<Q, A> extends ClientCall<Q, A> {

		@Override
		public void start(Listener<A> listener, Metadata headers) {
			listener.onClose(Status.DEADLINE_EXCEEDED, new Metadata());
		}

		@Override
		public void request(int messages) {
		}

		@Override
		public void cancel(@Nullable String message, @Nullable Throwable cause) {
		}

		@Override
		public void halfClose() {
		}

		@Override
		public void sendMessage(Q message) {
		}

	}

}
