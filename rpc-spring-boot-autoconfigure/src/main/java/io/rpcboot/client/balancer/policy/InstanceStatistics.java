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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * What the calls to one instance have shown, over all the channels to it. Safe for any
 * thread; takes no lock, and allocates only when more calls than ever are in flight.
 * <p>
 * The latency is a moving average with the time constant 10 s that a slower reply
 * replaces at once and that decays while there is none (Finagle's {@code PeakEwma}). It
 * is raised by the age of the calls in flight (Kratos), which shows a hang before any
 * reply.
 * <p>
 * A call that failed costs as much as its caller would have waited, and the mean of that
 * over the time constant is added to the latency: what a call to this instance can be
 * expected to cost. So a failure in a thousand calls, as the code of any application has
 * them, hardly moves the load, and an instance whose calls all fail is soon as bad as one
 * that hangs. From the third failure in a row on it counts as one that took as long as
 * its caller would have waited, and at least twice the average, so that an instance that
 * fails fast attracts nobody (brpc's {@code p2c_ewma} does that from the first one on,
 * which keeps an instance out of use for most of a minute for one failure).
 * <p>
 * A refusal is charged at once too and forgotten ten times faster: it says that there is
 * no room now, nothing of how long calls take. So is the failure of a stream, since no
 * reply to a stream would ever correct the charge.
 * <p>
 * All times are those of one {@link System#nanoTime()} clock, of which only differences
 * mean anything.
 */
public final class InstanceStatistics extends OpenCalls {

	/** Finagle's and brpc's. */
	private static final long TAU_NANOS = 10_000_000_000L;

	/** From the least charge to a usual millisecond in 8.5 s. */
	private static final long PENALTY_TAU_NANOS = 1_000_000_000L;

	/** For a failed call without a timeout: the default timeout of calls. */
	private static final long CHARGE_NANOS = 5_000_000_000L;

	/** Doubling ends here; else a burst of failures would be remembered for an hour. */
	private static final double DOUBLED_AT_MOST_NANOS = 60e9;

	/** More than any latency; what Finagle adds for a call to an unknown instance. */
	private static final double PROBED_NANOS = 1e14;

	/**
	 * Where one call of a hundred fails wherever it goes, three in a row do so once in a
	 * million calls.
	 */
	private static final int RUN = 3;

	private static final int STREAM = -1;

	private static final PeakEwma LONG = new PeakEwma(TAU_NANOS);

	private static final PeakEwma SHORT = new PeakEwma(PENALTY_TAU_NANOS);

	private static final VarHandle LATENCY = handle("latency", long.class);

	private static final VarHandle FAILURES = handle("failures", long.class);

	private static final VarHandle PENALTY = handle("penalty", long.class);

	private static final VarHandle FAILURES_IN_A_ROW = handle("failuresInARow", int.class);

	/** Of {@link #LONG}. */
	private volatile long latency;

	/** Of {@link #LONG}: the mean of what failures cost; an answer is a sample of 0. */
	private volatile long failures;

	/** Of {@link #SHORT}. */
	private volatile long penalty;

	private volatile int failuresInARow;

	private final LongSupplier nanoClock;

	private final AtomicReference<@Nullable Long> readySince = new AtomicReference<>();

	/**
	 * Creates statistics of an instance that was never called.
	 * @param nanoClock tells the time in nanoseconds
	 */
	public InstanceStatistics(LongSupplier nanoClock) {
		this.nanoClock = nanoClock;
	}

	private static VarHandle handle(String field, Class<?> type) {
		try {
			return MethodHandles.lookup().findVarHandle(InstanceStatistics.class, field, type);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/**
	 * Counts a unary call in.
	 * @param startNanos the time
	 * @return what to give back to {@link #end}
	 */
	public int begin(long startNanos) {
		return open(startNanos);
	}

	/**
	 * Counts a stream in. It is in flight until it ends, however long, and tells nothing
	 * of the latency.
	 * @return what to give back to {@link #end}
	 */
	public int beginStream() {
		openStream();
		return STREAM;
	}

	/**
	 * Counts a call or stream out. Called once for each that began.
	 * @param slot what its beginning returned
	 * @param startNanos when it began
	 * @param endNanos the time
	 * @param outcome how it ended
	 * @param timeoutNanos how long its caller would have waited from its beginning on;
	 * {@link Long#MAX_VALUE}, 0 or less for one without a deadline
	 */
	public void end(int slot, long startNanos, long endNanos, Outcome outcome, long timeoutNanos) {
		long elapsed = Math.max(0, endNanos - startNanos);
		boolean limited = timeoutNanos > 0 && timeoutNanos < Long.MAX_VALUE;
		boolean timedOut = limited && elapsed >= timeoutNanos;
		if (slot == STREAM) {
			closeStream();
			// A stream that was open until its deadline did what it was asked to.
			if (outcome == Outcome.REFUSAL || (outcome == Outcome.FAILURE && !timedOut)) {
				penalize(endNanos);
			}
			return;
		}
		close(slot);
		switch (outcome) {
			case ANSWER -> answer(elapsed, endNanos);
			case FAILURE -> fail(elapsed, endNanos, limited ? timeoutNanos : CHARGE_NANOS, timedOut);
			case REFUSAL -> penalize(endNanos);
			case NOTHING -> {
			}
		}
	}

	private void answer(long elapsed, long endNanos) {
		addLatency((double) elapsed, endNanos);
		addFailure(0, endNanos);
		// Nearly always there is nothing to change, and threads that only read do not
		// take the cache line from each other.
		if (this.failuresInARow != 0) {
			this.failuresInARow = 0;
		}
	}

	private void fail(long elapsed, long endNanos, long allowed, boolean timedOut) {
		double estimate = LONG.at(this.latency, endNanos);
		if (timedOut && allowed < estimate) {
			// The caller allowed less than a call takes: no fault of the instance.
			return;
		}
		double cost = (double) Math.max(elapsed, allowed);
		addFailure(cost, endNanos);
		if ((int) FAILURES_IN_A_ROW.getAndAdd(this, 1) + 1 >= RUN) {
			addLatency(Math.max(cost, doubled(estimate)), endNanos);
		}
		else if (elapsed > estimate) {
			addLatency((double) elapsed, endNanos);
		}
	}

	private void penalize(long endNanos) {
		double charge = Math.max(CHARGE_NANOS, doubled(LONG.at(this.latency, endNanos)));
		long before;
		long after;
		do {
			before = this.penalty;
			after = SHORT.add(before, charge, endNanos);
		}
		while (after != before && !PENALTY.compareAndSet(this, before, after));
	}

	private void addLatency(double sampleNanos, long endNanos) {
		long before;
		long after;
		do {
			before = this.latency;
			after = LONG.add(before, sampleNanos, endNanos);
		}
		while (after != before && !LATENCY.compareAndSet(this, before, after));
	}

	private void addFailure(double costNanos, long endNanos) {
		long before;
		long after;
		do {
			before = this.failures;
			after = LONG.blend(before, costNanos, endNanos);
		}
		while (after != before && !FAILURES.compareAndSet(this, before, after));
	}

	private static double doubled(double estimate) {
		return Math.max(estimate, Math.min(2 * estimate, DOUBLED_AT_MOST_NANOS));
	}

	/**
	 * Returns how many calls and streams are open.
	 * @return at least 0
	 */
	public int inFlight() {
		return callsAndStreams();
	}

	/**
	 * Returns how long a call is expected to take.
	 * @param nowNanos the time
	 * @return nanoseconds; 0 if nothing is known
	 */
	public double latencyNanos(long nowNanos) {
		double known = known(nowNanos);
		return Math.max(known, predict(known, nowNanos));
	}

	/**
	 * Returns what policies compare, before they divide it by the weight: the latency
	 * times the calls and streams in flight, the next one included. An instance of which
	 * nothing is known comes first, but for one call at a time: it must not attract
	 * everybody until its first reply.
	 * @param nowNanos the time
	 * @return a positive number
	 */
	public double load(long nowNanos) {
		double known = known(nowNanos);
		double predicted = predict(known, nowNanos);
		double each = (known > 0) ? Math.max(known, predicted) : unknown(predicted);
		return each * (inFlight() + 1);
	}

	/**
	 * Streams do not count as a call at a time, since they give no latency: the instance
	 * would be passed over as long as one is open.
	 */
	private double unknown(double predicted) {
		return (calls() > 0) ? PROBED_NANOS + predicted : 1;
	}

	private double known(long nowNanos) {
		return Math.max(LONG.at(this.latency, nowNanos) + LONG.at(this.failures, nowNanos),
				SHORT.at(this.penalty, nowNanos));
	}

	/**
	 * Takes note that the instance can be called. Only the first time counts.
	 * @param nowNanos the time
	 */
	public void ready(long nowNanos) {
		this.readySince.compareAndSet(null, nowNanos);
	}

	/**
	 * Returns since when the instance can be called, for slow start.
	 * @return the time of the first {@link #ready}; the current time before that
	 */
	public long readySinceNanos() {
		Long since = this.readySince.get();
		return (since != null) ? since : this.nanoClock.getAsLong();
	}

	/**
	 * Returns whether the instance could ever be called.
	 * @return whether {@link #ready} was called
	 */
	public boolean everReady() {
		return this.readySince.get() != null;
	}

}
