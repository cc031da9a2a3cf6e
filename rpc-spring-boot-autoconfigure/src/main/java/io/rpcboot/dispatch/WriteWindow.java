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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.google.protobuf.MessageLite;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * How far the writer of a stream may be ahead of its transport. gRPC buffers without
 * bound what a writer sends that does not look at {@code isReady()}: a slow reader then
 * fills the heap. Here the thread of such a writer waits until the transport is ready
 * again, which for Netty means that less than 32 kB are left to be sent. At most the
 * window, those 32 kB and one message are buffered. A writer that looks at
 * {@code isReady()} itself never waits.
 * <p>
 * Event loops do not wait, since the transport gets ready on them; nor does a thread in
 * {@link #runUnbounded}. For one writer at a time, as gRPC's calls are.
 */
public final class WriteWindow {

	/** The shortest and the longest sleep between two looks. */
	private static final long SLEEP_MIN_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

	private static final long SLEEP_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private static final ThreadLocal<@Nullable Boolean> UNBOUNDED = new ThreadLocal<>();

	private final long maxBytes;

	private final Target target;

	/** What was sent since the transport was last seen to be ready. */
	private long unseen;

	private volatile @Nullable Thread waiter;

	/**
	 * Creates a window.
	 * @param maxBytes how many bytes may be sent before the writer looks, above 0
	 * @param target where they are sent
	 */
	public WriteWindow(long maxBytes, Target target) {
		this.maxBytes = maxBytes;
		this.target = target;
	}

	/**
	 * Runs a task whose messages wait for no room, because others wait for the thread.
	 * @param task sends little
	 */
	public static void runUnbounded(Runnable task) {
		Boolean outer = UNBOUNDED.get();
		UNBOUNDED.set(true);
		try {
			task.run();
		}
		finally {
			UNBOUNDED.set(outer);
		}
	}

	/**
	 * Waits until there is room for another message, or the target is over. Called before
	 * the message is sent, outside of all locks.
	 * @param message the message; one of unknown size fills the window
	 * @throws StatusRuntimeException with CANCELLED if the thread is interrupted, which
	 * it stays
	 */
	public void awaitRoom(Object message) {
		if (this.unseen >= this.maxBytes && (this.target.hasRoom() || (mayWait() && await()))) {
			this.unseen = 0;
		}
		this.unseen += (message instanceof MessageLite sized) ? sized.getSerializedSize() : this.maxBytes;
	}

	/**
	 * Lets a writer that waits look at once. From any thread.
	 */
	public void wake() {
		Thread current = this.waiter;
		if (current != null) {
			LockSupport.unpark(current);
		}
	}

	private static boolean mayWait() {
		return !EventLoopThreads.isCurrent() && UNBOUNDED.get() == null;
	}

	/**
	 * Waits. Nobody wakes a writer that sends from within an event of its call, as
	 * handlers do: that the transport is ready is the call's next event, behind this one.
	 * So it looks itself, the more seldom the longer it has waited; that costs the stream
	 * a fifth of its pause at most.
	 */
	private boolean await() {
		long begin = System.nanoTime();
		this.waiter = Thread.currentThread();
		try {
			while (!this.target.hasRoom()) {
				if (this.target.isOver()) {
					return false;
				}
				if (Thread.currentThread().isInterrupted()) {
					throw Status.CANCELLED.withDescription("Interrupted while waiting for a slow reader")
						.asRuntimeException();
				}
				long sleep = (System.nanoTime() - begin) / 4;
				LockSupport.parkNanos(this, Math.min(SLEEP_MAX_NANOS, Math.max(SLEEP_MIN_NANOS, sleep)));
			}
			return true;
		}
		finally {
			this.waiter = null;
		}
	}

	/**
	 * Where messages are sent.
	 */
	public interface Target {

		/**
		 * Says whether the transport takes more without keeping it for long.
		 * @return whether it is ready
		 */
		boolean hasRoom();

		/**
		 * Says whether what is sent goes nowhere any more.
		 * @return whether there is nothing to wait for
		 */
		boolean isOver();

	}

}
