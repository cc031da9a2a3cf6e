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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one call from the event loop to its handler: the executor on which gRPC runs
 * the call's events, and the listener that receives them first.
 * <p>
 * gRPC keeps the events of a call in a serial queue and gives that queue to this executor
 * whenever it has become non-empty. So events keep their order and never overlap, and one
 * hand-over takes all that have come meanwhile.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
abstract class ServerHop<Q, A> extends ServerCall.Listener<Q> implements Executor, Runnable {

	private static final Logger logger = LoggerFactory.getLogger(ServerHop.class);

	/** The hop whose first event the current thread runs. */
	private static final ThreadLocal<@Nullable ServerHop<?, ?>> CURRENT = new ThreadLocal<>();

	final Handlers handlers;

	final Refusals refusals;

	private final MethodDescriptor<Q, A> method;

	/** What the call was asked with, until it has been handed over. */
	private @Nullable Metadata asked;

	/** Where the call waits for its permit, if it needs one. */
	private final @Nullable GateEntry entry;

	private boolean begun;

	/** The task that was handed over runs. Written before the next is read. */
	private volatile boolean running;

	/** The call is refused although the executor may have kept that task. */
	private volatile boolean takenBack;

	private @Nullable Runnable events;

	private @Nullable Status refusal;

	private @Nullable Context context;

	private @Nullable ServerCall<Q, A> call;

	ServerHop(MethodDescriptor<Q, A> method, Metadata headers, Handlers handlers, Refusals refusals,
			@Nullable CallGate gate) {
		this.method = method;
		this.asked = headers;
		this.entry = (gate != null) ? new GateEntry(gate, this) : null;
		this.handlers = handlers;
		this.refusals = refusals;
	}

	/**
	 * Returns the hop of the call that the current thread starts; a second time nothing.
	 */
	@SuppressWarnings("unchecked")
	static <Q, A> @Nullable ServerHop<Q, A> claim() {
		ServerHop<?, ?> hop = CURRENT.get();
		if (hop != null) {
			CURRENT.set(null);
		}
		return (ServerHop<Q, A>) hop;
	}

	/**
	 * Starts the call behind this hop. Runs as the call's first event.
	 */
	abstract ServerCall.Listener<Q> start(ServerCall<Q, A> startedCall, Metadata headers, ServerCallHandler<Q, A> next);

	/**
	 * Runs after the hand-over.
	 */
	@Override
	public final void run() {
		this.running = true;
		if (this.takenBack) {
			return;
		}
		this.handlers.started();
		runEvents();
	}

	/**
	 * Hands the call over to its handler as soon as it has its permit, or goes on here to
	 * refuse it.
	 */
	final void handOver(Runnable newEvents) {
		this.events = newEvents;
		if (this.entry != null) {
			this.entry.enter();
		}
		else {
			handOver();
		}
	}

	/**
	 * Hands the call over to its handler, or goes on here to refuse it.
	 */
	final void handOver() {
		this.refusal = this.handlers.admit(this.method, Objects.requireNonNull(this.asked, "handed over already"));
		this.asked = null;
		try {
			if (this.refusal == null) {
				this.handlers.start(this);
				return;
			}
		}
		catch (RejectedExecutionException ex) {
			this.refusal = this.refusals.rejected(this.method);
		}
		catch (Error ex) {
			// No memory for a thread, say. The call must neither hang nor keep its
			// permit, nor be refused if it runs: on this thread, or on another by now.
			this.takenBack = true;
			if (this.running) {
				throw ex;
			}
			logger.error("The executor of {} failed to take a call", this.method.getServiceName(), ex);
			this.handlers.started();
			this.refusal = this.refusals.rejected(this.method);
		}
		callEnded();
		runEvents();
	}

	/**
	 * Answers the call without its handler. On any thread, instead of the hand-over.
	 */
	final void refuse(Status status) {
		this.asked = null;
		this.refusal = status;
		runEvents();
	}

	/**
	 * Returns the call as its handler gets it: with its permit, if it needs one.
	 */
	final ServerCall<Q, A> permitted(ServerCall<Q, A> permittedCall) {
		return (this.entry != null) ? new PermittedCall<>(permittedCall, this.entry) : permittedCall;
	}

	/**
	 * Returns the way into the service, if that is limited.
	 */
	final @Nullable GateEntry entry() {
		return this.entry;
	}

	/**
	 * Tells that nothing of the call goes on. May be told more than once.
	 */
	final void callEnded() {
		if (this.entry != null) {
			this.entry.end(false);
		}
	}

	/**
	 * Runs the first event here and now.
	 */
	final void begin(Runnable newEvents) {
		this.events = newEvents;
		runEvents();
	}

	final boolean hasBegun() {
		return this.begun;
	}

	/**
	 * Returns why the handler was not reached, {@code null} if it was.
	 */
	final @Nullable Status refusal() {
		return this.refusal;
	}

	/**
	 * Remembers the call, and the context in which it runs.
	 */
	final void started(ServerCall<Q, A> startedCall) {
		this.call = startedCall;
		this.context = Context.current();
	}

	final ServerCall<Q, A> call() {
		return Objects.requireNonNull(this.call, "not started");
	}

	final boolean isCancelled() {
		return this.context != null && this.context.isCancelled();
	}

	/**
	 * Runs a task among the events of the call and like one of them: in the context of
	 * the call, which ends if the task throws. Called from any thread.
	 */
	final void executeInOrder(Runnable task) {
		if (!(this.events instanceof Executor queue)) {
			throw new IllegalStateException(
					"The events of a call are run by " + this.events + " (expected: gRPC's SerializingExecutor)");
		}
		queue.execute(Objects.requireNonNull(this.context, "not started").wrap(() -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				Refusals.close(call(),
						Status.UNKNOWN.withDescription("Application error processing RPC").withCause(ex));
				throw ex;
			}
		}));
	}

	private void runEvents() {
		Runnable current = Objects.requireNonNull(this.events, "not begun");
		if (this.begun) {
			current.run();
			return;
		}
		this.begun = true;
		CURRENT.set(this);
		try {
			current.run();
		}
		finally {
			CURRENT.set(null);
		}
	}

}
