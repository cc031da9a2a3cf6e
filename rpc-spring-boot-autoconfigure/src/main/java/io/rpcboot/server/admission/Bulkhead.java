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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

import io.grpc.Status;
import io.rpcboot.dispatch.CallPermit;
import io.rpcboot.dispatch.GatedCall;
import io.rpcboot.server.admission.AdmissionStatistics.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The permits of a service, or of a method with a limit of its own, and the calls that
 * wait for one. A permit is given before the call is handed over, so calls that wait hold
 * no thread and a slow service cannot take all threads of a pool.
 */
final class Bulkhead {

	/** Shorter sweeps would cost more than the calls that they find. */
	private static final long MIN_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private final String name;

	private final ConcurrencyLimit limit;

	private final WaitingCalls waiting;

	private final @Nullable AdaptiveLimit adaptive;

	private final boolean dryRun;

	private final LongSupplier nanoTime;

	private final BiConsumer<Runnable, Long> timer;

	private final CallDurations durations = new CallDurations();

	private final RefusalCounts refusals = new RefusalCounts();

	private final RefusalLog log;

	private final AtomicBoolean sweeping = new AtomicBoolean();

	private volatile long shortestQueueNanos = Long.MAX_VALUE;

	/** Set on a thread that lets calls run. */
	private final ThreadLocal<Boolean> draining = new ThreadLocal<>();

	/**
	 * Creates a bulkhead.
	 * @param name the service or method
	 * @param maxConcurrent the most calls that run
	 * @param queueCapacity the most calls that wait
	 * @param adaptive lowers the limit, if set
	 * @param dryRun whether calls are only counted and not refused
	 * @param nanoTime the time
	 * @param timer runs a task after so many nanoseconds
	 */
	Bulkhead(String name, int maxConcurrent, int queueCapacity, @Nullable AdaptiveLimit adaptive, boolean dryRun,
			LongSupplier nanoTime, BiConsumer<Runnable, Long> timer) {
		this.name = name;
		this.limit = new ConcurrencyLimit(maxConcurrent);
		this.waiting = new WaitingCalls(queueCapacity);
		this.adaptive = adaptive;
		this.dryRun = dryRun;
		this.nanoTime = nanoTime;
		this.timer = timer;
		this.log = new RefusalLog(nanoTime);
	}

	/**
	 * Notes for how long the calls of a method may wait. Before any of them comes.
	 */
	void expect(long maxQueueNanos) {
		this.shortestQueueNanos = Math.min(this.shortestQueueNanos, maxQueueNanos);
	}

	@Nullable Status look(LimitedMethod method) {
		if (this.dryRun || !this.limit.isFull(method.isHigh())
				|| !this.waiting.isClosed(method.isHigh(), this.nanoTime.getAsLong())) {
			return null;
		}
		return noRoom();
	}

	void enter(GatedCall call, LimitedMethod method) {
		// A call of high priority goes past normal ones, so it need not wait for them.
		int ahead = method.isHigh() ? this.waiting.highSize() : this.waiting.size();
		if (ahead == 0 && this.limit.tryAcquire(method.isHigh())) {
			run(call, method);
		}
		else if (this.dryRun) {
			countOnly();
			this.limit.acquireAnyway();
			run(call, method);
		}
		else {
			await(call, method);
		}
	}

	AdmissionStatistics.Limit statistics() {
		return new AdmissionStatistics.Limit(this.limit.limit(false),
				(this.adaptive != null) ? this.adaptive.limit() : 0, this.limit.running(), this.waiting.size(),
				this.refusals.get());
	}

	/**
	 * Counts what would have become of a call; how long it would have waited nobody
	 * knows.
	 */
	private void countOnly() {
		if (this.limit.running() - this.limit.limit(false) >= this.waiting.capacity()) {
			noRoom();
		}
	}

	private void await(GatedCall call, LimitedMethod method) {
		long now = this.nanoTime.getAsLong();
		List<WaitingCall> dropped = new ArrayList<>(1);
		this.waiting.offer(WaitingCall.of(call, method, this.durations.typicalNanos(), now), now, dropped);
		refuse(dropped, now);
		// A permit may have come back between the look at the limit and the queue.
		drain();
		if (this.waiting.size() > 0) {
			// Not by this method alone: a call that comes next may have less time.
			armSweep(Math.min(this.shortestQueueNanos, method.maxQueueNanos()));
		}
	}

