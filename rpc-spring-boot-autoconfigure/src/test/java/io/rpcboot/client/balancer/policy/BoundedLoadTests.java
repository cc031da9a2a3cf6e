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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sum that {@link BoundedLoad} keeps, against one over all.
 */
class BoundedLoadTests {

	@Test
	void beginsWithTheSumOverAll() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(1000);
		candidates.forEach((candidate) -> candidate.inFlight.set(4));
		assertThat(limit(bound(candidates))).isEqualTo(6).isEqualTo(expected(candidates));
	}

	@Test
	void whenThereAreEightThenTheSumIsExact() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(8);
		BoundedLoad bound = bound(candidates);
		Random random = new Random(3);
		for (int round = 0; round < 1000; round++) {
			LoadedCandidate changed = candidates.get(random.nextInt(7));
			changed.inFlight.set(random.nextInt(50));
			changed.usable = random.nextInt(4) > 0;
			bound.update(usable(candidates));
			assertThat(limit(bound)).isEqualTo(expected(candidates));
		}
	}

	@Test
	void whenEachWasLookedAtThenTheSumIsExact() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(100);
		BoundedLoad bound = bound(candidates);
		candidates.forEach((candidate) -> candidate.inFlight.set(700));
		candidates.subList(0, 30).forEach((candidate) -> candidate.usable = false);
		for (int question = 0; question < 49; question++) {
			bound.update(usable(candidates));
			assertThat(limit(bound)).isNotEqualTo(expected(candidates));
		}
		bound.update(usable(candidates));
		assertThat(limit(bound)).isEqualTo(expected(candidates));
	}

	@Test
	void whatIsSeenOnTheWayCountsAtOnce() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(100);
		BoundedLoad bound = bound(candidates);
		candidates.get(70).inFlight.set(700);
		bound.update(70, 700);
		assertThat(limit(bound)).isEqualTo(expected(candidates));
	}

	@Test
	void whenThreadsAskWhileLoadsChangeThenTheSumIsExactInTheEnd() throws Exception {
		List<LoadedCandidate> candidates = LoadedCandidate.many(50);
		BoundedLoad bound = bound(candidates);
		List<Callable<Boolean>> tasks = new ArrayList<>();
		for (int thread = 0; thread < 4; thread++) {
			Random random = new Random(thread);
			tasks.add(() -> {
				for (int i = 0; i < 20_000; i++) {
					LoadedCandidate changed = candidates.get(random.nextInt(49));
					changed.inFlight.set(random.nextInt(10_000));
					changed.usable = random.nextBoolean();
					bound.update(usable(candidates));
				}
				return true;
			});
		}
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			for (Future<Boolean> done : threads.invokeAll(tasks)) {
				assertThat(done.get()).isTrue();
			}
		}
		finally {
			threads.shutdownNow();
		}
		for (int question = 0; question < 25; question++) {
			bound.update(usable(candidates));
		}
		assertThat(limit(bound)).isEqualTo(expected(candidates));
	}

	@Test
	void whenNobodyIsUsableThenThereIsNoBound() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(3);
		candidates.forEach((candidate) -> candidate.usable = false);
		assertThat(bound(candidates).admits(0, Integer.MAX_VALUE)).isTrue();
	}

	private static BoundedLoad bound(List<LoadedCandidate> candidates) {
		int[] weights = new int[candidates.size()];
		Arrays.fill(weights, 100);
		return new BoundedLoad(usable(candidates), weights, (index) -> candidates.get(index).inFlight.get());
	}

	private static boolean[] usable(List<LoadedCandidate> candidates) {
		boolean[] usable = new boolean[candidates.size()];
		for (int index = 0; index < usable.length; index++) {
			usable[index] = candidates.get(index).isUsable();
		}
		return usable;
	}

	/**
	 * The most that one may have after it was given a call.
	 */
	private static int limit(BoundedLoad bound) {
		int open = 0;
		while (bound.admits(0, open)) {
			open++;
		}
		return open;
	}

	private static int expected(List<LoadedCandidate> candidates) {
		List<LoadedCandidate> usable = candidates.stream().filter(LoadedCandidate::isUsable).toList();
		int total = usable.stream().mapToInt(LoadedCandidate::inFlight).sum() + 1;
		return (5 * total + 4 * usable.size() - 1) / (4 * usable.size());
	}

}
