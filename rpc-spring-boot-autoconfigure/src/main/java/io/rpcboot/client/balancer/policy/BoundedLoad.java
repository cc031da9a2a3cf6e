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

import java.util.concurrent.atomic.AtomicInteger;
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
 * is a running one: whoever asks looks at the next 8 and corrects it by how they changed.
 * Up to 8 instances it is exact. Beyond, with n instances, it leaves out what changed
 * during the last n / 8 questions. Those can have begun n / 8 calls, which moves the
 * bound of an instance by 1.25 / 8 of a call. Takes no lock and allocates nothing.
 */
final class BoundedLoad {

	private static final double FACTOR = 1.25;

	private static final int VISITS = 8;

	private static final int UNUSABLE = -1;

	private final Candidate[] candidates;

	private final int[] weights;

	private final IntUnaryOperator inFlight;

	/** What each added to the sums when it was last looked at. */
	private final AtomicIntegerArray seen;

	private final AtomicInteger next = new AtomicInteger();

	private final AtomicLong load = new AtomicLong();

	private final AtomicLong weight = new AtomicLong();

	/**
	 * Creates the bound and looks at all.
	 * @param candidates who may be selected
	 * @param weights their weights, by the same index, at least 0
	 * @param inFlight counts the open calls of one, by its index
	 */
	BoundedLoad(Candidate[] candidates, int[] weights, IntUnaryOperator inFlight) {
		this.candidates = candidates;
		this.weights = weights;
		this.inFlight = inFlight;
		this.seen = new AtomicIntegerArray(candidates.length);
		for (int index = 0; index < candidates.length; index++) {
			this.seen.set(index, UNUSABLE);
			look(index);
		}
	}

	/**
	 * Looks at the next few, or at all if they are few.
	 * @return a number that differs from question to question, or 0 if they are few
	 */
	int update() {
		int count = this.candidates.length;
		int from = (count > VISITS) ? this.next.getAndAdd(VISITS) : 0;
		for (int visit = 0; visit < Math.min(VISITS, count); visit++) {
			look(Integer.remainderUnsigned(from + visit, count));
		}
		return from;
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

	/**
	 * Threads that look at one instance at once each take over from the other: what they
	 * add cancels out.
	 */
	private void look(int index) {
		int now = this.candidates[index].isUsable() ? this.inFlight.applyAsInt(index) : UNUSABLE;
		if (this.seen.get(index) == now) {
			return;
		}
		int before = this.seen.getAndSet(index, now);
		this.load.addAndGet((long) Math.max(0, now) - Math.max(0, before));
		if ((now == UNUSABLE) != (before == UNUSABLE)) {
			this.weight.addAndGet((now == UNUSABLE) ? -this.weights[index] : this.weights[index]);
		}
	}

}
