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

import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.rpcboot.server.admission.AdmissionSettings.Callers;
import io.rpcboot.server.admission.AdmissionSettings.Rate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallerRates} and {@link TokenBucket}, on fake time.
 */
class CallerRatesTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private long now = Long.MAX_VALUE - SECOND;

	@Test
	void aBucketGivesItsBurstAndThenItsRate() {
		TokenBucket bucket = new TokenBucket(10, 3, this.now);
		assertThat(new long[] { bucket.take(this.now), bucket.take(this.now), bucket.take(this.now) }).containsOnly(0);
		assertThat(bucket.take(this.now)).isEqualTo(SECOND / 10);
		this.now += SECOND / 10 - 1;
		assertThat(bucket.take(this.now)).isEqualTo(1);
		this.now += 1;
		assertThat(bucket.take(this.now)).isZero();
		assertThat(bucket.take(this.now)).isEqualTo(SECOND / 10);
		this.now += 100 * SECOND;
		int taken = 0;
		while (bucket.take(this.now) == 0) {
			taken++;
		}
		assertThat(taken).as("after a long pause").isEqualTo(3);
	}

	@Test
	void anHourOfOverloadGetsTheRateAndNoMore() {
		TokenBucket bucket = new TokenBucket(7, 2, this.now);
		int taken = 0;
		for (long i = 0; i < 3600 * 100; i++) {
			this.now += SECOND / 100;
			taken += (bucket.take(this.now) == 0) ? 1 : 0;
		}
		assertThat(taken).isBetween(7 * 3600 - 10, 7 * 3600 + 2);
	}

	@Test
	void eachCallerHasItsOwnRateOrTheDefaultOne() {
		CallerRates rates = rates(Map.of("batch", new Rate(1, 2)), new Rate(1, 1), 10);
		assertThat(rates.take("batch") + rates.take("batch")).isZero();
		assertThat(rates.take("batch")).isPositive();
		assertThat(rates.take("shop")).isZero();
		assertThat(rates.take("shop")).isPositive();
		assertThat(rates.take("mobile")).isZero();
		assertThat(rates.take(null)).isZero();
		assertThat(rates.take(null)).isPositive();
	}

	@Test
	void whenThereIsNoDefaultThenOnlyNamedCallersAreLimited() {
		CallerRates rates = rates(Map.of("batch", new Rate(1, 1)), null, 10);
		for (int i = 0; i < 100; i++) {
			assertThat(rates.take("shop") + rates.take(null)).isZero();
		}
		assertThat(rates.size()).isZero();
	}

	@Test
	void whenNamesAreMadeUpThenMemoryIsBoundedAndTheyShareOneRate() {
		CallerRates rates = rates(Map.of("vip", new Rate(1, 1)), new Rate(1, 1), 3);
		int passed = 0;
		for (int i = 0; i < 1000; i++) {
			passed += (rates.take("name" + i) == 0) ? 1 : 0;
		}
		assertThat(passed).as("three of their own and the shared one").isEqualTo(4);
		assertThat(rates.size()).isEqualTo(3);
		assertThat(rates.take("vip")).as("a name of the settings").isZero();
	}

	@Test
	void whenCallersAreIdleThenOthersTakeTheirPlaces() {
		CallerRates rates = rates(Map.of(), new Rate(1, 1), 2);
		assertThat(rates.take("one") + rates.take("two")).isZero();
		this.now += 2 * SECOND;
		assertThat(rates.take("three") + rates.take("four")).isZero();
		assertThat(rates.size()).isEqualTo(2);
		assertThat(rates.take("three")).isPositive();
	}

	private CallerRates rates(Map<String, Rate> named, Rate defaultRate, int maxTracked) {
		return new CallerRates(new Callers(named, defaultRate, maxTracked, CallerIdentity.BY_HEADER), () -> this.now);
	}

}
