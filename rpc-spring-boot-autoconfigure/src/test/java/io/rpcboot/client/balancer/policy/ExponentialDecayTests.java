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

import java.util.Random;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How far {@link ExponentialDecay} is from {@link Math#exp}.
 */
class ExponentialDecayTests {

	/**
	 * Around where it changes from one series to the other, and from halving to halving.
	 */
	@ParameterizedTest
	@ValueSource(doubles = { 0, 0.125, 0.34657359, 0.69314718, 1.38629436, 35, 69.314718, 700 })
	void isAsFarAsItSaysAround(double age) {
		for (int step = -1000; step <= 1000; step++) {
			assertError(Math.min(700, Math.max(0, age + step * 1e-9)));
			assertError(Math.min(700, Math.max(0, age + step * 1e-4)));
		}
	}

	@Test
	void isAsFarAsItSaysForAllThatIsMeasured() {
		for (double age = 0; age < 40; age += 1e-4) {
			assertError(age);
		}
	}

	@Test
	void isAsFarAsItSaysAnywhere() {
		Random random = new Random(5);
		for (int i = 0; i < 1_000_000; i++) {
			assertError(700 * Math.pow(random.nextDouble(), 4));
		}
	}

	@Test
	void leavesAllAtFirstAndNothingInTheEnd() {
		assertThat(ExponentialDecay.of(0)).isEqualTo(1);
		assertThat(ExponentialDecay.of(701)).isZero();
		assertThat(ExponentialDecay.of(1e300)).isZero();
		assertThat(ExponentialDecay.of(Double.POSITIVE_INFINITY)).isZero();
	}

	/** Another instance is not to become the better one while nothing is measured. */
	@Test
	void neverGrowsByMoreThanItsError() {
		double before = 1;
		for (double age = 0; age < 40; age += 1e-5) {
			double now = ExponentialDecay.of(age);
			assertThat(now).isLessThanOrEqualTo(before * (1 + 2 * ExponentialDecay.LARGEST_ERROR));
			before = now;
		}
	}

	private static void assertError(double age) {
		double exact = Math.exp(-age);
		assertThat(ExponentialDecay.of(age) / exact).as("exp(-%s)", age)
			.isCloseTo(1, Offset.offset(ExponentialDecay.LARGEST_ERROR));
	}

}
