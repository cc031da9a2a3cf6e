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

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link InstanceStatistics} say along a timeline.
 */
class InstanceStatisticsTests {

	private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	/** Time is stepped by a millisecond, and a float has seven digits. */
	private static final Percentage STEPS = Percentage.withPercentage(0.05);

	/** A clock may begin anywhere; this one passes the largest number in a second. */
	private long now = Long.MAX_VALUE - SECOND;

	private final InstanceStatistics statistics = new InstanceStatistics(() -> this.now);

	@Test
	void knowsNothingAtFirst() {
		assertThat(this.statistics.inFlight()).isZero();
		assertThat(this.statistics.latencyNanos(this.now)).isZero();
		assertThat(this.statistics.everReady()).isFalse();
	}

	@Test
	void takesTheFirstSampleAsItIs() {
		answerAfter(20 * MILLISECOND);
		assertThat(latency()).isCloseTo(20 * MILLISECOND, STEPS);
	}

	@Test
	void replacesTheLatencyByAHigherSampleAtOnce() {
		answerAfter(20 * MILLISECOND);
		answerAfter(300 * MILLISECOND);
		assertThat(latency()).isCloseTo(300 * MILLISECOND, STEPS);
	}

	@Test
	void countsALowerSampleByTheTimeSinceTheLastOne() {
		answerAfter(100 * MILLISECOND);
		this.now += 10 * SECOND - 20 * MILLISECOND;
		answerAfter(20 * MILLISECOND);
		assertThat(latency()).isCloseTo((100 / Math.E + 20 * (1 - 1 / Math.E)) * MILLISECOND, STEPS);
	}

	@Test
	void whenNobodyCallsThenTheLatencyHalvesEverySevenSeconds() {
		answerAfter(80 * MILLISECOND);
		long halfLife = (long) (Math.log(2) * 10 * SECOND);
		this.now += halfLife;
		assertThat(latency()).isCloseTo(40 * MILLISECOND, STEPS);
		this.now += halfLife;
		assertThat(latency()).isCloseTo(20 * MILLISECOND, STEPS);
	}

	@Test
	void whenTheLatencyHasDecayedToNothingThenNothingIsKnown() {
		answerAfter(MILLISECOND);
		this.now += 60 * SECOND;
		assertThat(latency()).isGreaterThan(PeakEwma.LEAST_NANOS);
		this.now += 15 * SECOND;
		assertThat(latency()).isZero();
	}

	@Test
	void whenIdleForLongThenItLearnsAnew() {
		answerAfter(SECOND);
		for (long day : new long[] { 1, 20, 30, 60, 300 }) {
			this.now += TimeUnit.DAYS.toNanos(day);
			assertThat(latency()).isZero();
			answerAfter(3 * MILLISECOND);
			assertThat(latency()).isCloseTo(3 * MILLISECOND, STEPS);
		}
	}

	@Test
	void whenASampleComesLateFromAnotherThreadThenItCountsAsNow() {
		answerAfter(10 * MILLISECOND);
		long end = this.now - 5 * MILLISECOND;
		this.statistics.end(this.statistics.begin(end - MILLISECOND), end - MILLISECOND, end, Outcome.ANSWER, 0);
		assertThat(latency()).isCloseTo(10 * MILLISECOND, STEPS);
	}

	@Test
	void agreesWithANaiveModelOverRandomSamples() {
		Random random = new Random(1);
		double model = 0;
		for (int i = 0; i < 20_000; i++) {
			long idle = 2 * MILLISECOND + (long) (random.nextDouble() * 300 * MILLISECOND);
			long sample = MILLISECOND + (long) (Math.abs(random.nextGaussian()) * 20 * MILLISECOND);
			this.now += idle;
			answerAfter(sample);
			double weight = Math.exp(-(double) (idle + sample) / (10 * SECOND));
			model = (sample >= model) ? sample : model * weight + sample * (1 - weight);
			assertThat(latency()).isCloseTo(model, Percentage.withPercentage(0.5));
		}
	}

	@Test
	void multipliesTheLatencyByTheCallsInFlightAndTheNextOne() {
		answerAfter(2 * MILLISECOND);
		assertThat(this.statistics.load(this.now)).isCloseTo(2.0 * MILLISECOND, STEPS);
		begin();
		begin();
		this.statistics.beginStream();
		assertThat(this.statistics.inFlight()).isEqualTo(3);
		assertThat(this.statistics.load(this.now)).isCloseTo(8.0 * MILLISECOND, STEPS);
	}

