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

package io.rpcboot.call;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

import io.grpc.Context;

/**
 * Executors whose tasks belong to the call during which they were handed over: they see
 * its deadline, its cancellation and its values, and the calls that they make end with
 * it. For work that somebody waits for. Any executor may be wrapped, one with virtual
 * threads too:
 *
 * <pre class="code">
 * ExecutorService workers = RpcExecutors.wrap(Executors.newVirtualThreadPerTaskExecutor());
 * </pre>
 *
 * Work that goes on when the call has ended, such as that of an {@code @Async} method,
 * takes the values only: {@link Context#fork()}.
 * <p>
 * A task runs even if its call has ended in the meantime; it looks at
 * {@link Context#isCancelled()}. A wrapped executor stops with the one inside.
 */
public final class RpcExecutors {

	private RpcExecutors() {
	}

	/**
	 * Wraps an executor.
	 * @param executor runs the tasks
	 * @return runs each task in the context of the thread that hands it over
	 */
	public static Executor wrap(Executor executor) {
		return Context.currentContextExecutor(executor);
	}

	/**
	 * Wraps an executor service.
	 * @param executor runs the tasks
	 * @return runs each task in the context of the thread that hands it over
	 */
	public static ExecutorService wrap(ExecutorService executor) {
		return new ContextExecutorService<>(executor);
	}

	/**
	 * Wraps a scheduler. A task that is repeated keeps the context in which it was
	 * scheduled, also when that call has ended: for such ones a fork is better.
	 * @param scheduler runs the tasks
	 * @return runs each task in the context of the thread that schedules it
	 */
	public static ScheduledExecutorService wrap(ScheduledExecutorService scheduler) {
		return new ContextScheduler(scheduler);
	}

}
