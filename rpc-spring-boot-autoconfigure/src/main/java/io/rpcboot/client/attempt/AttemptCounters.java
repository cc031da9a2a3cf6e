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

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import io.rpcboot.client.attempt.CallReport.Reason;

/**
 * Counts what became of the attempts to one application, from the start of this one on.
 */
public final class AttemptCounters {

	private final LongAdder retries = new LongAdder();

	private final LongAdder resends = new LongAdder();

	private final LongAdder hedges = new LongAdder();

	private final LongAdder hedgesWon = new LongAdder();

	private final LongAdder hedgesLost = new LongAdder();

	private final LongAdder hedgesRefused = new LongAdder();

	private final Map<Reason, LongAdder> notRetried = new EnumMap<>(Reason.class);

	private final RetryBudget budget;

	/**
	 * Creates counters of nothing yet.
	 * @param budget what retries and hedges are paid from
	 */
	AttemptCounters(RetryBudget budget) {
		this.budget = budget;
		for (Reason reason : Reason.values()) {
			this.notRetried.put(reason, new LongAdder());
		}
	}

	/**
	 * Returns how many attempts were paid from the budget, hedges not counted.
	 * @return at least 0
	 */
	public long retries() {
		return this.retries.sum();
	}

	/**
	 * Returns how many attempts cost nothing, since the one before never left or was
	 * refused by a server that leaves.
	 * @return at least 0
	 */
	public long resends() {
		return this.resends.sum();
	}

	/**
	 * Returns how many second attempts were sent before the first had failed.
	 * @return at least 0
	 */
	public long hedges() {
		return this.hedges.sum();
	}

	/**
	 * Returns how many of them answered first.
	 * @return at least 0
	 */
	public long hedgesWon() {
		return this.hedgesWon.sum();
	}

	/**
	 * Returns how many of them did not.
	 * @return at least 0
	 */
	public long hedgesLost() {
		return this.hedgesLost.sum();
	}

	/**
	 * Returns how often a hedge was due and not sent, for lack of budget.
	 * @return at least 0
	 */
	public long hedgesRefused() {
		return this.hedgesRefused.sum();
	}

	/**
	 * Returns how many calls failed and were not retried for a reason. Answers of the
	 * application are not counted.
	 * @param reason the reason
	 * @return at least 0
	 */
	public long notRetried(Reason reason) {
		LongAdder count = this.notRetried.get(reason);
		return (count != null) ? count.sum() : 0;
	}

	/**
	 * Returns what is left of the budget that retries and hedges are paid from.
	 * @return how many attempts may be sent now, at least 0
	 */
	public double budget() {
		return this.budget.level();
	}

	void retry() {
		this.retries.increment();
	}

	void resend() {
		this.resends.increment();
	}

	void hedge() {
		this.hedges.increment();
	}

	void hedgeRefused() {
		this.hedgesRefused.increment();
	}

	void hedgeEnded(boolean won) {
		(won ? this.hedgesWon : this.hedgesLost).increment();
	}

	void failed(Reason reason) {
		LongAdder count = this.notRetried.get(reason);
		if (count != null) {
			count.increment();
		}
	}

}
