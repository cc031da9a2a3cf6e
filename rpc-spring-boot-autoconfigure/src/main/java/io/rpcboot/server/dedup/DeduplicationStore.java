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

import org.jspecify.annotations.Nullable;

/**
 * Keeps how deduplicated calls ended. A bean of this type replaces the default, which
 * keeps them in the memory of the process ({@link #inMemory}). Calls that still run are
 * none of its business: they are known where they run.
 * <p>
 * Called from many threads at once. A store may forget, but never silently: what
 * {@link #remembers} says of the past decides whether a call that is not found may run.
 * What is thrown by {@link #find} refuses the call, and what is thrown by {@link #record}
 * counts as forgotten. A store that outlives the server, or is shared by several, makes
 * an answer survive a restart; that two instances never run the same call at the same
 * time is nothing that it can say.
 */
public interface DeduplicationStore {

	/**
	 * Returns whether a call is recorded. Runs on the event loop, before the call is
	 * admitted, and must not block: {@code false} is always a right answer, with which
	 * the call needs a permit like any other.
	 * @param key the call
	 * @return whether it is surely recorded
	 */
	boolean isKnown(RequestKey key);

	/**
	 * Looks for a call. Runs on the thread of the handler while the key is locked, so it
	 * may take milliseconds and no more.
	 * @param key the call
	 * @return how it ended; {@code null} if that is not recorded
	 */
	@Nullable RecordedCall find(RequestKey key);

	/**
	 * Records how a call ended. Runs once for a call, before anybody is answered, on the
	 * thread on which the service ended it.
	 * @param key the call
	 * @param call how it ended
	 * @param age how long ago its first attempt came
	 */
	void record(RequestKey key, RecordedCall call, Duration age);

	/**
	 * Drops the answer of a call, because it has arrived. That the call ran should be
	 * kept: an attempt may still be on its way. Does nothing if the call is not recorded.
	 * @param key the call
	 */
	void acknowledge(RequestKey key);

	/**
	 * Returns whether all that was recorded of calls whose first attempt is not older is
	 * still there. If not, an attempt that is not the first and is not found is answered
	 * ABORTED.
	 * @param age of the first attempt, when the present one was sent
	 * @return whether nothing so young was forgotten
	 */
	boolean remembers(Duration age);

	/**
	 * Returns how much is kept.
	 * @return the size in bytes; 0 if that is not known
	 */
	default long bytes() {
		return 0;
	}

	/**
	 * Returns how many calls were forgotten before their time.
	 * @return the number so far; 0 if that is not known
	 */
	default long evicted() {
		return 0;
	}

	/**
	 * Returns a new store in the memory of the process.
	 * @param maxBytes the most that it keeps, keys and overhead included; when it is full
	 * the oldest go first; above 0
	 * @param retention how long a call is kept after its end; above 0
	 * @return the store
	 */
	static DeduplicationStore inMemory(long maxBytes, Duration retention) {
		return new CaffeineDeduplicationStore(maxBytes, retention, System::nanoTime);
	}

}
