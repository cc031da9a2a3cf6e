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

package io.rpcboot.server.dedup;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who runs a call: whether it runs, has run, may have run, or is to run now is decided in
 * one atomic step for each key. A call that ends is recorded before it stops running, so
 * at no moment it is unknown.
 */
final class Ledger {

	private static final Logger logger = LoggerFactory.getLogger(Ledger.class);

	/** An attempt may be on its way for so long without being taken for younger. */
	private static final long LATE_NANOS = Duration.ofSeconds(10).toNanos();

	private final DeduplicationStore store;

	private final String instanceId;

	private final Horizon horizon;

	private final FailureLog failures;

	private final ConcurrentHashMap<RequestKey, RunningCall<?>> running = new ConcurrentHashMap<>();

	/**
	 * Creates a ledger for one start of the server.
	 * @param store keeps how calls ended
	 * @param instanceId id of that start
	 * @param nanoTime the time
	 */
	Ledger(DeduplicationStore store, String instanceId, LongSupplier nanoTime) {
		this.store = store;
		this.instanceId = instanceId;
		this.horizon = new Horizon(nanoTime);
		this.failures = new FailureLog(nanoTime);
	}

	long now() {
		return this.horizon.elapsed();
	}

	int running() {
		return this.running.size();
	}

	/**
	 * Returns whether a call runs or is recorded; does not block.
	 */
	boolean isKnown(RequestKey key) {
		return this.running.containsKey(key) || this.store.isKnown(key);
	}

	/**
	 * Lets an attempt begin its call, unless that has been done.
	 * @param key the call
	 * @param own begins to run if nobody else did
	 * @param later what the attempt says of those before it; {@code null} if it is the
	 * first
	 * @param otherInstances whether the call may run although it was sent to another
	 * instance
	 */
	Claim claim(RequestKey key, RunningCall<?> own, @Nullable LaterAttempt later, boolean otherInstances) {
		RunningCall<?> known = this.running.get(key);
		if (known != null) {
			return new Claim(known, null);
		}
		@Nullable RecordedCall[] recorded = new RecordedCall[1];
		RunningCall<?> now = this.running.compute(key, (unused, current) -> {
			if (current != null) {
				return current;
			}
			recorded[0] = this.store.find(key);
			return (recorded[0] == null && surelyDidNotRun(later, otherInstances)) ? own : null;
		});
		return new Claim(now, recorded[0]);
	}

	/**
	 * Notes that a call has ended. Whatever fails, it runs no more, and what is not
	 * recorded counts as forgotten: no later attempt runs it.
	 * @param key the call
	 * @param own the call as it ran
	 * @param end says how it ended; {@code null} if it did not run, so that the next
	 * attempt may
	 */
	void ended(RequestKey key, RunningCall<?> own, @Nullable Supplier<RecordedCall> end) {
		long age = now() - own.begunNanos();
		try {
			if (end != null) {
				this.store.record(key, end.get(), Duration.ofNanos(age));
			}
		}
		catch (RuntimeException | Error ex) {
			this.horizon.forget(age);
			this.failures.log(() -> logger.error("The store did not record a deduplicated call: later attempts are "
					+ "answered ABORTED. Further failures are not logged for a minute", ex));
		}
		finally {
			this.running.remove(key, own);
		}
	}

	private boolean surelyDidNotRun(@Nullable LaterAttempt later, boolean otherInstances) {
		if (later == null || later.firstInstance().isEmpty()) {
			return true;
		}
		if (!later.firstInstance().equals(this.instanceId)) {
			return otherInstances;
		}
		long age = later.age().toNanos();
		return age <= now() && this.horizon.isOlderThan(age + LATE_NANOS) && this.store.remembers(later.age());
	}

	/**
	 * What an attempt has to do with its call: nothing, if neither is there, since the
	 * call may have run.
	 *
	 * @param running the call, which runs; the attempt's own if it is to run it
	 * @param recorded the call, which has ended
	 */
	record Claim(@Nullable RunningCall<?> running, @Nullable RecordedCall recorded) {

	}

}
