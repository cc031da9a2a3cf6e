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

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * One event loop under watch: gets a probe, and is looked at while it does not run it.
 * Confined to the thread of the watch, but for the probe.
 */
final class WatchedLoop {

	private final Executor loop;

	private final LongSupplier tasks;

	private final LongFunction<@Nullable LoopSample> sampler;

	private final LongSupplier nanoTime;

	private final long maxDelayNanos;

	private long tasksBefore;

	private @Nullable Probe probe;

	private @Nullable LoopSample earlier;

	private boolean judged;

	/**
	 * Creates the watch of a loop.
	 * @param loop runs probes
	 * @param tasks how many tasks of non-blocking services have begun on it
	 * @param sampler looks at what it does, at a moment
	 * @param nanoTime the clock
	 * @param maxDelayNanos how late a probe may run
	 */
	WatchedLoop(Executor loop, LongSupplier tasks, LongFunction<@Nullable LoopSample> sampler, LongSupplier nanoTime,
			long maxDelayNanos) {
		this.loop = loop;
		this.tasks = tasks;
		this.sampler = sampler;
		this.nanoTime = nanoTime;
		this.maxDelayNanos = maxDelayNanos;
	}

	/**
	 * Looks after the loop, and gives it a probe if services have run on it since the
	 * last one: a loop without work is not woken.
	 * @param now the moment
	 * @param lateNanos how late the watch itself is: the machine or the JVM stood still,
	 * not the loop
	 * @param delays gets the delays of probes, in nanoseconds
	 * @return who blocks the loop, once for each time that it is blocked
	 */
	@Nullable LoopSample check(long now, long lateNanos, DelaySink delays) {
		Probe current = this.probe;
		if (current == null) {
			sendIfUsed(now);
			return null;
		}
		current.forgivenNanos += Math.max(0, lateNanos);
		delays.accept(current.delayNanos(now));
		if (current.ran) {
			this.probe = null;
			this.earlier = null;
			this.judged = false;
			sendIfUsed(now);
			return null;
		}
		return (isLate(now) && !this.judged) ? judge(this.sampler.apply(now)) : null;
	}

	/**
	 * Says whether the loop should have run its probe by now.
	 */
	boolean isLate(long now) {
		Probe current = this.probe;
		return current != null && !current.ran && lateNanos(now) > this.maxDelayNanos;
	}

	/**
	 * Returns for how long the loop has not run its probe.
	 */
	long lateNanos(long now) {
		Probe current = this.probe;
		return (current != null) ? now - current.sentNanos - current.forgivenNanos : 0;
	}

	private @Nullable LoopSample judge(@Nullable LoopSample sample) {
		if (sample == null || sample.isWarmingUp()) {
			return null;
		}
		LoopSample before = this.earlier;
		if (before != null && sample.confirms(before, this.maxDelayNanos)) {
			this.judged = true;
			return sample;
		}
		if (before == null || !sample.isSameTask(before)) {
			this.earlier = sample;
		}
		return null;
	}

	private void sendIfUsed(long now) {
		long tasksNow = this.tasks.getAsLong();
		if (tasksNow == this.tasksBefore) {
			return;
		}
		this.tasksBefore = tasksNow;
		Probe next = new Probe(now);
		try {
			this.loop.execute(next);
			this.probe = next;
		}
		catch (RejectedExecutionException ex) {
			// The loop has ended; so will the watch.
		}
	}

	/**
	 * Receives the delays of probes.
	 */
	interface DelaySink {

		void accept(long nanos);

	}

	private final class Probe implements Runnable {

		private final long sentNanos;

		private long forgivenNanos;

		private long ranNanos;

		private volatile boolean ran;

		Probe(long sentNanos) {
			this.sentNanos = sentNanos;
		}

		@Override
		public void run() {
			this.ranNanos = WatchedLoop.this.nanoTime.getAsLong();
			this.ran = true;
		}

		long delayNanos(long now) {
			return (this.ran ? this.ranNanos : now) - this.sentNanos;
		}

	}

}
