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

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Says when the registry was heard of last, by whatever was asked of it through one
 * {@link EtcdConnection}, and whether it is in doubt since it was silent or was set back.
 * The watches of a connection share it: among many each is asked so seldom that its own
 * answers say nothing about the registry, and the first of them that is answered after a
 * silence must not hide it from the others.
 * <p>
 * Runs on the thread of the connection, but for {@link #isSilent()} and
 * {@link #heardNanos()}, which are safe for any.
 */
final class RegistryLiveness {

	private final long ttlNanos;

	private final LongSupplier nanoTime;

	private final Set<Object> watches = new HashSet<>();

	private volatile long heardNanos;

	private long doubtUntilNanos;

	/**
	 * Creates the liveness of a registry that is about to answer.
	 * @param ttlNanos the TTL of the leases
	 * @param nanoTime the monotonic clock
	 */
	RegistryLiveness(long ttlNanos, LongSupplier nanoTime) {
		this.ttlNanos = ttlNanos;
		this.nanoTime = nanoTime;
		this.heardNanos = nanoTime.getAsLong();
		this.doubtUntilNanos = this.heardNanos;
	}

	/**
	 * Notes that somebody watches from now on. Before the first one the registry may not
	 * have been asked anything, so that it was not heard of does not count.
	 * @param watch who
	 */
	void opened(Object watch) {
		if (this.watches.isEmpty()) {
			this.heardNanos = this.nanoTime.getAsLong();
		}
		this.watches.add(watch);
	}

	/**
	 * Notes that somebody does not watch any more.
	 * @param watch who
	 */
	void closed(Object watch) {
		this.watches.remove(watch);
	}

	/**
	 * Notes an answer of the registry to whatever it was asked, or news from it. Where
	 * the silence before was too long, the doubt begins, for one TTL.
	 */
	void answered() {
		boolean silent = isSilent();
		this.heardNanos = this.nanoTime.getAsLong();
		if (silent) {
			doubt();
		}
	}

	/**
	 * Begins, or prolongs, the doubt of everybody who watches.
	 */
	void doubt() {
		this.doubtUntilNanos = this.nanoTime.getAsLong() + this.ttlNanos;
	}

	/**
	 * Says whether the registry was not heard of for half a TTL.
	 */
	boolean isSilent() {
		return isSilence(this.nanoTime.getAsLong() - this.heardNanos);
	}

	/**
	 * Says whether nothing is heard for too long.
	 * @param nanos for how long
	 */
	boolean isSilence(long nanos) {
		return nanos > this.ttlNanos / 2;
	}

	/**
	 * Returns when the registry was heard of last.
	 * @return a time of the monotonic clock
	 */
	long heardNanos() {
		return this.heardNanos;
	}

	/**
	 * Returns until when the registry is in doubt, if it goes on answering.
	 * @return a time of the monotonic clock, which may be over
	 */
	long doubtUntilNanos() {
		return this.doubtUntilNanos;
	}

	long ttlNanos() {
		return this.ttlNanos;
	}

}
