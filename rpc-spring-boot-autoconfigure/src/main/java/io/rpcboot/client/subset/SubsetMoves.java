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

package io.rpcboot.client.subset;

import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Lets the connections follow the assignment, slowly where nothing is lost by it. An
 * instance that is gone is replaced at once, and so is one that drains. Any other move
 * waits until the assignment has not changed for ten seconds, or for a minute where it
 * changes all the time, and for up to ten seconds more that spread the consumers of a
 * fleet; then one instance is exchanged every five seconds. Without a new assignment
 * nothing changes. Not for use by several threads at once.
 */
final class SubsetMoves {

	/** As long as many a process takes to start again, which then changes nothing. */
	static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();

	static final long MAX_QUIET_NANOS = Duration.ofMinutes(1).toNanos();

	static final long JITTER_NANOS = Duration.ofSeconds(10).toNanos();

	static final long INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

	private final LongSupplier nanoTime;

	private final RandomGenerator random;

	private final Set<String> current = new TreeSet<>();

	private final Set<String> leaving = new LinkedHashSet<>();

	private Set<String> wanted = Set.of();

	/** Whether connections differ from the assignment. */
	private boolean behind;

	private long behindSinceNanos;

	private long jitterNanos;

	private long nextNanos;

	SubsetMoves(LongSupplier nanoTime, RandomGenerator random) {
		this.nanoTime = nanoTime;
		this.random = random;
	}

	/**
	 * Takes a new assignment.
	 * @param present the ids of all instances
	 * @param alive the ids of those that want calls
	 * @param newWanted the ids of those assigned, all of them alive
	 */
	void update(Collection<String> present, Collection<String> alive, Set<String> newWanted) {
		boolean changed = !newWanted.equals(this.wanted);
		this.wanted = newWanted;
		for (Iterator<String> ids = this.current.iterator(); ids.hasNext();) {
			String id = ids.next();
			if (!alive.contains(id)) {
				ids.remove();
				this.leaving.add(id);
			}
		}
		this.leaving.retainAll(present);
		fill();
		postpone(changed);
	}

	/**
	 * Exchanges an instance if one is due.
	 * @return in how many nanoseconds to call again; -1 for not before the next update
	 */
	long advance() {
		long now = this.nanoTime.getAsLong();
		if (this.behind && now - this.nextNanos >= 0) {
			exchange();
			this.behind = !this.current.equals(this.wanted);
			this.nextNanos = now + INTERVAL_NANOS;
		}
		return this.behind ? this.nextNanos - now : -1;
	}

	/**
	 * Returns the ids of those to connect to.
	 */
	Set<String> current() {
		return this.current;
	}

	/**
	 * Returns the ids of those to be given up.
	 */
	Set<String> leaving() {
		return this.leaving;
	}

	/**
	 * Fills up what is missing, at once: the number of connections is not to shrink.
	 */
	private void fill() {
		for (String id : this.wanted) {
			if (this.current.size() >= this.wanted.size()) {
				return;
			}
			add(id);
		}
	}

	private void postpone(boolean changed) {
		long now = this.nanoTime.getAsLong();
		boolean wasBehind = this.behind;
		this.behind = !this.current.equals(this.wanted);
		if (this.behind && !wasBehind) {
			this.behindSinceNanos = now;
			this.jitterNanos = this.random.nextLong(JITTER_NANOS);
		}
		if (this.behind && (changed || !wasBehind)) {
			long quiet = Math.min(QUIET_NANOS, this.behindSinceNanos + MAX_QUIET_NANOS - now);
			long next = now + Math.max(0, quiet) + this.jitterNanos;
			// Where it goes on for longer than a minute, moves go on at their pace.
			this.nextNanos = (wasBehind && quiet <= 0) ? this.nextNanos : next;
		}
	}

	/**
	 * Takes in one that is missing, and gives one up that is not wanted: all stay as many
	 * as they are, unless fewer are wanted.
	 */
	private void exchange() {
		for (String id : this.wanted) {
			if (!this.current.contains(id)) {
				add(id);
				break;
			}
		}
		for (String id : this.current) {
			if (!this.wanted.contains(id)) {
				this.current.remove(id);
				this.leaving.add(id);
				break;
			}
		}
		Iterator<String> oldest = this.leaving.iterator();
		while (this.leaving.size() > Math.max(1, this.wanted.size())) {
			oldest.next();
			oldest.remove();
		}
	}

	private void add(String id) {
		this.current.add(id);
		this.leaving.remove(id);
	}

}
