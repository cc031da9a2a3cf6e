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

package io.rpcboot.client.attempt;

import java.time.Duration;
import java.util.Set;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What is set in one place of how calls are attempted; {@code null} is not set there.
 *
 * @param maxAttempts the most attempts of a call, the first included, 1 to 10
 * @param initialBackoff the longest wait before the second attempt
 * @param maxBackoff the longest wait before any attempt
 * @param statuses with which an attempt fails that may be followed by another
 * @param otherInstances whether a deduplicated call that may have run may be sent to
 * another instance
 * @param idempotent whether a call may run more than once
 * @param deduplicated whether the server runs a call once, however often it is sent
 * @param hedging whether a second attempt is sent when the first one takes long
 * @param hedgingPercentile the percentile of the latencies after which it is, 50 to 99.99
 * @param maxExtraPercent hedges of a hundred calls, above 0 to 100
 */
public record AttemptSettings(@Nullable Integer maxAttempts, @Nullable Duration initialBackoff,
		@Nullable Duration maxBackoff, @Nullable Set<Status.Code> statuses, @Nullable Boolean otherInstances,
		@Nullable Boolean idempotent, @Nullable Boolean deduplicated, @Nullable Boolean hedging,
		@Nullable Double hedgingPercentile, @Nullable Double maxExtraPercent) {

	/**
	 * Nothing is set.
	 */
	public static final AttemptSettings NONE = new AttemptSettings(null, null, null, null, null, null, null, null, null,
			null);

	/**
	 * Copies the set.
	 * @throws IllegalArgumentException if a value is out of its range; the message names
	 * it as the property is named
	 */
	public AttemptSettings {
		statuses = (statuses != null) ? Set.copyOf(statuses) : null;
		check(maxAttempts == null || (maxAttempts >= 1 && maxAttempts <= AttemptPolicy.MOST_ATTEMPTS),
				"retry.max-attempts", maxAttempts, "1 to " + AttemptPolicy.MOST_ATTEMPTS);
		check(initialBackoff == null || initialBackoff.compareTo(Duration.ZERO) > 0, "retry.initial-backoff",
				initialBackoff, "a duration above 0");
		check(maxBackoff == null || maxBackoff.compareTo(Duration.ZERO) > 0, "retry.max-backoff", maxBackoff,
				"a duration above 0");
		check(statuses == null || !(statuses.contains(Status.Code.OK) || statuses.contains(Status.Code.CANCELLED)),
				"retry.statuses", statuses, "failures, so neither OK nor CANCELLED");
		check(hedgingPercentile == null || (hedgingPercentile >= 50 && hedgingPercentile <= 99.99),
				"hedging.percentile", hedgingPercentile, "50 to 99.99");
		check(maxExtraPercent == null || (maxExtraPercent > 0 && maxExtraPercent <= 100), "hedging.max-extra-percent",
				maxExtraPercent, "above 0, at most 100");
	}

	/**
	 * Checks what was set in this place together.
	 * @throws IllegalArgumentException if one contradicts another; the message names both
	 * as the properties are named
	 */
	public void check() {
		boolean hedged = Boolean.TRUE.equals(this.hedging);
		check(!(hedged && Boolean.FALSE.equals(this.idempotent)), "hedging.enabled", this.hedging,
				"false, or idempotent: true, as a hedge may run the call twice");
		check(!(hedged && Boolean.TRUE.equals(this.deduplicated)), "hedging.enabled", this.hedging,
				"false, or deduplicated: false, as another instance knows nothing of the first attempt");
		check(!(Boolean.TRUE.equals(this.otherInstances) && Boolean.FALSE.equals(this.deduplicated)),
				"retry.other-instances", this.otherInstances, "false, or deduplicated: true");
	}

	/**
	 * Returns these settings where stronger ones leave something open.
	 * @param stronger what wins
	 * @return the merged settings, which may contradict one another
	 */
	AttemptSettings with(AttemptSettings stronger) {
		return new AttemptSettings(or(stronger.maxAttempts, this.maxAttempts),
				or(stronger.initialBackoff, this.initialBackoff), or(stronger.maxBackoff, this.maxBackoff),
				or(stronger.statuses, this.statuses), or(stronger.otherInstances, this.otherInstances),
				or(stronger.idempotent, this.idempotent), or(stronger.deduplicated, this.deduplicated),
				or(stronger.hedging, this.hedging), or(stronger.hedgingPercentile, this.hedgingPercentile),
				or(stronger.maxExtraPercent, this.maxExtraPercent));
	}

	/**
	 * Returns the same settings with another idempotence.
	 * @param newIdempotent whether a call may run more than once
	 * @return a copy
	 */
	public AttemptSettings withIdempotent(@Nullable Boolean newIdempotent) {
		return new AttemptSettings(this.maxAttempts, this.initialBackoff, this.maxBackoff, this.statuses,
				this.otherInstances, newIdempotent, this.deduplicated, this.hedging, this.hedgingPercentile,
				this.maxExtraPercent);
	}

	/**
	 * Returns the same settings with another deduplication.
	 * @param newDeduplicated whether the server runs a call once
	 * @return a copy
	 */
	public AttemptSettings withDeduplicated(@Nullable Boolean newDeduplicated) {
		return new AttemptSettings(this.maxAttempts, this.initialBackoff, this.maxBackoff, this.statuses,
				this.otherInstances, this.idempotent, newDeduplicated, this.hedging, this.hedgingPercentile,
				this.maxExtraPercent);
	}

	/**
	 * Returns the same settings with another number of attempts.
	 * @param newMaxAttempts the most attempts of a call, the first included
	 * @return a copy
	 */
	public AttemptSettings withMaxAttempts(@Nullable Integer newMaxAttempts) {
		return new AttemptSettings(newMaxAttempts, this.initialBackoff, this.maxBackoff, this.statuses,
				this.otherInstances, this.idempotent, this.deduplicated, this.hedging, this.hedgingPercentile,
				this.maxExtraPercent);
	}

	private static <T> @Nullable T or(@Nullable T stronger, @Nullable T weaker) {
		return (stronger != null) ? stronger : weaker;
	}

	private static void check(boolean valid, String name, @Nullable Object value, String expected) {
		if (!valid) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
		}
	}

}
