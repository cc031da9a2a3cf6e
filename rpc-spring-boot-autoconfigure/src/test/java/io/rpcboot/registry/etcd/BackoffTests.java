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

package io.rpcboot.registry.etcd;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link Backoff}.
 */
class BackoffTests {

	private static final RandomGenerator LARGEST = new RandomGenerator() {

		@Override
		public long nextLong() {
			throw new UnsupportedOperationException();
		}

		@Override
		public long nextLong(long bound) {
			return bound - 1;
		}

	};

	@Test
	void whenFailuresFollowThenTheUpperEndDoublesUpToTheCeiling() {
		Backoff backoff = new Backoff(LARGEST);
		assertThat(new long[] { backoff.nextMillis(0), backoff.nextMillis(0), backoff.nextMillis(0),
				backoff.nextMillis(0), backoff.nextMillis(0) })
			.containsExactly(500, 1000, 2000, 3000, 3000);
	}

	@Test
	void whenTheAttemptTookTimeThenTheDelayIsShorterByIt() {
		Backoff backoff = new Backoff(LARGEST);
		assertThat(backoff.nextMillis(TimeUnit.MILLISECONDS.toNanos(200))).isEqualTo(300);
		assertThat(backoff.nextMillis(TimeUnit.MILLISECONDS.toNanos(2000))).isEqualTo(500);
	}

	@Test
	void whenFailingForEverThenStaysAtTheCeiling() {
		Backoff backoff = new Backoff(LARGEST);
		for (int i = 0; i < 10_000; i++) {
			backoff.nextMillis(0);
		}
		assertThat(backoff.nextMillis(0)).isEqualTo(3000);
	}

	@Test
	void whenResetThenBeginsAnew() {
		Backoff backoff = new Backoff(LARGEST);
		backoff.nextMillis(0);
		backoff.nextMillis(0);
		backoff.reset();
		assertThat(backoff.nextMillis(0)).isEqualTo(500);
		assertThat(backoff.nextMillis(0)).isEqualTo(1000);
	}

	@ParameterizedTest
	@CsvSource({ "1, 500", "2, 1000", "3, 2000", "4, 3000", "20, 3000" })
	void delaysAreUniformFromZeroToTheUpperEnd(int failure, int upper) {
		int rounds = 20_000;
		int buckets = 10;
		int[] counts = new int[buckets];
		Backoff backoff = new Backoff(new Random(42));
		for (int round = 0; round < rounds; round++) {
			backoff.reset();
			long millis = 0;
			for (int i = 0; i < failure; i++) {
				millis = backoff.nextMillis(0);
			}
			assertThat(millis).isBetween(0L, (long) upper);
			counts[(int) (millis * buckets / (upper + 1))]++;
		}
		// Five standard deviations of a binomial count of 2000.
		int tolerance = (int) (5 * Math.sqrt(rounds * 0.1 * 0.9));
		for (int count : counts) {
			assertThat(count).isCloseTo(rounds / buckets, within(tolerance));
		}
	}

}