	@Test
	void whenNothingIsKnownThenItComesFirstForOneCallAtATime() {
		InstanceStatistics busy = new InstanceStatistics(() -> this.now);
		busy.end(busy.begin(this.now - SECOND), this.now - SECOND, this.now, Outcome.ANSWER, 0);
		for (int i = 0; i < 100; i++) {
			busy.begin(this.now);
		}
		InstanceStatistics fast = new InstanceStatistics(() -> this.now);
		fast.end(fast.begin(this.now - 10_000), this.now - 10_000, this.now, Outcome.ANSWER, 0);
		assertThat(this.statistics.load(this.now)).isLessThan(fast.load(this.now));
		begin();
		assertThat(this.statistics.load(this.now)).isGreaterThan(busy.load(this.now));
	}

	@Test
	void whenOnlyStreamsAreOpenThenTheOneWithFewestComesFirst() {
		InstanceStatistics other = new InstanceStatistics(() -> this.now);
		this.statistics.beginStream();
		this.statistics.beginStream();
		other.beginStream();
		assertThat(other.load(this.now)).isLessThan(this.statistics.load(this.now));
	}

	@Test
	void whenMostCallsInFlightAreOlderThanUsualThenTheirMeanAgeIsExpected() {
		answerAfter(10 * MILLISECOND);
		begin();
		this.now += 100 * MILLISECOND;
		begin();
		this.now += 20 * MILLISECOND;
		begin();
		// Ages 120, 20 and 0 ms.
		assertThat(latency()).isCloseTo(70 * MILLISECOND, STEPS);
	}

	@Test
	void whenHalfTheCallsInFlightAreYoungThenNothingIsForetold() {
		answerAfter(10 * MILLISECOND);
		begin();
		begin();
		this.now += 100 * MILLISECOND;
		begin();
		begin();
		assertThat(latency()).isCloseTo(10 * MILLISECOND, Percentage.withPercentage(1.1));
		begin();
		this.now += 100 * MILLISECOND;
		assertThat(latency()).isCloseTo((200 + 200 + 100 + 100 + 100) / 5 * MILLISECOND, STEPS);
	}

	@Test
	void seesAHangBeforeAnyReply() {
		begin();
		this.now += 2 * SECOND;
		assertThat(latency()).isCloseTo(2.0 * SECOND, STEPS);
	}

	@Test
	void whenTheCallsThatHungEndThenNothingIsForetold() {
		answerAfter(10 * MILLISECOND);
		long start = this.now;
		int slot = begin();
		this.now += SECOND;
		assertThat(latency()).isCloseTo(SECOND, STEPS);
		this.statistics.end(slot, start, this.now, Outcome.NOTHING, 0);
		assertThat(latency()).isLessThan(10 * MILLISECOND);
	}

	@Test
	void looksAtTheAgesOfFewCallsEachTime() {
		begin();
		this.now += 5 * MILLISECOND;
		assertThat(latency()).isCloseTo(5 * MILLISECOND, STEPS);
		this.now += MILLISECOND / 2;
		assertThat(latency()).isCloseTo(5.5 * MILLISECOND, STEPS);
	}

	@Test
	void looksAtTheAgesOfManyCallsOnceAMillisecond() {
		for (int call = 0; call < 20; call++) {
			begin();
		}
		this.now += 5 * MILLISECOND;
		assertThat(latency()).isCloseTo(5 * MILLISECOND, STEPS);
		this.now += MILLISECOND / 2;
		assertThat(latency()).isCloseTo(5 * MILLISECOND, STEPS);
		this.now += MILLISECOND / 2;
		assertThat(latency()).isCloseTo(6 * MILLISECOND, STEPS);
	}

	@Test
	void chargesAFirstCallThatFailsLikeATimeout() {
		end(begin(), 0, Outcome.FAILURE, 2 * SECOND);
		assertThat(latency()).isCloseTo(2.0 * SECOND, STEPS);
	}

	@Test
	void chargesAFailureWithoutATimeoutWithFiveSeconds() {
		end(begin(), MILLISECOND, Outcome.FAILURE, Long.MAX_VALUE);
		assertThat(latency()).isCloseTo(5.0 * SECOND, STEPS);
		InstanceStatistics other = new InstanceStatistics(() -> this.now);
		other.end(other.begin(this.now), this.now, this.now, Outcome.FAILURE, 0);
		assertThat(other.latencyNanos(this.now)).isCloseTo(5.0 * SECOND, STEPS);
	}

	@Test
	void addsWhatFailuresCostOnAverage() {
		// Ten calls a second, the tenth of which fails: for many times the time constant.
		for (int i = 1; i <= 1000; i++) {
			this.now += 90 * MILLISECOND;
			end(begin(), 10 * MILLISECOND, (i % 10 == 0) ? Outcome.FAILURE : Outcome.ANSWER, SECOND);
		}
		assertThat(latency()).isCloseTo((10 + 0.1 * 1000) * MILLISECOND, Percentage.withPercentage(6));
	}