	/**
	 * Lets as many calls run as there are permits. Whoever takes a permit for nothing
	 * looks again after it has given it back: a call may have come meanwhile, and found
	 * no permit. A call that ends while it is let run, since its executor has no room or
	 * runs it here and now, comes by here again, and leaves the rest to the outer round:
	 * a long queue must not become a deep stack.
	 */
	private void drain() {
		if (this.waiting.size() == 0 || this.draining.get() != null) {
			return;
		}
		this.draining.set(Boolean.TRUE);
		try {
			drainAll();
		}
		finally {
			this.draining.remove();
		}
	}

	private void drainAll() {
		boolean any = acquireForAny();
		while (any || acquireForHigh()) {
			long now = this.nanoTime.getAsLong();
			List<WaitingCall> dropped = new ArrayList<>(0);
			WaitingCall next = this.waiting.poll(!any, now, dropped);
			if (next != null) {
				run(next.call(), next.method());
			}
			else {
				this.limit.release();
			}
			refuse(dropped, now);
			any = acquireForAny();
		}
	}

	private boolean acquireForAny() {
		return this.waiting.size() > 0 && this.limit.tryAcquire(false);
	}

	/**
	 * Takes a permit above the adaptive limit.
	 */
	private boolean acquireForHigh() {
		return this.waiting.highSize() > 0 && this.limit.tryAcquire(true);
	}

	private void run(GatedCall call, LimitedMethod method) {
		call.proceed(new CallPermit(new Running(method.isTimed(), this.nanoTime.getAsLong())));
	}

	private void refuse(List<WaitingCall> dropped, long now) {
		for (WaitingCall call : dropped) {
			call.call().refuse(refusal(call, now));
		}
	}

	private Status refusal(WaitingCall call, long now) {
		if (!call.isOver(now)) {
			return noRoom();
		}
		if (call.byDeadline() || call.call().isCancelled()) {
			count(Reason.EXPIRED);
			return Refusal.expired("The deadline passed, or could no longer be met, while the call waited for one of "
					+ this.limit.limit(false) + " permits of " + this.name);
		}
		count(Reason.QUEUE_TIME);
		return Refusal.overloaded("The call waited for " + TimeUnit.NANOSECONDS.toMillis(now - call.sinceNanos())
				+ " ms for one of " + this.limit.limit(false) + " permits of " + this.name
				+ " (rpc.server.admission, max-queue-time)", pushBackNanos());
	}

	private Status noRoom() {
		count(Reason.LIMIT);
		return Refusal.overloaded(this.name + " is at its limit (rpc.server.admission): " + state(), pushBackNanos());
	}

	private void count(Reason reason) {
		this.refusals.count(reason);
		this.log.log(this.name, this.dryRun, () -> reason + ", " + state());
	}

	private String state() {
		return this.limit.running() + " of " + this.limit.limit(false) + " calls run, " + this.waiting.size() + " of "
				+ this.waiting.capacity() + " wait";
	}

	/**
	 * Returns about how long it takes until those that wait and one more have permits.
	 */
	private long pushBackNanos() {
		return this.durations.typicalNanos() * (this.waiting.size() + 1) / Math.max(1, this.limit.limit(false));
	}

	private void armSweep(long delayNanos) {
		if (this.sweeping.compareAndSet(false, true)) {
			this.timer.accept(this::sweep, Math.max(MIN_SWEEP_NANOS, delayNanos / 4));
		}
	}

	private void sweep() {
		this.sweeping.set(false);
		long now = this.nanoTime.getAsLong();
		List<WaitingCall> dropped = new ArrayList<>();
		this.waiting.sweep(now, dropped);
		refuse(dropped, now);
		drain();
		if (this.waiting.size() > 0) {
			armSweep(0);
		}
	}

	/**
	 * A call that has a permit.
	 */
	private final class Running implements CallPermit.Owner {

		private final boolean timed;

		private final long sinceNanos;

		Running(boolean timed, long sinceNanos) {
			this.timed = timed;
			this.sinceNanos = sinceNanos;
		}

		@Override
		public void started() {
			if (Bulkhead.this.adaptive != null) {
				long now = Bulkhead.this.nanoTime.getAsLong();
				Bulkhead.this.adaptive.started(now - this.sinceNanos, now);
			}
		}

		@Override
		public void released(boolean answered) {
			if (answered && this.timed) {
				long now = Bulkhead.this.nanoTime.getAsLong();
				Bulkhead.this.durations.add(now - this.sinceNanos);
				if (Bulkhead.this.adaptive != null) {
					Bulkhead.this.limit.adapt(
							Bulkhead.this.adaptive.answered(now - this.sinceNanos, Bulkhead.this.limit.running(), now));
				}
			}
			Bulkhead.this.limit.release();
			drain();
		}

	}

}
