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

package io.rpcboot.server.admission;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AdaptiveLimit}, {@link GradientLimit} and {@link OverloadSignal}, on
 * fake time.
 */
class AdaptiveLimitTests {

	private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

	private double load;

	private long now;

	@Test
	void growsWhileCallsTakeAsLongAsEver() {
		GradientLimit limit = new GradientLimit(20, 200);
		for (int i = 0; i < 300; i++) {
			limit.update(10, limit.limit());
		}
		assertThat(limit.limit()).isGreaterThanOrEqualTo(199);
	}

	@Test
	void fallsToItsMinimumWhileCallsTakeTwiceAsLongAndMore() {
		GradientLimit limit = new GradientLimit(20, 200);
		for (int i = 0; i < 300; i++) {
			limit.update(10, limit.limit());
		}
		for (int i = 0; i < 30; i++) {
			limit.update(100, limit.limit());
		}
		assertThat(limit.limit()).isEqualTo(20);
	}

	@Test
	void doesNotGrowWhileCallsGetSlower() {
		GradientLimit limit = new GradientLimit(20, 200);
		for (int i = 0; i < 10; i++) {
			limit.update(10, 0);
		}
		int before = limit.limit();
		for (int i = 0; i < 30; i++) {
			// A gradient of about 0.9: the allowance for a queue would make up for it.
			limit.update(16.5, limit.limit());
			assertThat(limit.limit()).isLessThanOrEqualTo(before);
		}
	}

	@Test
	void learnsNothingOfTheLimitWhileFewCallsRun() {
		GradientLimit limit = new GradientLimit(20, 200);
		for (int i = 0; i < 300; i++) {
			limit.update(10, 9);
		}
		assertThat(limit.limit()).isEqualTo(20);
	}

	/**
	 * A server with 8 workers at 10 ms each, whatever runs beyond that waits.
	 */
	@Test
	void findsAboutWhatAServerCanRun() {
		GradientLimit limit = new GradientLimit(4, 200);
		for (int i = 0; i < 3000; i++) {
			assertThat(limit.limit()).as("window " + i).isLessThanOrEqualTo(24);
			server(limit, limit.limit());
		}
		assertThat(limit.limit()).isGreaterThanOrEqualTo(8);
	}

	@Test
	void findsItAlsoIfItHasSeenNothingButOverload() {
		GradientLimit limit = new GradientLimit(4, 200);
		for (int i = 0; i < 20; i++) {
			server(limit, 100);
		}
		for (int i = 0; i < 3000; i++) {
			server(limit, limit.limit());
		}
		assertThat(limit.limit()).isBetween(8, 24);
	}

