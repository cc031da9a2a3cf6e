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

package io.rpcboot.client.balancer.policy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;

/**
 * How much one instance may have in flight: "Consistent Hashing with Bounded Loads"
 * (Mirrokni, Thorup, Zadimoghaddam, 2016; SODA 2018), that is 1.25 times its share of all
 * that is in flight, the call to be placed included. A fifth of the weight or more is
 * always below its bound.
 * <p>
 * The sum over all instances would make each pick as slow as there are instances. So it
 * is a running one: whoever asks tells what it saw of those on its way, looks at the next
 * 2, and corrects the sum by how they changed. Up to 8 instances it looks at all, so it
 * is exact. Beyond, with n instances, it leaves out what changed during the last n / 2
 * questions on instances that no key has led to since. (To look at 8 each time makes a
 * pick among 100 or more half as long again.) Takes no lock and allocates nothing.
 */
final class BoundedLoad {

	private static final double FACTOR = 1.25;

	private static final int VISITS = 2;

	/** Up to how many instances all are looked at. */
	private static final int ALL = 8;

	private static final int UNUSABLE = -1;

	/** How many numbers a cache line of 64 bytes holds. */
	private static final int LINE = 16;

	private static final int NEXT = LINE;

	private static final int ALL_VISITS = LINE + 1;

	private final int[] weights;

	private final IntUnaryOperator inFlight;

	/** What each added to the sums when it was last looked at. */
	private final AtomicIntegerArray seen;

	/** In a cache line of its own, since every question writes it. */
	private final AtomicIntegerArray cursors = new AtomicIntegerArray(3 * LINE);

	private final AtomicLong load = new AtomicLong();

	private final AtomicLong weight = new AtomicLong();

	/**
	 * Creates the bound and looks at all.
	 * @param usable who can be called, by index
	 * @param weights their weights, by the same index, at least 0
	 * @param inFlight counts the open calls of one, by its index
	 */
	BoundedLoad(boolean[] usable, int[] weights, IntUnaryOperator inFlight) {
		this.weights = weights;
		this.inFlight = inFlight;
		this.seen = new AtomicIntegerArray(weights.length);
		for (int index = 0; index < weights.length; index++) {
			this.seen.set(index, UNUSABLE);
			look(index, usable);
		}
	}

	/**
	 * Looks at the next few, or at all if they are few.
	 * @param usable who can be called now, by index
	 * @return a number that differs from question to question, nearly always, or 0 if
	 * they are few
	 */
	int update(boolean[] usable) {
		int count = this.weights.length;
		if (count > ALL) {
			return updateSome(usable, count);
		}
		for (int index = 0; index < count; index++) {
			look(index, usable);
		}
		return 0;
	}

	/**
	 * Takes over what was seen of one that can be called.
	 * @param index its index
	 * @param open how many calls it has
	 */
	void update(int index, int open) {
		if (this.seen.get(index) != open) {
			change(index, open);
		}
	}

	/**
	 * Threads that ask at once may look at the same ones, and one that was held up may
	 * set the others back: those in between are only looked at again. A cursor that one
	 * thread at a time can move would cost each question more.
	 */
	private int updateSome(boolean[] usable, int count) {
		int index = this.cursors.getOpaque(NEXT);
		for (int visit = 0; visit < VISITS; visit++) {
			look(index, usable);
			// A remainder would take longer than the look.
			index = (index + 1 < count) ? index + 1 : 0;
		}
		this.cursors.setOpaque(NEXT, index);
		int visits = this.cursors.getOpaque(ALL_VISITS);
		this.cursors.setOpaque(ALL_VISITS, visits + VISITS);
		return visits;
	}

	/**
	 * Returns whether an instance may be given a call. If nobody usable has a weight,
	 * anyone may.
	 * @param index its index
	 * @param open how many calls it has
	 * @return whether it has less than its bound, rounded up
	 */
	boolean admits(int index, int open) {
		// Products of whole numbers are exact up to 2^53, quotients are not.
		return (double) this.weight.get() * open < FACTOR * (this.load.get() + 1) * this.weights[index];
	}

	private void look(int index, boolean[] usable) {
		int now = this.inFlight.applyAsInt(index);
		if (!usable[index]) {
			now = UNUSABLE;
		}
		update(index, now);
	}

	/**
	 * Threads that look at one instance at once each take over from the other: what they
	 * add cancels out.
	 */
	private void change(int index, int now) {
		int before = this.seen.getAndSet(index, now);
		this.load.addAndGet((long) Math.max(0, now) - Math.max(0, before));
		if ((now == UNUSABLE) != (before == UNUSABLE)) {
			this.weight.addAndGet((now == UNUSABLE) ? -this.weights[index] : this.weights[index]);
		}
	}

}
