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

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * After what time a second attempt is sent, and how often.
 */
class HedgeDelayTests {

	private final FakeTime time = new FakeTime();

	private final HedgeDelay delay = new HedgeDelay(99, this.time);

	@Test
	void whenThereAreFewAnswersThenNothingIsKnown() {
		record(HedgeDelay.MIN_ANSWERS - 1, 10);
		assertThat(this.delay.delayNanos()).isEqualTo(HedgeDelay.UNKNOWN);
		record(1, 10);
		assertThat(this.delay.delayNanos()).isPositive();
	}

	@Test
	void isThePercentileRoundedUpByASixteenthAtMost() {
		Random random = new Random(7);
		long[] latencies = random.longs(5_000, 2_000_000, 300_000_000).toArray();
		Arrays.stream(latencies).forEach(this.delay::record);
		Arrays.sort(latencies);
		long exact = latencies[4_949];
		assertThat(this.delay.delayNanos()).isBetween(exact, exact + exact / 16);
	}

	@Test
	void isAMillisecondAtLeastAndBoundedAbove() {
		record(100, 0);
		assertThat(this.delay.delayNanos()).isEqualTo(1_000_000);
		HedgeDelay slow = new HedgeDelay(99, this.time);
		for (int i = 0; i < 100; i++) {
			slow.record(Long.MAX_VALUE);
		}
		assertThat(slow.delayNanos()).isEqualTo(1L << 37);
	}

	@Test
	void isFoundAnewEveryThreeSeconds() {
		record(100, 10);
		long first = this.delay.delayNanos();
		record(1_000, 100);
		assertThat(this.delay.delayNanos()).isEqualTo(first);
		this.time.passMillis(3_000);
		assertThat(this.delay.delayNanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(99));
	}

	@Test
	void whenAnswersAreOldThenTheyCountNoMore() {
		record(1_000, 100);
		assertThat(this.delay.delayNanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(99));
		for (int i = 0; i < 10; i++) {
			this.time.passMillis(3_000);
			record(100, 10);
			this.delay.delayNanos();
		}
		this.time.passMillis(3_000);
		assertThat(this.delay.delayNanos()).isLessThan(TimeUnit.MILLISECONDS.toNanos(11));
	}

	@Test
	void hedgesAreNeverMoreThanTheirShare() {
		ExtraLoad load = new ExtraLoad(1);
		int hedges = 0;
		for (int i = 0; i < 1_000; i++) {
			load.deposit();
			hedges += load.tryWithdraw() ? 1 : 0;
		}
		assertThat(hedges).isEqualTo(10);
	}

	@Test
	void whenThereWasNothingToHedgeThenTenInARowMayBe() {
		ExtraLoad load = new ExtraLoad(1);
		for (int i = 0; i < 100_000; i++) {
			load.deposit();
		}
		int hedges = 0;
		while (load.tryWithdraw()) {
			hedges++;
		}
		assertThat(hedges).isEqualTo(10);
	}

	private void record(int answers, long millis) {
		for (int i = 0; i < answers; i++) {
			this.delay.record(TimeUnit.MILLISECONDS.toNanos(millis));
		}
	}

}
