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

package io.rpcboot.registry.etcd;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BiFunction;

import org.jspecify.annotations.Nullable;

/**
 * Asks the watches of a client for their progress, one after the other: each one at a
 * third of the lease's TTL, at most every 10 s, but all of them together once in
 * {@value #LEAST_MILLIS} ms at most. So whatever their number the registry is asked
 * something at that third of a TTL at least, by which its silence is told. A member that
 * is frozen answers none of them and is found out by the first; a single watch that is
 * silent is found out later among a thousand, and by then the comparison of its range may
 * have told. Runs on the thread of the {@link EtcdConnection}.
 */
final class WatchPace {

	private static final long LEAST_MILLIS = 250;

	private static final long MOST_MILLIS = Duration.ofSeconds(10).toMillis();

	private final long roundMillis;

	private final BiFunction<Runnable, Long, Future<?>> scheduler;

	/** What asks each watch, whose turn it is next first. */
	private final Set<Runnable> questions = new LinkedHashSet<>();

	private @Nullable Future<?> next;

	/**
	 * Creates the pace of no watches.
	 * @param leaseTtl the TTL of the leases
	 * @param scheduler runs a task after so many milliseconds
	 */
	WatchPace(Duration leaseTtl, BiFunction<Runnable, Long, Future<?>> scheduler) {
		this.roundMillis = Math.min(MOST_MILLIS, leaseTtl.toMillis() / 3);
		this.scheduler = scheduler;
	}

	/**
	 * Returns the time from one question to a watch to the next while there are few.
	 * @return milliseconds
	 */
	long roundMillis() {
		return this.roundMillis;
	}

	/**
	 * Takes a watch in.
	 * @param question asks it
	 */
	void opened(Runnable question) {
		this.questions.add(question);
		if (this.next == null) {
			askLater();
		}
	}

	/**
	 * Leaves a watch out.
	 * @param question what {@link #opened} was given
	 */
	void closed(Runnable question) {
		this.questions.remove(question);
		if (this.questions.isEmpty() && this.next != null) {
			this.next.cancel(false);
			this.next = null;
		}
	}

	private void askLater() {
		long period = Math.max(LEAST_MILLIS, this.roundMillis / this.questions.size());
		this.next = this.scheduler.apply(this::askNext, period);
	}

	private void askNext() {
		this.next = null;
		Iterator<Runnable> turns = this.questions.iterator();
		Runnable question = turns.next();
		turns.remove();
		this.questions.add(question);
		try {
			question.run();
		}
		finally {
			if (this.next == null && !this.questions.isEmpty()) {
				askLater();
			}
		}
	}

}
