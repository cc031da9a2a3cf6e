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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How many more attempts may be sent to one application, whoever asks for them: over the
 * last 10 s, one for every five calls, and 10 each second besides, so that few calls can
 * be retried too. The numbers and the window are those of Finagle's {@code RetryBudget}.
 * So a target that fails altogether is sent 1.2 times what it is offered, and 10 attempts
 * each second.
 * <p>
 * Safe for any thread. To count a call costs an addition and no look at the clock: the
 * calls since the last look are then taken as spread evenly over the time since.
 */
final class RetryBudget {

	static final double PERCENT = 20;

	static final double PER_SECOND = 10;

	private static final int SLOTS = 10;

	private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final LongSupplier nanoClock;

	private final LongAdder calls = new LongAdder();

	/** What calls brought less what was taken, by second, in a ring. */
	private final double[] balances = new double[SLOTS];

	private long counted;

	private long slotStart;

	private int slot;

	/**
	 * Creates a budget.
	 * @param nanoClock tells the time in nanoseconds
	 */
	RetryBudget(LongSupplier nanoClock) {
		this.nanoClock = nanoClock;
		this.slotStart = nanoClock.getAsLong();
	}

	/**
	 * Counts a call, not its attempts.
	 */
	void deposit() {
		this.calls.increment();
	}

	/**
	 * Takes one attempt out of the budget.
	 * @return whether it may be sent
	 */
	synchronized boolean tryWithdraw() {
		catchUp(this.nanoClock.getAsLong());
		if (balance() < 1) {
			return false;
		}
		this.balances[this.slot] -= 1;
		return true;
	}

	/**
	 * Returns how many attempts may be sent now.
	 * @return at least 0
	 */
	synchronized double level() {
		catchUp(this.nanoClock.getAsLong());
		return Math.max(0, balance());
	}

	private double balance() {
		double sum = SLOTS * PER_SECOND;
		for (double balance : this.balances) {
			sum += balance;
		}
		return sum;
	}

	private void catchUp(long now) {
		long total = this.calls.sum();
		double tokens = (total - this.counted) * PERCENT / 100;
		this.counted = total;
		long passed = Math.max(0, (now - this.slotStart) / SLOT_NANOS);
		this.slotStart += passed * SLOT_NANOS;
		double each = tokens / (passed + 1);
		this.balances[this.slot] += each;
		for (long i = Math.max(0, passed - SLOTS); i < passed; i++) {
			this.slot = (this.slot + 1) % SLOTS;
			this.balances[this.slot] = each;
		}
	}

}
