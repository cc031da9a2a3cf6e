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

package io.rpcboot.server.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Feeds a {@link GradientLimit} with windows of a second, and lets it limit only while
 * the server is short of something: of processors, or of threads. A service that is
 * merely slow because it waits for another one is left alone. It goes on learning
 * meanwhile.
 * <p>
 * A server may be short of nothing just because of the limit. So it is raised by half
 * after each such window, and goes away above the most that the gradient may find. Lifted
 * at once it would let in all that callers offer in a second. Seconds without enough
 * calls for a window count as windows, from when the limit last held calls back: who is
 * called again after a pause does not wait for what an overload has left.
 */
final class AdaptiveLimit {

	static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** Fewer calls say nothing. */
	private static final int MIN_CALLS = 10;

	private final GradientLimit gradient;

	private final OverloadSignal overload;

	private final LongAdder nanos = new LongAdder();

	private final LongAdder calls = new LongAdder();

	private final LongAdder delayNanos = new LongAdder();

	private final LongAdder begun = new LongAdder();

	private final AtomicLong windowEnd;

	private volatile int peak;

	/** When as many calls as the limit were last seen to run. */
	private volatile long heldBack;

	private volatile int limit;

	private volatile int ceiling = Integer.MAX_VALUE;

	AdaptiveLimit(GradientLimit gradient, OverloadSignal overload, long now) {
		this.gradient = gradient;
		this.overload = overload;
		this.windowEnd = new AtomicLong(now + WINDOW_NANOS);
		this.heldBack = now;
		this.limit = gradient.limit();
	}

	/**
	 * Tells how long a call waited for its thread.
	 * @param delay the nanoseconds
	 * @param now the time
	 */
	void started(long delay, long now) {
		if (isPause(now)) {
			// How long calls waited before it says nothing of now.
			this.delayNanos.reset();
			this.begun.reset();
		}
		this.delayNanos.add(delay);
		this.begun.increment();
	}

	/**
	 * Tells how long an answered call took.
	 * @param duration its nanoseconds
	 * @param running how many calls run, this one included
	 * @param now the time
	 * @return the limit that applies; {@link Integer#MAX_VALUE} for none
	 */
	int answered(long duration, int running, long now) {
		this.nanos.add(duration);
		this.calls.increment();
		if (running > this.peak) {
			// Two threads may do so at a time; either number will do.
			this.peak = running;
		}
		if (running >= this.ceiling) {
			this.heldBack = now;
		}
		long end = this.windowEnd.get();
		if (now - end >= 0 && (this.calls.sum() >= MIN_CALLS || isPause(now))
				&& this.windowEnd.compareAndSet(end, now + WINDOW_NANOS)) {
			closeWindow(Math.min(now - end + WINDOW_NANOS, now - this.heldBack) / WINDOW_NANOS);
		}
		return this.ceiling;
	}

	int limit() {
		return this.limit;
	}

	/**
	 * A limit is left of an overload, for a second longer than a window there were not
	 * even the calls that fill one, and the limit is not why.
	 */
	private boolean isPause(long now) {
		return this.ceiling != Integer.MAX_VALUE && now - this.windowEnd.get() >= WINDOW_NANOS
				&& now - this.heldBack >= WINDOW_NANOS;
	}

	/**
	 * Synchronized for the case that this thread is held up for a whole window.
	 * @param free how many seconds of it the limit held nothing back
	 */
	private synchronized void closeWindow(long free) {
		boolean known = this.calls.sum() >= MIN_CALLS;
		long started = this.begun.sumThenReset();
		long delay = this.delayNanos.sumThenReset();
		if (known) {
			long count = this.calls.sumThenReset();
			this.limit = this.gradient.update(Math.max(1, (double) this.nanos.sumThenReset() / count), this.peak);
		}
		this.peak = 0;
		if (!this.overload.isOverloaded((started > 0) ? delay / started : 0)) {
			this.ceiling = lifted(this.ceiling, Math.max(1, free));
		}
		else if (known) {
			this.ceiling = this.limit;
		}
	}

	private int lifted(int ceiling, long times) {
		long raised = ceiling;
		for (long left = times; left > 0 && raised <= this.gradient.max(); left--) {
			raised += raised / 2 + 1;
		}
		return (raised > this.gradient.max()) ? Integer.MAX_VALUE : (int) raised;
	}

}