	@Test
	void whenTheServerIsShortOfNothingThenNothingIsLimited() {
		AdaptiveLimit limit = adaptive();
		assertThat(window(limit, 0)).isEqualTo(Integer.MAX_VALUE);
		this.load = 0.5;
		assertThat(window(limit, 19 * MILLI)).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void whenTheProcessorsAreBusyForSecondsThenItLimitsUntilTheyHaveNotBeenForSeconds() {
		AdaptiveLimit limit = adaptive();
		this.load = 1;
		assertThat(window(limit, 0)).as("one second").isEqualTo(Integer.MAX_VALUE);
		window(limit, 0);
		window(limit, 0);
		assertThat(window(limit, 0)).isEqualTo(limit.limit()).isLessThanOrEqualTo(200);
		this.load = 0;
		int before = limit.limit();
		for (int next = window(limit, 0); next != Integer.MAX_VALUE; next = window(limit, 0)) {
			assertThat(next).isGreaterThan(before).isLessThanOrEqualTo(200);
			before = next;
		}
		assertThat(this.now).isLessThan(TimeUnit.SECONDS.toNanos(15));
	}

	@Test
	void whenCallsWaitForThreadsThenItLimits() {
		AdaptiveLimit limit = adaptive();
		assertThat(window(limit, 20 * MILLI)).isEqualTo(limit.limit());
		int lifted = window(limit, 0);
		assertThat(lifted).isGreaterThan(limit.limit()).isLessThan(2 * limit.limit());
		assertThat(window(limit, 20 * MILLI)).as("too far").isEqualTo(limit.limit()).isLessThan(lifted);
	}

	@Test
	void whenNobodyCallsForSomeSecondsThenTheNextCallFindsTheLimitRaisedForEach() {
		AdaptiveLimit limit = adaptive();
		int left = window(limit, 20 * MILLI);
		assertThat(left).isEqualTo(20);
		this.now += 2 * AdaptiveLimit.WINDOW_NANOS;
		assertThat(call(limit, 1)).as("20 and half of it and one, and that again").isEqualTo(47);
		assertThat(call(limit, 1)).as("in the same second").isEqualTo(47);
		this.now += TimeUnit.HOURS.toNanos(1);
		assertThat(call(limit, 1)).isEqualTo(Integer.MAX_VALUE);
		assertThat(limit.limit()).as("too few calls to learn from").isEqualTo(left);
	}

	@Test
	void whenFewCallsAreMadeForLongThenTheLimitIsRaisedNoMoreThanByHalfASecond() {
		AdaptiveLimit limit = adaptive();
		List<Integer> ceilings = new ArrayList<>(List.of(window(limit, 20 * MILLI)));
		for (int i = 0; i < 3; i++) {
			this.now += 2 * AdaptiveLimit.WINDOW_NANOS;
			ceilings.add(call(limit, 5));
		}
		assertThat(ceilings).containsExactly(20, 47, 107, Integer.MAX_VALUE);
	}

	@Test
	void whenTheLimitHoldsSlowCallsBackThenALongWindowRaisesItOnce() {
		AdaptiveLimit limit = adaptive();
		int ceiling = window(limit, 20 * MILLI);
		this.now += 10 * AdaptiveLimit.WINDOW_NANOS;
		for (int i = 0; i < 9; i++) {
			assertThat(call(limit, ceiling)).as("too few calls to tell").isEqualTo(ceiling);
		}
		assertThat(call(limit, ceiling)).isEqualTo(ceiling + ceiling / 2 + 1);
	}

	@Test
	void whenTheServerIsShortOfSomethingAfterAPauseThenTheLimitStays() {
		AdaptiveLimit limit = adaptive();
		int ceiling = window(limit, 20 * MILLI);
		this.now += TimeUnit.HOURS.toNanos(1);
		limit.started(20 * MILLI, this.now);
		assertThat(call(limit, 1)).isEqualTo(ceiling);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 5, 9, 15 })
	void whenAnOverloadEndsWithinAWindowThenAfterAPauseNothingOfTheLimitIsLeft(int calls) {
		AdaptiveLimit limit = adaptive();
		int ceiling = window(limit, 20 * MILLI);
		this.now += AdaptiveLimit.WINDOW_NANOS / 2;
		for (int i = 0; i < calls; i++) {
			limit.started(20 * MILLI, this.now);
			assertThat(call(limit, ceiling)).isEqualTo(ceiling);
		}
		this.now += TimeUnit.HOURS.toNanos(1);
		limit.started(0, this.now);
		assertThat(call(limit, 1)).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void whenTheLimitHeldCallsBackThenOnlyTheSecondsSinceRaiseIt() {
		AdaptiveLimit limit = adaptive();
		int ceiling = window(limit, 20 * MILLI);
		this.now += 10 * AdaptiveLimit.WINDOW_NANOS;
		assertThat(call(limit, ceiling)).isEqualTo(ceiling);
		this.now += 2 * AdaptiveLimit.WINDOW_NANOS;
		assertThat(call(limit, 1)).as("20 and half of it and one, and that again").isEqualTo(47);
	}

	/**
	 * Four threads at 10 ms a call, so 400 calls a second; 200 are offered for five
	 * seconds, and then 2000.
	 */
	@Test
	void whenFiveTimesAsMuchIsOfferedThenThreadsAreBusyAndWaitsStayShort() {
		AdaptiveLimit adaptive = new AdaptiveLimit(new GradientLimit(4, 200),
				new OverloadSignal(0.9, 20 * MILLI, () -> this.load), this.now);
		ConcurrencyLimit limit = new ConcurrencyLimit(Integer.MAX_VALUE);
		Deque<Long> pool = new ArrayDeque<>();
		Deque<Running> threads = new ArrayDeque<>();
		List<Long> latencies = new ArrayList<>();
		for (int tick = 0; tick < 80_000; tick++) {
			this.now += MILLI / 2;
			while (!threads.isEmpty() && this.now - threads.getFirst().since() >= 10 * MILLI) {
				long latency = this.now - threads.removeFirst().admitted();
				limit.adapt(adaptive.answered(latency, limit.running(), this.now));
				limit.release();
				// What the first second has let in takes four more.
				if (tick >= 20_000) {
					latencies.add(latency / MILLI);
				}
			}
			if ((tick >= 10_000 || tick % 10 == 0) && limit.tryAcquire(false)) {
				pool.add(this.now);
			}
			while (threads.size() < 4 && !pool.isEmpty()) {
				Running call = new Running(pool.remove(), this.now);
				adaptive.started(call.since() - call.admitted(), this.now);
				threads.add(call);
			}
		}
		assertThat(latencies).as("answers of 30 s").hasSizeGreaterThan(30 * 400 * 9 / 10);
		Collections.sort(latencies);
		assertThat(latencies.get(latencies.size() * 99 / 100)).as("p99 in ms").isLessThanOrEqualTo(100);
	}

	@Test
	void whenTheLoadIsUnknownThenOnlyTheWaitCounts() {
		this.load = Double.NaN;
		AdaptiveLimit limit = adaptive();
		assertThat(window(limit, 0)).isEqualTo(Integer.MAX_VALUE);
		assertThat(window(limit, 20 * MILLI)).isEqualTo(limit.limit());
	}

	private static void server(GradientLimit limit, int running) {
		limit.update(10.0 * Math.max(1, running / 8.0), running);
	}

	private AdaptiveLimit adaptive() {
		return new AdaptiveLimit(new GradientLimit(20, 200), new OverloadSignal(0.9, 20 * MILLI, () -> this.load),
				this.now);
	}

	private int call(AdaptiveLimit limit, int running) {
		return limit.answered(10 * MILLI, running, this.now);
	}

	/**
	 * Ends a window of twenty calls, and returns the limit after it.
	 */
	private int window(AdaptiveLimit limit, long delay) {
		for (int i = 0; i < 19; i++) {
			limit.started(delay, this.now);
			limit.answered(10 * MILLI, 20, this.now);
		}
		this.now += AdaptiveLimit.WINDOW_NANOS;
		limit.started(delay, this.now);
		return limit.answered(10 * MILLI, 20, this.now);
	}

	/**
	 * A call on a thread.
	 */
	private record Running(long admitted, long since) {

	}

}
