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

package io.rpcboot.client.balancer.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongToDoubleFunction;

/**
 * A process with a few threads and a queue in front of them. A call whose caller has gone
 * is dropped from the queue; one that is being worked at keeps its thread to the end.
 */
final class SimulatedServer {

	private static final long FAILS_AFTER = VirtualTime.millis(1);

	private final VirtualTime time;

	private final String id;

	private final int threads;

	private final long startedAt;

	private final Deque<SimulatedCall> queue = new ArrayDeque<>();

	private final Set<SimulatedCall> open = new LinkedHashSet<>();

	/** By the time, how much longer than a healthy one it works at a call. */
	private LongToDoubleFunction slowness = (now) -> 1;

	private boolean failing;

	private long stalledAt;

	private long stalledUntil;

	private int busy;

	private long leftAt = Long.MAX_VALUE;

	private boolean dead;

	SimulatedServer(VirtualTime time, String id, int threads) {
		this.time = time;
		this.id = id;
		this.threads = threads;
		this.startedAt = time.now();
	}

	String id() {
		return this.id;
	}

	/**
	 * Returns for how many nanoseconds of a period it took calls.
	 */
	long servedWithin(long from, long until) {
		return Math.max(0, Math.min(until, this.leftAt) - Math.max(from, this.startedAt));
	}

	void slowness(LongToDoubleFunction newSlowness) {
		this.slowness = newSlowness;
	}

	/**
	 * Fails each call after a millisecond, or no longer.
	 */
	void failing(boolean newFailing) {
		this.failing = newFailing;
	}

	/**
	 * Takes calls and does nothing for a time, then goes on where it was.
	 */
	void stall(long nanos) {
		this.stalledAt = this.time.now();
		this.stalledUntil = this.stalledAt + nanos;
		this.time.at(this.stalledUntil, this::work);
	}

	/**
	 * Is about to end.
	 */
	void leave() {
		this.leftAt = this.time.now();
	}

	void die() {
		this.dead = true;
		this.queue.clear();
		List.copyOf(this.open).forEach(SimulatedCall::fail);
		this.open.clear();
	}

	void receive(SimulatedCall call) {
		if (this.dead) {
			call.fail();
		}
		else if (this.failing) {
			this.time.after(FAILS_AFTER, call::fail);
		}
		else {
			this.open.add(call);
			this.queue.add(call);
			work();
		}
	}

	private void work() {
		while (this.busy < this.threads && !this.queue.isEmpty() && !isStalled()) {
			SimulatedCall call = this.queue.remove();
			if (call.hasEnded()) {
				this.open.remove(call);
			}
			else {
				this.busy++;
				double takes = call.workNanos() * this.slowness.applyAsDouble(this.time.now());
				this.time.after((long) takes, () -> finish(call));
			}
		}
	}

	private void finish(SimulatedCall call) {
		if (isStalled()) {
			this.time.at(this.stalledUntil + this.time.now() - this.stalledAt, () -> finish(call));
			return;
		}
		this.busy--;
		this.open.remove(call);
		call.finish();
		work();
	}

	private boolean isStalled() {
		return this.time.now() < this.stalledUntil;
	}

}
