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

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Context.CancellationListener;
import io.grpc.Deadline;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.rpcboot.dispatch.CallPermit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a handler, and the interceptors before it, bound to a deadline but to no
 * connection. The handler's events keep their order and never overlap, as in gRPC: the
 * first run on the thread that starts it, later ones there or on the thread that brings
 * them.
 *
 * @param <Q> the type of the request
 * @param <A> the type of the response
 */
final class DetachedHandler<Q, A> {

	private static final Logger logger = LoggerFactory.getLogger(DetachedHandler.class);

	private final Q request;

	private final CancellableContext context;

	private final RecordingCall<Q, A> call;

	private final @Nullable CallPermit permit;

	private final SynchronizationContext events = new SynchronizationContext((thread, ex) -> failed(ex));

	private final CancellationListener expiry = (unused) -> expired();

	private final AtomicBoolean demanded = new AtomicBoolean();

	private ServerCall.@Nullable Listener<Q> listener;

	/**
	 * Creates a run.
	 * @param first the attempt that begins it, in the current context
	 * @param request its request
	 * @param deadline when it ends without an answer
	 * @param timer watches that
	 * @param end is given the answer, once
	 */
	DetachedHandler(ServerCall<Q, A> first, Q request, Deadline deadline, ScheduledExecutorService timer,
			Consumer<Answer<A>> end) {
		this.request = request;
		// The values of the call, without its cancellation.
		this.context = Context.current().fork().withDeadline(deadline, timer);
		CallPermit ofFirst = CallPermit.of(first);
		// The service works on when the connection is cut.
		this.permit = (ofFirst != null && ofFirst.hold()) ? ofFirst : null;
		this.call = new RecordingCall<>(first, this::demand, (answer) -> answered(answer, end));
	}

	/**
	 * Starts the handler, and returns when it gives the thread back.
	 * @param handler starts it
	 * @param executor tells it that its time is over
	 */
	void start(Function<ServerCall<Q, A>, ServerCall.Listener<Q>> handler, Executor executor) {
		this.context.addListener(this.expiry, executor);
		tell(() -> this.listener = Objects.requireNonNull(handler.apply(this.call), "no listener"));
	}

	private void demand() {
		if (this.demanded.compareAndSet(false, true)) {
			tell(() -> {
				ServerCall.Listener<Q> started = this.listener;
				if (started != null) {
					unlessCancelled(started::onReady);
					unlessCancelled(() -> started.onMessage(this.request));
					unlessCancelled(started::onHalfClose);
				}
			});
		}
	}

	/**
	 * Tells an event, unless the call has been answered without the service: gRPC looks
	 * before each of them, too.
	 */
	private void unlessCancelled(Runnable event) {
		if (!this.call.isCancelled()) {
			event.run();
		}
	}

	private void answered(Answer<A> answer, Consumer<Answer<A>> end) {
		try {
			end.accept(answer);
		}
		finally {
			try {
				// A handler whose time is over may hold its thread still.
				if (!this.call.isCancelled()) {
					release(answer.status().isOk());
				}
			}
			finally {
				ended();
			}
		}
	}

	private void release(boolean answered) {
		if (this.permit != null) {
			this.permit.release(answered);
		}
	}

	private void ended() {
		this.context.removeListener(this.expiry);
		tell(() -> {
			try {
				if (this.listener != null && !this.call.isCancelled()) {
					this.listener.onComplete();
				}
			}
			finally {
				this.context.cancel(null);
			}
		});
	}

	private void expired() {
		if (this.call.cancel(Status.DEADLINE_EXCEEDED
			.withDescription("The service did not answer until the deadline of the call, which goes on without it"))) {
			tell(() -> {
				try {
					if (this.listener != null) {
						this.listener.onCancel();
					}
				}
				finally {
					release(false);
				}
			});
		}
	}

	/**
	 * An exception that no interceptor further in turned into a status: gRPC's own words,
	 * without a word of it.
	 */
	private void failed(Throwable failure) {
		logger.error("{} failed", this.call.getMethodDescriptor().getFullMethodName(), failure);
		this.call.fail(Status.UNKNOWN.withDescription("Application error processing RPC"));
	}

	private void tell(Runnable event) {
		this.events.execute(() -> this.context.run(event));
	}

}
