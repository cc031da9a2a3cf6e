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

import io.grpc.netty.shaded.io.netty.util.Timeout;
import io.grpc.netty.shaded.io.netty.util.Timer;
import io.grpc.netty.shaded.io.netty.util.TimerTask;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultPromise;
import io.grpc.netty.shaded.io.netty.util.concurrent.ImmediateEventExecutor;
import io.grpc.netty.shaded.io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * A task on a timer wheel, as Netty's schedulers return them.
 */
final class WheelTask extends DefaultPromise<Void> implements ScheduledFuture<Void>, TimerTask {

	private final long deadlineNanos;

	private volatile @Nullable Runnable command;

	private volatile @Nullable Timeout timeout;

	/**
	 * Creates a task that waits for nothing yet.
	 * @param command what to do
	 * @param deadlineNanos when, by the system's monotonic clock
	 */
	WheelTask(Runnable command, long deadlineNanos) {
		super(ImmediateEventExecutor.INSTANCE);
		this.command = command;
		this.deadlineNanos = deadlineNanos;
	}

	void startIn(Timer timer, long delay, TimeUnit unit) {
		this.timeout = timer.newTimeout(this, delay, unit);
	}

	@Override
	public void run(Timeout expired) {
		Runnable task = this.command;
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
		// The wheel forgets it at its next tick; what it holds may go now.
		this.command = null;
		Timeout current = this.timeout;
		if (current != null) {
			current.cancel();
		}
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

}
