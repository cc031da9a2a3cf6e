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
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A timer for delays that need not be exact, and that are nearly always cancelled: a
 * hashed wheel (Varghese and Lauck, 1987) that one thread turns. The thread sleeps until
 * the next slot that holds something, so rest costs nothing. Adding and cancelling take
 * no lock, allocate nothing, and wake the thread only for a task that is due before it
 * wakes by itself, or when {@value #MAX_WAITING} tasks wait to be taken in or out.
 * <p>
 * An executor that fails, such as for want of memory for a thread, ends neither the wheel
 * nor a task: what is due stays, and one task is tried with each tick until it is taken.
 */
final class TimerWheel {

	private static final Logger logger = LoggerFactory.getLogger(TimerWheel.class);

	private static final int SLOTS = 512;

	private static final int MAX_WAITING = 1024;

	private static final long FAR_NANOS = TimeUnit.DAYS.toNanos(1);

	private final long tickNanos;

	private final Executor executor;

	private final Thread thread;

	private final AtomicBoolean started = new AtomicBoolean();

	private final AtomicReference<@Nullable WheelTask> added = new AtomicReference<>();

	private final AtomicReference<@Nullable WheelTask> cancelled = new AtomicReference<>();

	private final long originNanos = System.nanoTime();

	/** Of the thread; the first task of each slot. */
	private final @Nullable WheelTask[] slots = new WheelTask[SLOTS];

	/** Of the thread; whether the executor did not take the last task. */
	private boolean failing;

	/** Of the thread; the last tick that was looked at. */
	private long tick;

	/** When the thread wakes by itself. */
	private volatile long wakeNanos = this.originNanos;

	private volatile boolean stopped;

	/**
	 * Creates a timer; its thread starts with the first task.
	 * @param threads makes the thread
	 * @param tickNanos how late a task may run
	 * @param executor runs the tasks that are due
	 */
	TimerWheel(ThreadFactory threads, long tickNanos, Executor executor) {
		this.tickNanos = tickNanos;
		this.executor = executor;
		this.thread = threads.newThread(this::turn);
	}

	/**
	 * Adds a task. Safe for any thread. Where the thread cannot be started, the task is
	 * cancelled, and the next one tries again.
	 * @throws RejectedExecutionException after the end
	 */
	void add(WheelTask task) {
		if (this.stopped) {
			throw new RejectedExecutionException("The timer has stopped");
		}
		WheelTask head;
		do {
			head = this.added.get();
			task.follows(head);
		}
		while (!this.added.compareAndSet(head, task));
		if (!this.started.get() && this.started.compareAndSet(false, true)) {
			start(task);
		}
		// Read after the task can be seen: the thread looks once more after it has set
		// it.
		if (task.deadlineNanos() - this.wakeNanos < 0 || task.waiting() == MAX_WAITING) {
			LockSupport.unpark(this.thread);
		}
	}

	private void start(WheelTask first) {
		try {
			this.thread.start();
		}
		catch (Throwable ex) {
			this.started.set(false);
			first.cancel(false);
			throw ex;
		}
	}

	/**
	 * Lets a task go that was added and has been cancelled. Safe for any thread; once for
	 * each task.
	 */
	void remove(WheelTask task) {
		WheelTask head;
		do {
			head = this.cancelled.get();
			task.isCancelledAfter(head);
		}
		while (!this.cancelled.compareAndSet(head, task));
		if (task.cancelledWaiting() == MAX_WAITING) {
			LockSupport.unpark(this.thread);
		}
	}

	/**
	 * Ends it; what is still in it is dropped.
	 */
	void stop() {
		this.stopped = true;
		LockSupport.unpark(this.thread);
	}

	private void turn() {
		while (!this.stopped) {
			takeIn();
			takeOut();
			runDue();
			long wake = nextWake();
			this.wakeNanos = wake;
			if (this.added.get() == null && !this.stopped) {
				LockSupport.parkNanos(this, Math.max(1, wake - System.nanoTime()));
			}
		}
	}

	private void takeIn() {
		WheelTask task = this.added.getAndSet(null);
		while (task != null) {
			WheelTask before = task.before();
			if (!task.isDone()) {
				// Never before its time, and never in a slot that has been looked at.
				long due = (task.deadlineNanos() - this.originNanos + this.tickNanos - 1) / this.tickNanos;
				putIn(task, Math.max(due, this.tick + 1));
			}
			task = before;
		}
	}

	private void putIn(WheelTask task, long at) {
		task.tick(at);
		int slot = slot(at);
		task.enter(this.slots[slot]);
		this.slots[slot] = task;
	}

	private void takeOut() {
		WheelTask task = this.cancelled.getAndSet(null);
		while (task != null) {
			WheelTask before = task.cancelledBefore();
			takeOut(task);
			task = before;
		}
	}

	private void takeOut(WheelTask task) {
		int slot = slot(task.tick());
		if (this.slots[slot] == task) {
			this.slots[slot] = task.next();
		}
		task.leave();
	}

	private void runDue() {
		long now = (System.nanoTime() - this.originNanos) / this.tickNanos;
		long first = Math.max(this.tick + 1, now - SLOTS + 1);
		boolean taken = true;
		for (long at = first; at <= now; at++) {
			WheelTask task = this.slots[slot(at)];
			while (task != null) {
				WheelTask next = task.next();
				if (task.tick() <= now) {
					takeOut(task);
					taken = taken && run(task);
					if (!taken) {
						putIn(task, now + 1);
					}
				}
				task = next;
			}
		}
		this.tick = Math.max(this.tick, now);
	}

	private boolean run(WheelTask task) {
		try {
			this.executor.execute(task);
			this.failing = false;
		}
		catch (RejectedExecutionException ex) {
			// The loops have ended, and nobody waits for it any more.
			task.cancel(false);
		}
		catch (Throwable ex) {
			log(ex);
			return false;
		}
		return true;
	}

	private void log(Throwable failure) {
		if (!this.failing) {
			this.failing = true;
			try {
				logger.error("Tasks that are due cannot be run ({}); trying again with each tick", failure.toString());
			}
			catch (Throwable ex) {
				// There may be no memory for the line either, and the wheel must go on.
			}
		}
	}

	private long nextWake() {
		for (long at = this.tick + 1; at <= this.tick + SLOTS; at++) {
			if (this.slots[slot(at)] != null) {
				return this.originNanos + at * this.tickNanos;
			}
		}
		return System.nanoTime() + FAR_NANOS;
	}

	private static int slot(long tick) {
		return (int) (tick & (SLOTS - 1));
	}

}
