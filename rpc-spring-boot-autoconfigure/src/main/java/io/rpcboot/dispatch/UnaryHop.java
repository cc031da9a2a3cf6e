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

import java.util.Objects;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the one request of a call on the event loop, then hands the call over:
 * interceptors and handler are started, and get the request and the half-close, by one
 * task. A client that breaks the protocol is answered without the handler, in the words
 * of gRPC's stubs.
 *
 * @param <Q> the type of the request
 * @param <A> the type of response messages
 */
final class UnaryHop<Q, A> extends ServerHop<Q, A> {

	private final boolean endDeferred;

	private boolean gathered;

	private boolean handedOver;

	private boolean broken;

	private boolean ready;

	private @Nullable Q request;

	private @Nullable Metadata headers;

	private @Nullable ServerCallHandler<Q, A> next;

	private ServerCall.@Nullable Listener<Q> delegate;

	private volatile boolean demanded;

	/** The handler has started but asked for no message yet. */
	private volatile boolean waiting;

	/**
	 * Creates the hop of a call.
	 * @param method what is called
	 * @param headers the request's headers
	 * @param handlers where the handler runs
	 * @param refusals answers the call if they do not take it
	 * @param gate gives the call its permit, if it needs one
	 */
	UnaryHop(MethodDescriptor<Q, A> method, Metadata headers, Handlers handlers, Refusals refusals,
			@Nullable CallGate gate) {
		super(method, headers, handlers, refusals, gate);
		this.endDeferred = method.getType() == MethodType.UNARY;
	}

	@Override
	public void execute(Runnable events) {
		if (!hasBegun()) {
			begin(events);
		}
		else if (!this.gathered) {
			events.run();
		}
		else if (!this.handedOver) {
			this.handedOver = true;
			handOver(events);
		}
		else if (refusal() != null) {
			events.run();
		}
		else if (this.endDeferred && !this.waiting && !isCancelled()) {
			this.handlers.deferred().execute(events);
		}
		else {
			this.handlers.resume(events);
		}
	}

	@Override
	ServerCall.Listener<Q> start(ServerCall<Q, A> startedCall, Metadata startedHeaders,
			ServerCallHandler<Q, A> startedNext) {
		this.headers = startedHeaders;
		this.next = startedNext;
		started(startedCall);
		// Two, to notice a client that sends more than one.
		startedCall.request(2);
		return this;
	}

	@Override
	public void onMessage(Q message) {
		if (this.gathered) {
			fail("Too many requests");
		}
		else {
			this.gathered = true;
			this.request = message;
		}
	}

	@Override
	public void onHalfClose() {
		if (this.broken) {
			return;
		}
		if (!this.gathered) {
			fail("Half-closed without a request");
			return;
		}
		startHandler(Objects.requireNonNull(this.headers), Objects.requireNonNull(this.next));
	}

	@Override
	public void onReady() {
		if (this.delegate != null) {
			this.delegate.onReady();
		}
		else {
			this.ready = true;
		}
	}

	@Override
	public void onCancel() {
		this.request = null;
		try {
			if (this.delegate != null) {
				this.delegate.onCancel();
			}
		}
		finally {
			callEnded();
		}
	}

	@Override
	public void onComplete() {
		this.request = null;
		try {
			if (this.delegate != null) {
				this.delegate.onComplete();
			}
		}
		finally {
			callEnded();
		}
	}

	private void startHandler(Metadata startedHeaders, ServerCallHandler<Q, A> handler) {
		this.headers = null;
		this.next = null;
		Status refusal = refusal();
		GateEntry entry = entry();
		if (refusal == null && entry != null && !entry.start()) {
			refusal = Status.CANCELLED;
		}
		if (refusal != null) {
			this.broken = true;
			this.refusals.refuse(call(), startedHeaders, refusal);
			return;
		}
		ServerCall.Listener<Q> listener = Refusals.startCall(permitted(new GatheredCall(call())), startedHeaders,
				handler);
		this.delegate = listener;
		if (this.ready && !call().isCancelled()) {
			listener.onReady();
		}
		if (!this.demanded) {
			this.waiting = true;
		}
		if (this.demanded) {
			deliver();
		}
	}

	/**
	 * Tells the request, unless the call is cancelled: gRPC looks before each event, and
	 * these are two.
	 */
	private void deliver() {
		Q message = this.request;
		ServerCall.Listener<Q> listener = this.delegate;
		if (message == null || listener == null || call().isCancelled()) {
			return;
		}
		this.request = null;
		listener.onMessage(message);
		if (!call().isCancelled()) {
			listener.onHalfClose();
		}
	}

	private void fail(String description) {
		this.broken = true;
		this.request = null;
		this.refusals.refuse(call(), new Metadata(), Status.INTERNAL.withDescription(description));
	}

	/**
	 * The call as the handler sees it: the request that it asks for is there already.
	 */
	private final class GatheredCall extends SimpleForwardingServerCall<Q, A> {

		GatheredCall(ServerCall<Q, A> delegate) {
			super(delegate);
		}

		@Override
		public void request(int messages) {
			if (messages <= 0) {
				super.request(messages);
				return;
			}
			if (!UnaryHop.this.demanded) {
				UnaryHop.this.demanded = true;
				if (UnaryHop.this.waiting) {
					executeInOrder(UnaryHop.this::deliver);
				}
			}
		}

	}

}
