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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * The calls and streams of an instance that are in flight: how many there are, when they
 * began, and what their ages foretell. If more than half of the calls are older than a
 * call usually takes, the next will take as long as these, which shows a hang before any
 * reply. The idea is that of Kratos' {@code ewma} node.
 * <p>
 * A pick among many instances waits for memory more than for anything else. So what it
 * reads stands in fields of this object and of {@link InstanceStatistics}, which inherits
 * them so as to be one object with them, 64 bytes together. That is why there is room for
 * the starts of four calls. More are held in {@link InFlightCalls}.
 */
abstract class OpenCalls {

	private static final int NEAR = 4;

	/** How many calls' starts are held at most. */
	static final int SLOTS = NEAR + InFlightCalls.SLOTS;

	/** The slot of a call whose start is not held because all slots were taken. */
	private static final int UNTRACKED = SLOTS;

	private static final int STREAM_SHIFT = Integer.SIZE;

	private static final VarHandle OPEN = handle("open", long.class);

	private static final VarHandle FIRST = handle("first", long.class);

	private static final VarHandle SECOND = handle("second", long.class);

	private static final VarHandle THIRD = handle("third", long.class);

	private static final VarHandle FOURTH = handle("fourth", long.class);

	private static final VarHandle FAR = handle("far", InFlightCalls.class);

	/** Calls in the lower half, streams in the upper one. */
	private volatile long open;

	/** When the call of the first slot began; 0 if it is free. */
	private volatile long first;

	private volatile long second;

	private volatile long third;

	private volatile long fourth;

	/** Made when it is needed for the first time. */
	private volatile @Nullable InFlightCalls far;

	private static VarHandle handle(String field, Class<?> type) {
		try {
			return MethodHandles.lookup().findVarHandle(OpenCalls.class, field, type);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/**
	 * Counts a call in. Costs one compare-and-set beside the count: the first free slot
	 * is taken.
	 * @param startNanos when it began
	 * @return its slot
	 */
	final int open(long startNanos) {
		OPEN.getAndAdd(this, 1L);
		// An odd number is never 0, and a nanosecond is nothing.
		long start = startNanos | 1;
		if (this.first == 0 && FIRST.compareAndSet(this, 0L, start)) {
			return 0;
		}
		if (this.second == 0 && SECOND.compareAndSet(this, 0L, start)) {
			return 1;
		}
		if (this.third == 0 && THIRD.compareAndSet(this, 0L, start)) {
			return 2;
		}
		if (this.fourth == 0 && FOURTH.compareAndSet(this, 0L, start)) {
			return 3;
		}
		return openFar(start);
	}

	private int openFar(long start) {
		InFlightCalls calls = this.far;
		if (calls == null) {
			// Another thread may be first; then its object is found.
			FAR.compareAndSet(this, null, new InFlightCalls(start));
			return openFar(start);
		}
		int slot = calls.take(start);
		if (slot == InFlightCalls.NO_SLOT) {
			return UNTRACKED;
		}
		return NEAR + slot;
	}

	/**
	 * Counts a call out.
	 * @param slot what {@link #open} returned, once
	 */
	final void close(int slot) {
		switch (slot) {
			// The count below is the fence.
			case 0 -> FIRST.setRelease(this, 0L);
			case 1 -> SECOND.setRelease(this, 0L);
			case 2 -> THIRD.setRelease(this, 0L);
			case 3 -> FOURTH.setRelease(this, 0L);
			case UNTRACKED -> {
			}
			default -> closeFar(slot - NEAR);
		}
		OPEN.getAndAdd(this, -1L);
	}

	private void closeFar(int slot) {
		InFlightCalls calls = this.far;
		if (calls != null) {
			calls.free(slot);
		}
	}

	final void openStream() {
		OPEN.getAndAdd(this, 1L << STREAM_SHIFT);
	}

	final void closeStream() {
		OPEN.getAndAdd(this, -(1L << STREAM_SHIFT));
	}

	final int calls() {
		return (int) this.open;
	}

	final int callsAndStreams() {
		long both = this.open;
		return (int) both + (int) (both >> STREAM_SHIFT);
	}

	/**
	 * Foretells how long the next call takes. The ages of few calls are looked at each
	 * time, and nothing is written, so that picks take the memory of an instance from
	 * nobody. Those of many are looked at once a millisecond.
	 * @param usualNanos how long a call usually takes; 0 if nothing is known, then all
	 * the calls in flight count
	 * @param nowNanos the time
	 * @return the mean age; 0 if most of the calls are younger than usual
	 */
	final double predict(double usualNanos, long nowNanos) {
		int left = calls();
		int seen = 0;
		int old = 0;
		double sum = 0;
		for (int slot = 0; slot < NEAR && left > 0; slot++) {
			long start = start(slot);
			if (start != 0) {
				left--;
				seen++;
				double age = (double) (nowNanos - start);
				if (age > usualNanos) {
					old++;
					sum += age;
				}
			}
		}
		InFlightCalls others = (left > 0) ? this.far : null;
		return (others != null) ? others.predict(seen, old, sum, usualNanos, nowNanos)
				: InFlightCalls.meanAge(seen, old, sum);
	}

	private long start(int slot) {
		return switch (slot) {
			case 0 -> this.first;
			case 1 -> this.second;
			case 2 -> this.third;
			default -> this.fourth;
		};
	}

}
