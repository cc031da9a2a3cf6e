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

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded pool that wakes one thread for a burst of tasks. At most one wake-up is under
 * way at a time; the thread that wakes takes a task and, if more are waiting, passes the
 * wake-up on before it runs its own, because that one may block. So tasks that never
 * block are run by few threads, which hardly ever park, and tasks that block find others
 * as fast as threads can be woken. The thread that parked last is woken first. This is
 * how Go's scheduler wakes its workers (runtime/proc.go, "spinning" threads).
 * <p>
 * The queue has no bound: gRPC hands over several tasks for one call, and a call that
 * lost one of them would hang. Bound the calls before they enter. No task is ever
 * rejected, not even after {@link #close()}, unless there is no thread and none can be
 * started. Threads are daemons, made as they are needed, and end after a minute without
 * work.
 */
public final class WakeOnePool implements Executor, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(WakeOnePool.class);

	private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(60);

	private final String namePrefix;

	private final int maxThreads;

	private final Consumer<Thread> starter;

	private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final ConcurrentLinkedDeque<Worker> parked = new ConcurrentLinkedDeque<>();

	private final AtomicInteger threads = new AtomicInteger();

	private final AtomicInteger names = new AtomicInteger();

	private final @Nullable ClassLoader classes = Thread.currentThread().getContextClassLoader();

	/** A thread is on its way from being parked to its first task. */
	private final AtomicBoolean waking = new AtomicBoolean();

	private volatile boolean closed;

	/**
	 * Creates a pool; no thread is started yet.
	 * @param namePrefix begins the names of its threads
	 * @param maxThreads the most threads, at least 1
	 */
	public WakeOnePool(String namePrefix, int maxThreads) {
		this(namePrefix, maxThreads, Thread::start);
	}

	WakeOnePool(String namePrefix, int maxThreads, Consumer<Thread> starter) {
		this.starter = starter;
		this.namePrefix = namePrefix;
		this.maxThreads = maxThreads;
	}

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		if (!wakeOne() && this.threads.get() == 0 && this.tasks.remove(task)) {
			throw new RejectedExecutionException("There is no thread, and none can be started");
		}
	}

	/**
	 * Lets the threads end as soon as they find nothing more to do.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.parked.forEach((worker) -> LockSupport.unpark(worker.thread));
	}

	/**
	 * Returns how many threads there are.
	 * @return the number
	 */
	public int threads() {
		return this.threads.get();
	}

	/**
	 * Returns how many threads run a task or are about to. Counts the parked ones, so not
	 * for hot paths.
	 * @return the number
	 */
	public int active() {
		return Math.max(0, this.threads.get() - this.parked.size());
	}

	/**
	 * Tells whether the current thread is one of the pool.
	 * @return whether it is
	 */
	public boolean isCurrentThread() {
		return Thread.currentThread() instanceof PoolThread thread && thread.pool == this;
	}

	/**
	 * Wakes a thread, if none is on its way and one is free.
	 * @return {@code false} if one could not be started: the others come by the tasks
	 * when they are done
	 */
	private boolean wakeOne() {
		while (!this.waking.get() && this.waking.compareAndSet(false, true)) {
			Worker worker = this.parked.pollFirst();
			if (worker != null) {
				worker.wake();
				return true;
			}
			try {
				if (startWorker()) {
					return true;
				}
			}
			catch (RuntimeException | Error ex) {
				logger.error("A thread of {} could not be started", this.namePrefix, ex);
				return false;
			}
			this.waking.set(false);
			// All are busy, and each looks at the queue before it parks; but one that
			// parked or ended just now left the wake-up to this thread.
			if (this.tasks.isEmpty() || !isAnyFree()) {
				return true;
			}
		}
		return true;
	}

	private boolean isAnyFree() {
		return !this.parked.isEmpty() || this.threads.get() < this.maxThreads;
	}

	private boolean startWorker() {
		int count = this.threads.get();
		while (count < this.maxThreads) {
			if (this.threads.compareAndSet(count, count + 1)) {
				startCounted();
				return true;
			}
			count = this.threads.get();
		}
		return false;
	}

	private void startCounted() {
		try {
			this.starter.accept(new Worker().thread);
		}
		catch (Throwable ex) {
			// No thread to be had, but the next task may try again.
			this.threads.getAndDecrement();
			this.waking.set(false);
			throw ex;
		}
	}

	private final class Worker implements Runnable {

		private final Thread thread = new PoolThread(WakeOnePool.this, this,
				WakeOnePool.this.namePrefix + WakeOnePool.this.names.incrementAndGet());

		/** This thread is the one that is being woken. */
		private volatile boolean woken = true;

		Worker() {
			this.thread.setDaemon(true);
			this.thread.setContextClassLoader(WakeOnePool.this.classes);
		}

		void wake() {
			this.woken = true;
			LockSupport.unpark(this.thread);
		}

		@Override
		public void run() {
			boolean alive = true;
			boolean afterBatch = false;
			while (alive) {
				Runnable task = take(afterBatch);
				if (task != null) {
					passOn();
					runTask(task);
					afterBatch = isBatch(task);
				}
				else {
					alive = park();
					afterBatch = false;
				}
			}
		}

		/**
		 * gRPC's queue of the events of a call comes as it is only for a stream.
		 */
		private static boolean isBatch(Runnable task) {
			return task instanceof Executor && !(task instanceof ServerHop || task instanceof DeferredTasks);
		}

		/**
		 * Takes a task. After a batch of a stream's events there is often none only
		 * because the thread that brings the next batch waits for a processor: gives way
		 * to it once, which saves a park and a wake-up.
		 */
		@SuppressWarnings("ThreadPriorityCheck") // A hint: nothing depends on it.
		private @Nullable Runnable take(boolean afterBatch) {
			Runnable task = WakeOnePool.this.tasks.poll();
			if (task != null || !afterBatch) {
				return task;
			}
			Thread.yield();
			return WakeOnePool.this.tasks.poll();
		}

		/**
		 * Ends the wake-up of this thread and begins that of another one if there is more
		 * to do than the one task at hand.
		 */
		private void passOn() {
			if (this.woken) {
				this.woken = false;
				WakeOnePool.this.waking.set(false);
				if (!WakeOnePool.this.tasks.isEmpty()) {
					wakeOne();
				}
			}
		}

		/**
		 * Parks until it is woken.
		 * @return whether to go on; {@code false} ends the thread
		 */
		private boolean park() {
			boolean wasWoken = this.woken;
			this.woken = false;
			WakeOnePool.this.parked.addFirst(this);
			if (wasWoken) {
				WakeOnePool.this.waking.set(false);
			}
			if (!WakeOnePool.this.tasks.isEmpty()) {
				// Came between the last look and the parking: whoever added it may have
				// found this thread not yet parked.
				wakeOne();
			}
			long end = System.nanoTime() + KEEP_ALIVE_NANOS;
			while (!this.woken) {
				long left = end - System.nanoTime();
				if ((left <= 0 || WakeOnePool.this.closed) && WakeOnePool.this.parked.remove(this)) {
					return endUnlessNeeded();
				}
				LockSupport.parkNanos(WakeOnePool.this, Math.max(left, 1));
				// An interrupt must not turn the wait into a spin.
				Thread.interrupted();
			}
			return true;
		}

		private boolean endUnlessNeeded() {
			WakeOnePool.this.threads.getAndDecrement();
			if (!WakeOnePool.this.tasks.isEmpty()) {
				wakeOne();
			}
			return false;
		}

		private void runTask(Runnable task) {
			try {
				task.run();
			}
			catch (Throwable ex) {
				logger.error("A task failed on {}", this.thread.getName(), ex);
			}
			// What a task left behind is not the next one's.
			Thread.interrupted();
		}

	}

	private static final class PoolThread extends Thread {

		private final WakeOnePool pool;

		PoolThread(WakeOnePool pool, Runnable worker, String name) {
			super(null, worker, name, 0, false);
			this.pool = pool;
		}

	}

}
