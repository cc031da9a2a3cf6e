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
import java.util.concurrent.TimeUnit;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call that begins when its hash key is known: gRPC picks the instance as it starts a
 * call, so the one inside is made and started no sooner. Until then nothing but requests
 * for messages and the compression are kept, and a cancellation closes the call at once.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class HashKeyCall<Q, A> extends ClientCall<Q, A> {

	private final MethodDescriptor<Q, A> method;

	private final CallOptions options;

	private final Channel next;

	private final HashKeySource source;

	private final Context context = Context.current();

	/** Guards the phase and what changes with it; no other code runs under it. */
	private final Object lock = new Object();

	private volatile @Nullable ClientCall<Q, A> inner;

	private volatile Phase phase = Phase.CREATED;

	private @Nullable Listener<A> listener;

	private Metadata headers = new Metadata();

	private boolean compression = true;

	private int requested;

	private @Nullable Status cancellation;

	HashKeyCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next, HashKeySource source) {
		this.method = method;
		this.options = options;
		this.next = next;
		this.source = source;
	}

	@Override
	public void start(Listener<A> callListener, Metadata callHeaders) {
		boolean waitsToSend = this.source.awaitsMessage() && !this.method.getType().clientSendsOneMessage();
		InOrderListener<A> inOrder = waitsToSend ? new InOrderListener<>(callListener, this::cancel) : null;
		Status cancelled;
		synchronized (this.lock) {
			this.headers = callHeaders;
			this.listener = (inOrder != null) ? inOrder : callListener;
			cancelled = this.cancellation;
			this.phase = (cancelled != null) ? Phase.CLOSED : Phase.WAITING;
		}
		if (cancelled != null) {
			close(cancelled);
		}
		else if (!this.source.awaitsMessage()) {
			begin(this.source.fromHeaders(callHeaders), this.source.missing());
		}
		else if (inOrder != null) {
			// Who sends when told to would wait for the stream that waits for him.
			inOrder.onReady();
		}
	}

	@Override
	public void sendMessage(Q message) {
		if (this.inner == null) {
			begin(message);
		}
		ClientCall<Q, A> call = this.inner;
		if (call != null) {
			call.sendMessage(message);
		}
	}

	@Override
	public void halfClose() {
		if (this.inner == null) {
			begin(null, "the stream ended before its first message");
		}
		ClientCall<Q, A> call = this.inner;
		if (call != null) {
			call.halfClose();
		}
	}

	@Override
	public void request(int messages) {
		ClientCall<Q, A> call = this.inner;
		if (call == null) {
			synchronized (this.lock) {
				call = this.inner;
				if (call == null) {
					this.requested = (int) Math.min(Integer.MAX_VALUE, (long) this.requested + messages);
					return;
				}
			}
		}
		call.request(messages);
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		boolean waiting = false;
		ClientCall<Q, A> call;
		synchronized (this.lock) {
			call = this.inner;
			if (call == null && this.cancellation == null) {
				this.cancellation = Status.CANCELLED.withDescription(message).withCause(cause);
				waiting = this.phase == Phase.WAITING;
				this.phase = waiting ? Phase.CLOSED : this.phase;
			}
		}
		if (call != null) {
			call.cancel(message, cause);
		}
		else if (waiting) {
			close(Objects.requireNonNull(this.cancellation));
		}
	}

	/**
	 * Returns whether to send. Before the first message it is, or who waits for that
	 * would wait for ever.
	 */
	@Override
	public boolean isReady() {
		ClientCall<Q, A> call = this.inner;
		return (call != null) ? call.isReady() : this.phase == Phase.WAITING || this.phase == Phase.STARTING;
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		ClientCall<Q, A> call = this.inner;
		if (call != null) {
			call.setMessageCompression(enabled);
		}
		else {
			this.compression = enabled;
		}
	}

	@Override
	public Attributes getAttributes() {
		ClientCall<Q, A> call = this.inner;
		return (call != null) ? call.getAttributes() : Attributes.EMPTY;
	}

	private void begin(Q message) {
		Long key;
		try {
			key = this.source.fromMessage(this.method, message);
		}
		catch (IllegalArgumentException ex) {
			refuse(ex.getMessage());
			return;
		}
		begin(key, this.source.missing());
	}

	private void begin(@Nullable Long key, String missing) {
		if (key == null) {
			refuse(this.method.getFullMethodName()
					+ " is placed by a hash key, and the call has none: RpcCallOptions.HASH_KEY is not set or empty, "
					+ missing);
		}
		else if (leave(Phase.STARTING)) {
			CallOptions keyed = HashKeyInterceptor.withKey(this.options, key);
			goOn(startInner(keyed, Objects.requireNonNull(this.listener, "not started")));
		}
	}

	/**
	 * Gives the call inside what came while it was started.
	 */
	private void goOn(ClientCall<Q, A> call) {
		if (!this.compression) {
			call.setMessageCompression(false);
		}
		int asked;
		Status cancelled;
		synchronized (this.lock) {
			this.inner = call;
			asked = this.requested;
			cancelled = this.cancellation;
		}
		if (asked > 0) {
			call.request(asked);
		}
		if (cancelled != null) {
			call.cancel(cancelled.getDescription(), cancelled.getCause());
		}
	}

	private void refuse(@Nullable String reason) {
		if (leave(Phase.CLOSED)) {
			close(Status.INVALID_ARGUMENT.withDescription(reason));
		}
	}

	private boolean leave(Phase to) {
		synchronized (this.lock) {
			boolean waiting = this.phase == Phase.WAITING;
			this.phase = waiting ? to : this.phase;
			return waiting;
		}
	}

	/**
	 * Closes a call that nothing was sent of. One that has no time left is started in its
	 * place: it picks nobody, and gRPC ends it on the thread where the listener expects
	 * to be called.
	 */
	private void close(Status status) {
		Listener<A> told = Objects.requireNonNull(this.listener, "not started");
		startInner(this.options.withDeadline(Deadline.after(-1, TimeUnit.NANOSECONDS)), new Listener<A>() {
			@Override
			public void onClose(Status expired, Metadata trailers) {
				told.onClose(status, trailers);
			}
		});
	}

	private ClientCall<Q, A> startInner(CallOptions innerOptions, Listener<A> told) {
		Context previous = this.context.attach();
		try {
			ClientCall<Q, A> call = this.next.newCall(this.method, innerOptions);
			call.start(told, this.headers);
			return call;
		}
		finally {
			this.context.detach(previous);
		}
	}

	private enum Phase {

		/** Not started. */
		CREATED,

		/** Started, and waiting for the key. */
		WAITING,

		/** The key is known, and the call inside is being started. */
		STARTING,

		/** Ended before the call inside was started. */
		CLOSED

	}

}
