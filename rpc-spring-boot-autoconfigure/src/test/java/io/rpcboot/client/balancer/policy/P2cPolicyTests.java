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

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongSupplier;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whom {@link P2cPolicy} selects, by loads and weights that stay.
 */
class P2cPolicyTests {

	private static final int SELECTIONS = 100_000;

	private static final LongSupplier CLOCK = () -> 0;

	@Test
	void whenThereIsOneThenItIsSelected() {
		assertThat(Distribution.count(selector(SettableCandidate.list(1)), 1, 10)).containsExactly(10);
	}

	@Test
	void whenAllAreAlikeThenAllAreSelectedAlike() {
		int[] counts = Distribution.count(selector(SettableCandidate.list(10)), 10, SELECTIONS);
		assertThat(Distribution.chiSquareOfBound(counts, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)).isLessThan(1);
	}

	@Test
	void selectsTheLessLoadedOfTwoDifferentOnes() {
		List<SettableCandidate> candidates = SettableCandidate.list(5);
		for (int index = 0; index < 5; index++) {
			load(candidates.get(index), index);
		}
		int[] counts = Distribution.count(selector(candidates), 5, SELECTIONS);
		// Of ten pairs the first is the better one of four, the second of three...
		assertThat(counts[4]).isZero();
		assertThat(Distribution.chiSquareOfBound(new int[] { counts[0], counts[1], counts[2], counts[3] }, 4, 3, 2, 1))
			.isLessThan(1);
	}

	@Test
	void whenThereAreTwoThenTheBusyOneGetsNothing() {
		List<SettableCandidate> candidates = SettableCandidate.list(2);
		load(candidates.get(1), 1);
		assertThat(Distribution.count(selector(candidates), 2, 1000)).containsExactly(1000, 0);
	}

	@Test
	void whenTwoAreIdleThenTheirWeightsDecideTheShares() {
		int[] counts = Distribution.count(selector(SettableCandidate.list(1, 3)), 2, SELECTIONS);
		assertThat(Distribution.chiSquareOfBound(counts, 1, 3)).isLessThan(1);
		counts = Distribution.count(selector(SettableCandidate.list(99.5, 0.5)), 2, SELECTIONS);
		assertThat(Distribution.chiSquareOfBound(counts, 99.5, 0.5)).isLessThan(1);
	}

	@Test
	void whenManyAreIdleThenOneOfATenthOfTheWeightIsTheOneOfAPairInAnEleventh() {
		List<SettableCandidate> candidates = SettableCandidate.list(10);
		candidates.get(3).setWeight(10);
		int[] counts = Distribution.count(selector(candidates), 10, SELECTIONS);
		// Drawn for a fifth of the calls.
		double expected = SELECTIONS / 5.0 / 11;
		assertThat((double) counts[3]).isCloseTo(expected, Offset.offset(3.3 * Math.sqrt(expected)));
	}

	@Test
	void whenTheHeavierOneIsBusierThanItsWeightThenTheLighterOneIsSelected() {
		List<SettableCandidate> candidates = SettableCandidate.list(1, 3);
		load(candidates.get(0), 0);
		load(candidates.get(1), 3);
		assertThat(Distribution.count(selector(candidates), 2, 1000)).containsExactly(1000, 0);
	}

	@Test
	void whenTheHeavierOneIsLessBusyThenItIsSelected() {
		List<SettableCandidate> candidates = SettableCandidate.list(3, 1);
		load(candidates.get(1), 1);
		assertThat(Distribution.count(selector(candidates), 2, 1000)).containsExactly(1000, 0);
	}

	@Test
	void whenBothAreAsBusyAsTheirWeightsThenTheyKeepTheirShares() {
		List<SettableCandidate> candidates = SettableCandidate.list(1, 3);
		load(candidates.get(0), 4);
		load(candidates.get(1), 9);
		int[] counts = Distribution.count(selector(candidates), 2, SELECTIONS);
		assertThat(Distribution.chiSquareOfBound(counts, 1, 3)).isLessThan(1);
	}

	@Test
	void readsTheWeightForEachCall() {
		List<SettableCandidate> candidates = SettableCandidate.list(2);
		InstanceSelector selector = selector(candidates);
		candidates.get(0).setWeight(1e-9);
		assertThat(Distribution.count(selector, 2, 1000)).containsExactly(0, 1000);
	}

	@Test
	void whenOneOfThreeIsAvoidedThenTheBetterOfTheOthersIsSelected() {
		List<SettableCandidate> candidates = SettableCandidate.list(3);
		load(candidates.get(1), 1);
		InstanceSelector selector = selector(candidates);
		PickHints hints = new PickHints(null, Set.of("0"), null);
		for (int i = 0; i < 1000; i++) {
			assertThat(selector.select(hints)).isEqualTo(2);
		}
	}

	private static void load(SettableCandidate candidate, int calls) {
		for (int i = 0; i < calls; i++) {
			candidate.statistics().begin(0);
		}
	}

	private static InstanceSelector selector(List<SettableCandidate> candidates) {
		return new P2cPolicy(CLOCK, new Random(42)::nextInt).selector(candidates, null);
	}

}
