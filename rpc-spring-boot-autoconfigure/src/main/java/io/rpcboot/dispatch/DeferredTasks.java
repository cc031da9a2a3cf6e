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

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Runs what nobody waits for a little later, many tasks with one hand-over: the end of a
 * unary call is told to its listener after the reply has left, and a thread woken for
 * that alone would cost as much as the call. A task that blocks delays the others by one
 * more period, no longer: what it left in the queue goes to another thread.
 */
final class DeferredTasks implements Executor, Runnable {

	/**
	 * Long enough to gather the ends of many calls, short enough for whatever a listener
	 * still holds.
	 */
	private static final long DELAY_MICROS = 2000;

	private static final long IDLE_SECONDS = 10;

	/** An executor that rejects for so long is taken for one that is closed. */
	static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final Executor executor;

	private final ScheduledExecutorService timer;

	private final LongSupplier nanoTime;

	private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean armed = new AtomicBoolean();

	/** The executor rejected the last time. Seen by the timer alone, like the next. */
	private boolean rejecting;

	private long rejectingSince;

	/**
	 * Creates a queue.
	 * @param executor runs the tasks
	 * @param timer says when
	 */
	DeferredTasks(Executor executor, ScheduledExecutorService timer) {
		this(executor, timer, System::nanoTime);
	}

	DeferredTasks(Executor executor, ScheduledExecutorService timer, LongSupplier nanoTime) {
		this.executor = executor;
		this.timer = timer;
		this.nanoTime = nanoTime;
	}

	/**
	 * Makes a timer for such queues: one daemon thread, only while there is something to
	 * wait for. It inherits nothing of the call whose thread happens to start it.
	 */
	static ScheduledExecutorService timer(String threadName) {
		ClassLoader classes = Thread.currentThread().getContextClassLoader();
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(null, task, threadName, 0, false);
			thread.setContextClassLoader(classes);
			thread.setDaemon(true);
			return thread;
		});
		timer.setRemoveOnCancelPolicy(true);
		timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
		timer.allowCoreThreadTimeOut(true);
		return timer;
	}

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		arm();
	}

	@Override
	public void run() {
		Runnable task = this.tasks.poll();
		if (task != null && !this.tasks.isEmpty()) {
			arm();
		}
		while (task != null) {
			task.run();
			task = this.tasks.poll();
		}
	}

	private void arm() {
		if (!this.armed.get() && this.armed.compareAndSet(false, true)) {
			this.timer.schedule(this::handOver, DELAY_MICROS, TimeUnit.MICROSECONDS);
		}
	}

	private void handOver() {
		this.armed.set(false);
		try {
			this.executor.execute(this);
			this.rejecting = false;
		}
		catch (RejectedExecutionException ex) {
			if (isClosed()) {
				// Better here than nowhere.
				run();
			}
			else {
				// It has no room now, but will.
				arm();
			}
		}
	}

	/**
	 * Says whether the executor that has rejected just now always will.
	 */
	private boolean isClosed() {
		if (this.executor instanceof ExecutorService service && service.isShutdown()) {
			return true;
		}
		long now = this.nanoTime.getAsLong();
		if (!this.rejecting) {
			this.rejecting = true;
			this.rejectingSince = now;
		}
		return now - this.rejectingSince >= PATIENCE_NANOS;
	}

}
