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

import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultPromise;
import io.grpc.netty.shaded.io.netty.util.concurrent.ImmediateEventExecutor;
import io.grpc.netty.shaded.io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * A task on a {@link TimerWheel}, as Netty's schedulers return them. It is a link of the
 * wheel's lists itself, so that none is allocated.
 */
final class WheelTask extends DefaultPromise<Void> implements ScheduledFuture<Void>, Runnable {

	private static final AtomicReferenceFieldUpdater<WheelTask, @Nullable Runnable> COMMAND = AtomicReferenceFieldUpdater
		.newUpdater(WheelTask.class, Runnable.class, "command");

	private final TimerWheel wheel;

	private final long deadlineNanos;

	/** Read by {@link #COMMAND} alone. */
	@SuppressWarnings("UnusedVariable")
	private volatile @Nullable Runnable command;

	/** The one added before, until the wheel has taken it in. */
	private @Nullable WheelTask before;

	private int waiting;

	private @Nullable WheelTask cancelledBefore;

	private int cancelledWaiting;

	/** From here on: of the wheel's thread. */
	private long tick;

	private @Nullable WheelTask previous;

	private @Nullable WheelTask next;

	/**
	 * Creates a task that waits for nothing yet.
	 * @param wheel what it is to be added to
	 * @param command what to do
	 * @param deadlineNanos when, by the system's monotonic clock
	 */
	WheelTask(TimerWheel wheel, Runnable command, long deadlineNanos) {
		super(ImmediateEventExecutor.INSTANCE);
		this.wheel = wheel;
		this.command = command;
		this.deadlineNanos = deadlineNanos;
	}

	/**
	 * Runs the command, unless it was run or cancelled: an executor that failed may have
	 * taken the task all the same, and gets it again.
	 */
	@Override
	public void run() {
		Runnable task = COMMAND.getAndSet(this, null);
		if (task == null || !setUncancellable()) {
			return;
		}
		try {
			task.run();
			trySuccess(null);
		}
		catch (Throwable ex) {
			tryFailure(ex);
		}
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		if (!super.cancel(mayInterruptIfRunning)) {
			return false;
		}
		// The wheel forgets it when it turns; what it holds may go now.
		this.command = null;
		this.wheel.remove(this);
		return true;
	}

	@Override
	public long getDelay(TimeUnit unit) {
		return unit.convert(this.deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
	}

	@Override
	public int compareTo(Delayed other) {
		return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
	}

	long deadlineNanos() {
		return this.deadlineNanos;
	}

	void follows(@Nullable WheelTask last) {
		this.before = last;
		this.waiting = (last != null) ? last.waiting + 1 : 1;
	}

	/**
	 * Returns how many waited to be taken in when this was added.
	 */
	int waiting() {
		return this.waiting;
	}

	/**
	 * Returns the one added before, and forgets it.
	 */
	@Nullable WheelTask before() {
		WheelTask last = this.before;
		this.before = null;
		return last;
	}

	void isCancelledAfter(@Nullable WheelTask last) {
		this.cancelledBefore = last;
		this.cancelledWaiting = (last != null) ? last.cancelledWaiting + 1 : 1;
	}

	/**
	 * Returns how many waited to be taken out when this was cancelled.
	 */
	int cancelledWaiting() {
		return this.cancelledWaiting;
	}

	/**
	 * Returns the one cancelled before, and forgets it.
	 */
	@Nullable WheelTask cancelledBefore() {
		WheelTask last = this.cancelledBefore;
		this.cancelledBefore = null;
		return last;
	}

	long tick() {
		return this.tick;
	}

	void tick(long newTick) {
		this.tick = newTick;
	}

	@Nullable WheelTask next() {
		return this.next;
	}

	/**
	 * Becomes the first of a slot.
	 */
	void enter(@Nullable WheelTask first) {
		this.next = first;
		if (first != null) {
			first.previous = this;
		}
	}

	/**
	 * Leaves its slot, if it is in one.
	 */
	void leave() {
		if (this.previous != null) {
			this.previous.next = this.next;
		}
		if (this.next != null) {
			this.next.previous = this.previous;
		}
		this.previous = null;
		this.next = null;
	}

}
