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

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the handlers of some services run, and how many calls wait for that.
 */
final class Handlers {

	private static final Logger logger = LoggerFactory.getLogger(Handlers.class);

	private final Executor executor;

	private final @Nullable Admission admission;

	private final DeferredTasks deferred;

	private final Executor neutral;

	private final AtomicInteger waiting = new AtomicInteger();

	private final Executor counted = this::executeCounted;

	/**
	 * Creates handlers.
	 * @param executor runs them
	 * @param admission decides which calls may wait for it, if not all may
	 * @param timer for what nobody waits for
	 * @param neutral a thread that serves no call
	 */
	Handlers(Executor executor, @Nullable Admission admission, ScheduledExecutorService timer, Executor neutral) {
		this.neutral = neutral;
		this.executor = executor;
		this.admission = admission;
		this.deferred = new DeferredTasks(executor, timer);
	}

	/**
	 * Lets a call wait, or says why not.
	 */
	@Nullable Status admit(MethodDescriptor<?, ?> method, Metadata headers) {
		return (this.admission != null) ? this.admission.admit(method, headers, this.waiting.get()) : null;
	}

	/**
	 * Hands over the task that starts a handler, which must call {@link #started()}.
	 * @throws RejectedExecutionException if the executor has no room
	 */
	void start(Runnable task) {
		this.waiting.getAndIncrement();
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			this.waiting.getAndDecrement();
			throw ex;
		}
	}

	/**
	 * Hands over a call that waited for its permit. This thread may be in the middle of
	 * the call that gave it back, and most executors may take what is on the thread along
	 * (thread locals, by decorators and by inheritance): then another one's identity. So
	 * for them a neutral thread does that, one wake-up for all that have come meanwhile.
	 * The pool of this package takes nothing along, and costs none.
	 */
	void afterWait(Runnable handOver) {
		if (this.executor instanceof WakeOnePool) {
			handOver.run();
		}
		else {
			this.neutral.execute(() -> {
				try {
					handOver.run();
				}
				catch (Throwable ex) {
					logger.error("A call that waited for its permit could not be handed over", ex);
				}
			});
		}
	}

	/**
	 * Tells that a call waits no more.
	 */
	void started() {
		this.waiting.getAndDecrement();
	}

	/**
	 * Returns how many calls wait for a thread.
	 */
	int waiting() {
		return this.waiting.get();
	}

	/**
	 * Runs later events of a call. An executor that has no room for them gets them again
	 * a little later: without one of its events a call would hang.
	 */
	void resume(Runnable events) {
		try {
			this.executor.execute(events);
		}
		catch (RejectedExecutionException ex) {
			this.deferred.execute(events);
		}
	}

	/**
	 * Returns what runs the handlers.
	 */
	Executor executor() {
		return this.executor;
	}

	/**
	 * Returns what runs the events that nobody waits for.
	 */
	Executor deferred() {
		return this.deferred;
	}

	/**
	 * Returns what runs each event of calls that gRPC dispatches by itself, and counts it
	 * while it waits.
	 */
	Executor counted() {
		return this.counted;
	}

	private void executeCounted(Runnable events) {
		start(() -> {
			started();
			events.run();
		});
	}

}
