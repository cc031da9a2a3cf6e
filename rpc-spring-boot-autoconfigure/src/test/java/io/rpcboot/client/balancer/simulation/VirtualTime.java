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

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * Time that passes from one planned event to the next. Events of one moment run in the
 * order in which they were planned, so that a run repeats to the last call.
 */
final class VirtualTime {

	private final PriorityQueue<Event> events = new PriorityQueue<>();

	private long now;

	private long planned;

	long now() {
		return this.now;
	}

	void at(long nanos, Runnable action) {
		this.events.add(new Event(Math.max(nanos, this.now), this.planned++, action));
	}

	void after(long nanos, Runnable action) {
		at(this.now + nanos, action);
	}

	/**
	 * Runs an action again and again.
	 */
	void every(long nanos, Runnable action) {
		after(nanos, () -> {
			action.run();
			every(nanos, action);
		});
	}

	void runUntil(long nanos) {
		for (Event next = this.events.peek(); next != null && next.nanos <= nanos; next = this.events.peek()) {
			this.events.remove();
			this.now = next.nanos;
			next.action.run();
		}
		this.now = nanos;
	}

	static long seconds(double seconds) {
		return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
	}

	static long millis(double millis) {
		return (long) (millis * TimeUnit.MILLISECONDS.toNanos(1));
	}

	private record Event(long nanos, long number, Runnable action) implements Comparable<Event> {

		@Override
		public int compareTo(Event other) {
			int byTime = Long.compare(this.nanos, other.nanos);
			return (byTime != 0) ? byTime : Long.compare(this.number, other.number);
		}

	}

}
