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

import java.util.Objects;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.balancer.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * A call that is sent again, under the same deadline, when an attempt was for sure not
 * executed: its headers never left, or the server refused it unseen (a reset with
 * REFUSED_STREAM, or a GOAWAY that leaves it out). gRFC A6 calls that transparent retry.
 * grpc-java's own comes with a copy and a buffer for every call; this one costs nothing
 * until it is needed.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
abstract class Attempts<Q, A> extends ClientCall<Q, A> implements Attempt {

	/**
	 * How often a call is sent again that never left: a connection that was lost takes
	 * calls until the policy knows. gRFC A6 sets no limit, grpc-java this one.
	 */
	private static final int MAX_UNSENT = 1000;

	private final MethodDescriptor<Q, A> method;

	private final CallOptions options;

	private final Channel channel;

	private final @Nullable String caller;

	private final boolean headersMayChange;

	private volatile ClientCall<Q, A> current;

	private volatile boolean cancelled;

	private @Nullable AttemptListener listener;

	private Metadata headers = new Metadata();

	private boolean compression = true;

	private boolean streamCreated;

	private boolean headersSent;

	private boolean answered;

	/** How many there were; they follow one another. */
	private int attempts;

	private int currentAttempt;

	private int unsent;

	private boolean refused;

	Attempts(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, @Nullable String caller,
			boolean customized) {
		this.method = method;
		this.options = options.withOption(KEY, this);
		this.channel = channel;
		this.caller = caller;
		this.headersMayChange = customized || options.getCredentials() != null
				|| !options.getStreamTracerFactories().isEmpty();
		this.current = channel.newCall(method, this.options);
	}

	@Override
	public final void start(Listener<A> callListener, Metadata callHeaders) {
		if (this.caller != null) {
			callHeaders.put(RpcMetadata.CALLER, this.caller);
		}
		CarriedHeaders.add(callHeaders, this.options);
		this.headers = this.headersMayChange ? copy(callHeaders) : callHeaders;
		this.listener = new AttemptListener(callListener);
		this.current.start(this.listener, callHeaders);
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		this.cancelled = true;
		this.current.cancel(message, cause);
	}

	@Override
	public final boolean isReady() {
		return this.current.isReady();
	}

	@Override
	public final Attributes getAttributes() {
		return this.current.getAttributes();
	}

	@Override
	public final void setMessageCompression(boolean enabled) {
		this.compression = enabled;
		this.current.setMessageCompression(enabled);
	}

	@Override
	public final void onStreamCreated() {
		this.streamCreated = true;
	}

	@Override
	public final void onHeadersSent() {
		this.headersSent = true;
	}

	final ClientCall<Q, A> current() {
		return this.current;
	}

	/**
	 * The answer has begun: there will be no other attempt.
	 */
	void onAnswer() {
	}

	/**
	 * Returns whether all that was sent can be sent again.
	 */
	boolean isReplayable() {
		return true;
	}

	/**
	 * The attempt was not executed. Sends again now or when the request is complete.
	 */
	abstract void onNotExecuted();

	/**
	 * Gives an attempt what the call was given so far.
	 */
	abstract void replay(ClientCall<Q, A> attempt);

	final void sendAgain() {
		this.streamCreated = false;
		this.headersSent = false;
		int attempt = ++this.attempts;
		ClientCall<Q, A> next = this.channel.newCall(this.method, this.options);
		next.start(Objects.requireNonNull(this.listener, "not started"),
				this.headersMayChange ? copy(this.headers) : this.headers);
		if (!this.compression) {
			next.setMessageCompression(false);
		}
		replay(next);
		makeCurrent(next, attempt);
		if (this.cancelled) {
			next.cancel("Cancelled while it was sent again", null);
		}
	}

	/**
	 * Adds to what was asked for; the most is for ever.
	 */
	static int sum(int requested, int messages) {
		return (int) Math.min(Integer.MAX_VALUE, (long) requested + messages);
	}

	final void close(Status status) {
		Objects.requireNonNull(this.listener, "not started").delegate().onClose(status, new Metadata());
	}

	/**
	 * Interceptors in the channel, credentials and tracers add to the headers of each
	 * attempt. gRPC itself replaces what it adds.
	 */
	private static Metadata copy(Metadata headers) {
		Metadata copy = new Metadata();
		copy.merge(headers);
		return copy;
	}

	/**
	 * Another event loop may have seen this attempt fail while it was still replayed, and
	 * be one further.
	 */
	private synchronized void makeCurrent(ClientCall<Q, A> next, int attempt) {
		if (attempt > this.currentAttempt) {
			this.currentAttempt = attempt;
			this.current = next;
		}
	}

	private boolean maySendAgain(Status status, Metadata trailers) {
		if (this.answered || this.cancelled || !isReplayable()) {
			return false;
		}
		if (this.streamCreated && !this.headersSent && status.getCode() == Status.Code.UNAVAILABLE) {
			return this.unsent++ < MAX_UNSENT;
		}
		if (!this.refused && NotExecuted.isRefusedByPeer(status, trailers)) {
			this.refused = true;
			return true;
		}
		return false;
	}

	private final class AttemptListener extends ForwardingClientCallListener<A> {

		private final Listener<A> delegate;

		AttemptListener(Listener<A> delegate) {
			this.delegate = delegate;
		}

		@Override
		protected Listener<A> delegate() {
			return this.delegate;
		}

		@Override
		public void onHeaders(Metadata answerHeaders) {
			Attempts.this.answered = true;
			onAnswer();
			this.delegate.onHeaders(answerHeaders);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			if (!status.isOk() && maySendAgain(status, trailers)) {
				onNotExecuted();
			}
			else {
				this.delegate.onClose(status, trailers);
			}
		}

	}

}
