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

import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.grpc.Context;

/**
 * Runs tasks in the context in which they were handed over.
 *
 * @param <E> the type of the executor inside
 */
class ContextExecutorService<E extends ExecutorService> implements ExecutorService {

	private final E delegate;

	ContextExecutorService(E delegate) {
		this.delegate = delegate;
	}

	final E delegate() {
		return this.delegate;
	}

	@Override
	public final void execute(Runnable task) {
		this.delegate.execute(Context.current().wrap(task));
	}

	@Override
	public final Future<?> submit(Runnable task) {
		return this.delegate.submit(Context.current().wrap(task));
	}

	@Override
	public final <T> Future<T> submit(Runnable task, T result) {
		return this.delegate.submit(Context.current().wrap(task), result);
	}

	@Override
	public final <T> Future<T> submit(Callable<T> task) {
		return this.delegate.submit(Context.current().wrap(task));
	}

	@Override
	public final <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
		return this.delegate.invokeAll(wrap(tasks));
	}

	@Override
	public final <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
			throws InterruptedException {
		return this.delegate.invokeAll(wrap(tasks), timeout, unit);
	}

	@Override
	public final <T> T invokeAny(Collection<? extends Callable<T>> tasks)
			throws InterruptedException, ExecutionException {
		return this.delegate.invokeAny(wrap(tasks));
	}

	@Override
	public final <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
			throws InterruptedException, ExecutionException, TimeoutException {
		return this.delegate.invokeAny(wrap(tasks), timeout, unit);
	}

	@Override
	public final void shutdown() {
		this.delegate.shutdown();
	}

	@Override
	public final List<Runnable> shutdownNow() {
		return this.delegate.shutdownNow();
	}

	@Override
	public final boolean isShutdown() {
		return this.delegate.isShutdown();
	}

	@Override
	public final boolean isTerminated() {
		return this.delegate.isTerminated();
	}

	@Override
	public final boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
		return this.delegate.awaitTermination(timeout, unit);
	}

	private static <T> List<Callable<T>> wrap(Collection<? extends Callable<T>> tasks) {
		Context context = Context.current();
		return tasks.stream().map((task) -> context.<T>wrap(task)).toList();
	}

}
