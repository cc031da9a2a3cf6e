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

package io.rpcboot.server;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.rpcboot.server.RpcServerSettings.NonBlockingServices;
import io.rpcboot.server.RpcServerSettings.OnBlock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds non-blocking services that block. A thread gives each event loop a probe at short
 * intervals; when a loop is late to run it, the stack of its thread says who holds it.
 * The service is named in the log once, and moved off the loop if the settings say so.
 */
final class LoopWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LoopWatch.class);

	private static final long MAX_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	private static final long MIN_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	/** While a loop is late, it is looked at this much more often. */
	private static final int HURRY = 4;

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private final NonBlockingServices settings;

	private final LoopStatistics statistics;

	private final Consumer<String> offLoop;

	private final long intervalNanos;

	private final Set<String> named = new HashSet<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	/**
	 * Creates a watch.
	 * @param settings how late a loop may be, and what to do then
	 * @param statistics what operators see
	 * @param offLoop lets a service run on the server's handlers from now on
	 */
	LoopWatch(NonBlockingServices settings, LoopStatistics statistics, Consumer<String> offLoop) {
		this.settings = settings;
		this.statistics = statistics;
		this.offLoop = offLoop;
		this.intervalNanos = interval(settings.maxDelay().toNanos());
	}

	/**
	 * Watches loops from now on, which must not be in use yet.
	 */
	void start(List<EventExecutor> loops) {
		List<WatchedLoop> watched = new ArrayList<>();
		for (EventExecutor loop : loops) {
			if (loop.submit(Thread::currentThread).syncUninterruptibly().getNow() instanceof LoopThread thread) {
				watched.add(new WatchedLoop(loop, thread::tasks, (now) -> thread.sample(this.threads, now),
						System::nanoTime, this.settings.maxDelay().toNanos()));
			}
		}
		Thread thread = new Thread(() -> watch(watched), "rpc-loop-watch");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

	private void watch(List<WatchedLoop> loops) {
		try {
			long due = System.nanoTime() + this.intervalNanos;
			while (!this.closed.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
				long now = System.nanoTime();
				long late = now - due;
				boolean hurry = false;
				for (WatchedLoop loop : loops) {
					check(loop, now, late);
					hurry |= loop.isLate(now);
				}
				due = now + (hurry ? interval(this.intervalNanos / HURRY) : this.intervalNanos);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void check(WatchedLoop loop, long now, long late) {
		try {
			LoopSample blocked = loop.check(now, late, this.statistics::delay);
			if (blocked != null) {
				this.statistics.blocked(blocked.service());
				if (this.named.add(blocked.service())) {
					report(blocked, loop.lateNanos(now));
				}
			}
		}
		catch (RuntimeException ex) {
			logger.error("An event loop could not be watched", ex);
		}
	}

	private void report(LoopSample blocked, long heldNanos) {
		boolean move = this.settings.onBlock() == OnBlock.MOVE_OFF_LOOP;
		if (move) {
			this.offLoop.accept(blocked.service());
		}
		logger.warn(
				"The non-blocking service {} blocks: it has held an event loop for {} ms so far"
						+ " (rpc.server.non-blocking.max-delay: {} ms), while all other calls of that loop wait. {}",
				blocked.service(), TimeUnit.NANOSECONDS.toMillis(heldNanos), this.settings.maxDelay().toMillis(),
				move ? "Its calls are moved to the server's handlers until the next start; remove @NonBlocking from it."
						: "Remove @NonBlocking from it, or set rpc.server.non-blocking.on-block=move-off-loop.",
				new BlockedHere(blocked));
	}

	private static long interval(long nanos) {
		return Math.max(MIN_INTERVAL_NANOS, Math.min(MAX_INTERVAL_NANOS, nanos));
	}

	/**
	 * The stack of the thread that is blocked.
	 */
	private static final class BlockedHere extends Exception {

		private static final long serialVersionUID = 1L;

		BlockedHere(LoopSample blocked) {
			super(blocked.thread() + " is " + blocked.state());
			setStackTrace(blocked.stack().toArray(StackTraceElement[]::new));
		}

	}

}
