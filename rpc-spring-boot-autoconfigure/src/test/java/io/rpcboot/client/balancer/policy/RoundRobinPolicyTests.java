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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.DoubleStream;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The order in which {@link RoundRobinPolicy} selects.
 */
class RoundRobinPolicyTests {

	private final Random random = new Random(42);

	@Test
	void whenWeightsAreEqualThenItSelectsOneAfterTheOther() {
		for (int size : new int[] { 1, 2, 3, 10, 1000 }) {
			InstanceSelector selector = selector(SettableCandidate.list(size));
			int first = selector.select(PickHints.NONE);
			for (int i = 1; i < 3 * size; i++) {
				assertThat(selector.select(PickHints.NONE)).isEqualTo((first + i) % size);
			}
		}
	}

	@Test
	void beginsAnywhere() {
		int[] counts = new int[10];
		for (int i = 0; i < 10_000; i++) {
			counts[selector(SettableCandidate.list(10)).select(PickHints.NONE)]++;
		}
		assertThat(Distribution.chiSquareOfBound(counts, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)).isLessThan(1);
	}

	@Test
	void givesEachItsTurnsInEveryCycle() {
		InstanceSelector selector = selector(SettableCandidate.list(5, 3, 1));
		int[] all = new int[3];
		for (int cycle = 1; cycle <= 1000; cycle++) {
			int[] counts = Distribution.count(selector, 3, 9);
			assertThat(counts[0]).isBetween(4, 6);
			assertThat(counts[1]).isBetween(2, 4);
			assertThat(counts[2]).isBetween(0, 2);
			for (int index = 0; index < 3; index++) {
				all[index] += counts[index];
			}
			assertThat(all[0]).isBetween(5 * cycle - 1, 5 * cycle + 1);
			assertThat(all[1]).isBetween(3 * cycle - 1, 3 * cycle + 1);
			assertThat(all[2]).isBetween(cycle - 1, cycle + 1);
		}
	}

	@Test
	void whateverTheWeightsNobodyIsMoreThanTwoTurnsOff() {
		for (int run = 0; run < 50; run++) {
			int size = 2 + this.random.nextInt(30);
			double[] weights = this.random.doubles(size, 0.01, 1).map((weight) -> weight * weight).toArray();
			double sum = DoubleStream.of(weights).sum();
			InstanceSelector selector = selector(SettableCandidate.list(weights));
			int[] counts = new int[size];
			for (int selections = 1; selections <= 5000; selections++) {
				counts[selector.select(PickHints.NONE)]++;
				for (int index = 0; index < size; index++) {
					assertThat(counts[index]).isCloseTo((int) Math.round(selections * weights[index] / sum),
							Offset.offset(2));
				}
			}
		}
	}

	@Test
	void whenOneIsHeavyThenItsTurnsAreApart() {
		double[] weights = new double[100];
		Arrays.fill(weights, 1);
		weights[50] = 99;
		InstanceSelector selector = selector(SettableCandidate.list(weights));
		int running = 0;
		int longest = 0;
		for (int i = 0; i < 10_000; i++) {
			running = (selector.select(PickHints.NONE) == 50) ? running + 1 : 0;
			longest = Math.max(longest, running);
		}
		assertThat(longest).isLessThanOrEqualTo(3);
	}

	@Test
	void whateverTheWeightsItLooksAtThreeEntriesOnAverageAtMost() {
		double[] weights = new double[1000];
		for (double heavy : new double[] { 1, 2, 10, 1000, 1e6 }) {
			Arrays.fill(weights, 1);
			weights[0] = heavy;
			StrideSelector selector = (StrideSelector) selector(SettableCandidate.list(weights));
			long before = selector.turn().get();
			Distribution.count(selector, 1000, 100_000);
			assertThat(selector.turn().get() - before).isLessThanOrEqualTo(310_000);
		}
	}

	@Test
	void whenTheSetIsMadeAnewThenItGoesOn() {
		RoundRobinPolicy policy = new RoundRobinPolicy(this.random::nextInt);
		List<SettableCandidate> candidates = SettableCandidate.list(5);
		InstanceSelector selector = policy.selector(candidates, null);
		int first = selector.select(PickHints.NONE);
		for (int i = 1; i < 50; i++) {
			selector = policy.selector(candidates, selector);
			assertThat(selector.select(PickHints.NONE)).isEqualTo((first + i) % 5);
		}
	}

	@Test
	void whenAWeightBreaksItsPromiseThenTheOthersAreSelected() {
		int[] counts = Distribution.count(selector(SettableCandidate.list(0, 1, Double.NaN, 1)), 4, 1000);
		assertThat(counts).containsExactly(0, 500, 0, 500);
	}

	@Test
	void whenManyThreadsSelectThenNoTurnIsLost() throws Exception {
		InstanceSelector selector = selector(SettableCandidate.list(4));
		AtomicIntegerArray counts = new AtomicIntegerArray(4);
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Future<?>> runs = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				runs.add(threads.submit(() -> {
					for (int selections = 0; selections < 10_000; selections++) {
						counts.incrementAndGet(selector.select(PickHints.NONE));
					}
				}));
			}
			for (Future<?> run : runs) {
				run.get(60, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
		for (int index = 0; index < 4; index++) {
			assertThat(counts.get(index)).isEqualTo(20_000);
		}
	}

	private InstanceSelector selector(List<SettableCandidate> candidates) {
		return new RoundRobinPolicy(this.random::nextInt).selector(candidates, null);
	}

}
