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

package io.rpcboot.client.balancer.outlier;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.rpcboot.client.balancer.policy.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InstanceOutcomes}.
 */
class InstanceOutcomesTests {

	private static final int THREADS = 4;

	private static final int CALLS = 200_000;

	private final InstanceOutcomes outcomes = new InstanceOutcomes(5);

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void whenTheRunReachesTheThresholdThenSaysSoOnce() {
		List<Boolean> answers = IntStream.range(0, 8)
			.mapToObj((call) -> this.outcomes.record(Outcome.FAILURE))
			.toList();
		assertThat(answers).containsExactly(false, false, false, false, true, false, false, false);
		assertThat(this.outcomes.fatalRun()).isEqualTo(8);
	}

	@Test
	void whenAnAnswerComesThenTheRunBeginsAnew() {
		failures(4);
		this.outcomes.record(Outcome.ANSWER);
		assertThat(failures(4)).isFalse();
		assertThat(this.outcomes.fatalRun()).isZero();
		assertThat(failures(1)).isTrue();
	}

	@ParameterizedTest
	@EnumSource(value = Outcome.class, names = { "REFUSAL", "NOTHING" })
	void whenAnOutcomeSaysNothingThenTheRunNeitherBreaksNorGrows(Outcome neutral) {
		failures(4);
		for (int i = 0; i < 10; i++) {
			assertThat(this.outcomes.record(neutral)).isFalse();
		}
		assertThat(this.outcomes.fatalRun()).isZero();
		assertThat(failures(1)).isTrue();
		assertThat(this.outcomes.take()).isEqualTo(new Tally(0, 5));
	}

	@Test
	void whenTakenThenCountingBeginsAnew() {
		failures(3);
		this.outcomes.record(Outcome.ANSWER);
		this.outcomes.record(Outcome.ANSWER);
		assertThat(this.outcomes.take()).isEqualTo(new Tally(2, 3));
		assertThat(this.outcomes.take()).isEqualTo(Tally.NONE);
	}

	@Test
	void whenOnTrialThenTwoFailuresAreEnoughUntilAnAnswerComes() {
		failures(4);
		this.outcomes.putOnTrial();
		assertThat(failures(1)).isFalse();
		assertThat(failures(1)).isTrue();
		this.outcomes.putOnTrial();
		this.outcomes.record(Outcome.ANSWER);
		assertThat(failures(4)).isFalse();
		assertThat(failures(1)).isTrue();
	}

	@Test
	void whenOneFailureEjectsThenATrialIsNotMilder() {
		InstanceOutcomes strict = new InstanceOutcomes(1);
		strict.putOnTrial();
		assertThat(strict.record(Outcome.FAILURE)).isTrue();
	}

	@Test
	void whenRunsAreSwitchedOffThenNoneIsFatal() {
		InstanceOutcomes off = new InstanceOutcomes(0);
		off.putOnTrial();
		for (int i = 0; i < 100; i++) {
			assertThat(off.record(Outcome.FAILURE)).isFalse();
		}
		assertThat(off.fatalRun()).isZero();
	}

	@Test
	@Timeout(60)
	void whenManyThreadsRecordDuringSweepsThenEveryOutcomeIsCountedOnce() throws Exception {
		CountDownLatch running = new CountDownLatch(THREADS);
		List<Future<?>> recorders = IntStream.range(0, THREADS)
			.<Future<?>>mapToObj((thread) -> this.threads.submit(() -> record(running)))
			.toList();
		long answers = 0;
		long failures = 0;
		boolean last = false;
		while (!last) {
			last = running.getCount() == 0;
			Tally tally = this.outcomes.take();
			answers += tally.answers();
			failures += tally.failures();
		}
		for (Future<?> recorder : recorders) {
			recorder.get();
		}
		assertThat(answers).isEqualTo(THREADS * CALLS / 2);
		assertThat(failures).isEqualTo(THREADS * CALLS / 4);
	}

	private void record(CountDownLatch running) {
		for (int call = 0; call < CALLS; call++) {
			this.outcomes.record(Outcome.ANSWER);
			call++;
			this.outcomes.record((call % 4 == 1) ? Outcome.FAILURE : Outcome.REFUSAL);
		}
		running.countDown();
	}

	@Test
	@Timeout(60)
	void whenManyThreadsFailTogetherThenOneOfThemIsTold() throws Exception {
		for (int round = 0; round < 500; round++) {
			InstanceOutcomes shared = new InstanceOutcomes(5);
			AtomicInteger told = new AtomicInteger();
			List<Future<?>> failing = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				failing.add(this.threads.submit(() -> {
					for (int i = 0; i < 3; i++) {
						told.addAndGet((shared.record(Outcome.FAILURE)) ? 1 : 0);
					}
				}));
			}
			for (Future<?> done : failing) {
				done.get();
			}
			assertThat(told).hasValue(1);
			assertThat(shared.fatalRun()).isEqualTo(THREADS * 3);
		}
	}

	private boolean failures(int times) {
		boolean worthALook = false;
		for (int i = 0; i < times; i++) {
			worthALook |= this.outcomes.record(Outcome.FAILURE);
		}
		return worthALook;
	}

}
