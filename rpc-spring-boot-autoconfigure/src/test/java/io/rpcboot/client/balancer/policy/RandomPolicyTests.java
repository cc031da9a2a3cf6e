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

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The shares that {@link RandomPolicy} gives.
 */
class RandomPolicyTests {

	private static final int SELECTIONS = 200_000;

	private final Random random = new Random(42);

	@Test
	void whenWeightsAreEqualThenAllAreSelectedAlike() {
		int[] counts = Distribution.count(selector(SettableCandidate.list(10)), 10, SELECTIONS);
		assertThat(Distribution.chiSquareOfBound(counts, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)).isLessThan(1);
	}

	@Test
	void selectsEachAsOftenAsItsWeightSays() {
		double[] weights = { 1, 2, 3, 4, 90, 0.5, 7 };
		int[] counts = Distribution.count(selector(SettableCandidate.list(weights)), weights.length, SELECTIONS);
		assertThat(Distribution.chiSquareOfBound(counts, weights)).isLessThan(1);
	}

	@Test
	void whateverTheWeightsTheSharesFit() {
		for (int run = 0; run < 20; run++) {
			double[] weights = this.random.doubles(2 + this.random.nextInt(50), 0.05, 1).toArray();
			int[] counts = Distribution.count(selector(SettableCandidate.list(weights)), weights.length, SELECTIONS);
			assertThat(Distribution.chiSquareOfBound(counts, weights)).isLessThan(1);
		}
	}

	@Test
	void whenOneIsHeavyThenTheOthersKeepTheirShares() {
		double[] weights = new double[100];
		Arrays.fill(weights, 1);
		weights[7] = 99;
		int[] counts = Distribution.count(selector(SettableCandidate.list(weights)), 100, SELECTIONS);
		assertThat(Distribution.chiSquareOfBound(counts, weights)).isLessThan(1);
	}

	@Test
	void whenAWeightBreaksItsPromiseThenTheOthersAreSelected() {
		int[] counts = Distribution.count(selector(SettableCandidate.list(0, 1, Double.NaN, 1)), 4, SELECTIONS);
		assertThat(counts[0] + counts[2]).isZero();
		assertThat(Distribution.chiSquareOfBound(new int[] { counts[1], counts[3] }, 1, 1)).isLessThan(1);
	}

	private InstanceSelector selector(List<SettableCandidate> candidates) {
		return new RandomPolicy(this.random::nextInt).selector(candidates, null);
	}

}