	@Test
	void whenOneCallOfAThousandFailsThenTheLatencyHardlyMoves() {
		for (int i = 0; i < 1000; i++) {
			this.now += 10 * MILLISECOND;
			answerAfter(10 * MILLISECOND);
		}
		this.now += 10 * MILLISECOND;
		end(begin(), MILLISECOND, Outcome.FAILURE, SECOND);
		assertThat(latency()).isBetween(10.5 * MILLISECOND, 12.0 * MILLISECOND);
	}

	@Test
	void chargesTheThirdFailureInARowLikeATimeout() {
		answerAfter(MILLISECOND);
		failTwice();
		assertThat(latency()).isLessThan(10 * MILLISECOND);
		end(begin(), MILLISECOND, Outcome.FAILURE, SECOND);
		assertThat(latency()).isCloseTo(SECOND, Percentage.withPercentage(1));
	}

	@Test
	void whenAnAnswerComesBetweenThenFailuresAreNotInARow() {
		answerAfter(MILLISECOND);
		failTwice();
		answerAfter(MILLISECOND);
		failTwice();
		assertThat(latency()).isLessThan(10 * MILLISECOND);
	}

	@Test
	void chargesFailuresInARowAtLeastTwiceTheLatency() {
		answerAfter(4 * SECOND);
		failTwice();
		end(begin(), 0, Outcome.FAILURE, SECOND);
		assertThat(latency()).isCloseTo(8.0 * SECOND, Percentage.withPercentage(1));
	}

	@Test
	void chargesManyFailuresNoMoreThanAMinuteAndTheirMean() {
		for (int i = 0; i < 1000; i++) {
			end(begin(), 0, Outcome.FAILURE, SECOND);
		}
		assertThat(latency()).isCloseTo(61.0 * SECOND, STEPS);
	}

	@Test
	void whenAFailureTookLongThenThatIsTheLatency() {
		answerAfter(MILLISECOND);
		end(begin(), 700 * MILLISECOND, Outcome.FAILURE, SECOND);
		assertThat(latency()).isBetween(700.0 * MILLISECOND, 800.0 * MILLISECOND);
	}

	@Test
	void whenTheCallerAllowedLessThanACallTakesThenNothingIsCharged() {
		answerAfter(500 * MILLISECOND);
		end(begin(), 100 * MILLISECOND, Outcome.FAILURE, 100 * MILLISECOND);
		assertThat(latency()).isLessThanOrEqualTo(500 * MILLISECOND);
	}

	@Test
	void whenTheCallerAllowedMoreThanACallTakesThenTheTimeoutIsCharged() {
		answerAfter(MILLISECOND);
		end(begin(), 100 * MILLISECOND, Outcome.FAILURE, 100 * MILLISECOND);
		assertThat(latency()).isCloseTo(100 * MILLISECOND, Percentage.withPercentage(2));
	}

	@Test
	void whenCallsWithAShortDeadlineFailBeforeItThenTheyAreCharged() {
		answerAfter(500 * MILLISECOND);
		failTwice();
		end(begin(), MILLISECOND, Outcome.FAILURE, 100 * MILLISECOND);
		assertThat(latency()).isCloseTo(SECOND, Percentage.withPercentage(0.1));
	}

	@Test
	void chargesARefusalAtOnceAndForgetsItInSeconds() {
		answerAfter(MILLISECOND);
		end(begin(), 0, Outcome.REFUSAL, SECOND);
		assertThat(latency()).isCloseTo(5.0 * SECOND, STEPS);
		this.now += 9 * SECOND;
		assertThat(latency()).isLessThan(MILLISECOND);
	}

	@Test
	void remembersAFailureLongerThanARefusal() {
		end(begin(), 0, Outcome.FAILURE, 5 * SECOND);
		this.now += 9 * SECOND;
		assertThat(latency()).isGreaterThan(2.0 * SECOND);
	}

	@Test
	void learnsNothingFromACallThatItsCallerCancelled() {
		end(begin(), 3 * SECOND, Outcome.NOTHING, SECOND);
		assertThat(latency()).isZero();
		assertThat(this.statistics.inFlight()).isZero();
	}

	@Test
	void countsStreamsInFlightAndLearnsNothingFromTheirDuration() {
		int stream = this.statistics.beginStream();
		this.now += 3600 * SECOND;
		assertThat(this.statistics.inFlight()).isOne();
		assertThat(latency()).isZero();
		this.statistics.end(stream, this.now - 3600 * SECOND, this.now, Outcome.ANSWER, 0);
		assertThat(this.statistics.inFlight()).isZero();
		assertThat(latency()).isZero();
	}

