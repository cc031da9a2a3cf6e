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
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Hands a call with a stream of requests over to its handler at once, and every batch of
 * its events after that. Messages are read ahead, but the handler gets none that it did
 * not ask for.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
final class StreamHop<Q, A> extends ServerHop<Q, A> {

	private final @Nullable InboundWindow window;

	private final DemandQueue<Q> requests = new DemandQueue<>(this::receive, this::executeInOrder);

	private ServerCall.Listener<Q> delegate = new ServerCall.Listener<>() {
	};

	/**
	 * Creates the hop of a call.
	 * @param method what is called
	 * @param headers the request's headers
	 * @param handlers where the handler runs
	 * @param refusals answers the call if they do not take it
	 * @param gate gives the call its permit, if it needs one
	 * @param window reads ahead, if the transport tells what it reads
	 */
	StreamHop(MethodDescriptor<Q, A> method, Metadata headers, Handlers handlers, Refusals refusals,
			@Nullable CallGate gate, @Nullable InboundWindow window) {
		super(method, headers, handlers, refusals, gate);
		this.window = window;
	}

	@Override
	public void execute(Runnable events) {
		if (!hasBegun()) {
			handOver(events);
		}
		else if (refusal() != null) {
			events.run();
		}
		else {
			this.handlers.resume(events);
		}
	}

	@Override
	ServerCall.Listener<Q> start(ServerCall<Q, A> startedCall, Metadata headers, ServerCallHandler<Q, A> next) {
		Status refusal = refusal();
		if (refusal != null) {
			return this.refusals.refuse(startedCall, headers, refusal);
		}
		GateEntry entry = entry();
		if (entry == null) {
			return startHandler(startedCall, headers, next);
		}
		if (!entry.start()) {
			return this.refusals.refuse(startedCall, headers, Status.CANCELLED);
		}
		try {
			return new PermittedListener<>(startHandler(startedCall, headers, next), entry);
		}
		catch (Throwable ex) {
			callEnded();
			throw ex;
		}
	}

	private ServerCall.Listener<Q> startHandler(ServerCall<Q, A> startedCall, Metadata headers,
			ServerCallHandler<Q, A> next) {
		if (this.window == null) {
			return Objects.requireNonNull(next.startCall(permitted(startedCall), headers),
					() -> Refusals.noListener(startedCall));
		}
		started(startedCall);
		this.delegate = Objects.requireNonNull(next.startCall(permitted(new AheadCall(startedCall)), headers),
				() -> Refusals.noListener(startedCall));
		return this;
	}

	@Override
	public void onMessage(Q message) {
		this.requests.offer(message);
	}

	@Override
	public void onHalfClose() {
		this.requests.end(() -> {
			if (!isCallCancelled()) {
				this.delegate.onHalfClose();
			}
		});
	}

	@Override
	public void onReady() {
		this.delegate.onReady();
	}

	@Override
	public void onCancel() {
		this.requests.clear();
		this.delegate.onCancel();
	}

	@Override
	public void onComplete() {
		this.requests.clear();
		this.delegate.onComplete();
	}

	private void receive(Q message) {
		if (this.window != null) {
			this.window.onTaken();
		}
		if (!isCallCancelled()) {
			this.delegate.onMessage(message);
		}
	}

	/**
	 * Says whether what was read before is to be dropped, as gRPC does.
	 */
	private boolean isCallCancelled() {
		return call().isCancelled();
	}

	/**
	 * The call as the handler sees it: what it asks for may be here already.
	 */
	private final class AheadCall extends SimpleForwardingServerCall<Q, A> {

		AheadCall(ServerCall<Q, A> delegate) {
			super(delegate);
		}

		@Override
		public void request(int messages) {
			if (messages <= 0) {
				super.request(messages);
				return;
			}
			StreamHop.this.requests.request(messages);
		}

	}

}