	@Test
	void chargesAStreamThatFailsWhateverItsDuration() {
		end(this.statistics.beginStream(), 3600 * SECOND, Outcome.FAILURE, Long.MAX_VALUE);
		assertThat(latency()).isCloseTo(5.0 * SECOND, STEPS);
	}

	@Test
	void chargesNoStreamThatWasOpenUntilItsDeadline() {
		end(this.statistics.beginStream(), 60 * SECOND, Outcome.FAILURE, 60 * SECOND);
		assertThat(latency()).isZero();
	}

	@Test
	void whenMoreCallsThanSlotsAreInFlightThenAllAreCountedAndTheirRepliesToo() {
		List<Integer> slots = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			slots.add(begin());
		}
		assertThat(this.statistics.inFlight()).isEqualTo(1000);
		end(slots.remove(999), 7 * MILLISECOND, Outcome.ANSWER, 0);
		assertThat(latency()).isCloseTo(7 * MILLISECOND, STEPS);
		slots.forEach((slot) -> end(slot, 0, Outcome.ANSWER, 0));
		assertThat(this.statistics.inFlight()).isZero();
		Set<Integer> again = new HashSet<>();
		for (int i = 0; i < OpenCalls.SLOTS; i++) {
			again.add(begin());
		}
		assertThat(again).hasSize(OpenCalls.SLOTS);
	}

	@Test
	void remembersWhenItWasReadyForTheFirstTime() {
		assertThat(this.statistics.readySinceNanos()).isEqualTo(this.now);
		long first = this.now;
		this.statistics.ready(first);
		this.now += SECOND;
		this.statistics.ready(this.now);
		assertThat(this.statistics.readySinceNanos()).isEqualTo(first);
		assertThat(this.statistics.everReady()).isTrue();
	}

	@Test
	void whenManyThreadsCallThenNoCallIsLostAndNoSlotGivenTwice() throws Exception {
		AtomicIntegerArray owners = new AtomicIntegerArray(OpenCalls.SLOTS + 1);
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Future<?>> runs = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				int seed = i;
				runs.add(threads.submit(() -> callOften(new Random(seed), owners)));
			}
			for (Future<?> run : runs) {
				run.get(60, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(this.statistics.inFlight()).isEqualTo(8);
		Set<Integer> free = new HashSet<>();
		for (int i = 0; i < OpenCalls.SLOTS; i++) {
			free.add(begin());
		}
		assertThat(free).hasSize(OpenCalls.SLOTS);
		assertThat(latency()).isPositive();
	}

	/** In a few milliseconds, which weigh next to nothing in the mean. */
	private void failTwice() {
		end(begin(), 2 * MILLISECOND, Outcome.FAILURE, SECOND);
		end(begin(), 2 * MILLISECOND, Outcome.FAILURE, SECOND);
	}

	/** Up to 40 calls at once, so that 8 threads use up the slots now and then. */
	private void callOften(Random random, AtomicIntegerArray owners) {
		List<Integer> open = new ArrayList<>();
		for (int i = 0; i < 50_000; i++) {
			if (open.size() < 40 && random.nextBoolean()) {
				int slot = (random.nextInt(10) == 0) ? this.statistics.beginStream() : begin();
				if (slot >= 0 && slot < OpenCalls.SLOTS) {
					assertThat(owners.incrementAndGet(slot)).isOne();
				}
				open.add(slot);
			}
			else if (!open.isEmpty()) {
				finish(open.remove(random.nextInt(open.size())), owners);
			}
			this.statistics.load(this.now);
		}
		open.forEach((slot) -> finish(slot, owners));
		this.statistics.beginStream();
	}

	private void finish(int slot, AtomicIntegerArray owners) {
		if (slot >= 0 && slot < OpenCalls.SLOTS) {
			owners.decrementAndGet(slot);
		}
		this.statistics.end(slot, this.now - MILLISECOND, this.now, Outcome.ANSWER, 0);
	}

	private int begin() {
		return this.statistics.begin(this.now);
	}

	private void answerAfter(long nanos) {
		end(begin(), nanos, Outcome.ANSWER, 0);
	}

	private void end(int slot, long elapsed, Outcome outcome, long timeout) {
		long start = this.now;
		this.now += elapsed;
		this.statistics.end(slot, start, this.now, outcome, timeout);
	}

	private double latency() {
		return this.statistics.latencyNanos(this.now);
	}

}
