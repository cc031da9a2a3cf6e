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

import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What all of the {@link Policies} do alike.
 */
class PoliciesTests {

	private static final int SELECTIONS = 2000;

	@Test
	void areKnownByTheirNames() {
		assertThat(Policies.builtIn()).containsKeys("p2c", "round_robin", "random", "pick_first");
		Policies.builtIn().forEach((name, policy) -> assertThat(policy.name()).isEqualTo(name));
	}

	@ParameterizedTest
	@MethodSource("policies")
	void selectThePreferredOne(String policy) {
		InstanceSelector selector = selector(policy, SettableCandidate.list(5));
		assertThat(selected(selector, hints("3"))).containsExactly(3);
		assertThat(selected(selector, hints("3", "3"))).containsExactly(3);
	}

	@ParameterizedTest
	@MethodSource("policies")
	void whenThePreferredOneCannotBeCalledThenTheyTakeAnother(String policy) {
		List<SettableCandidate> candidates = SettableCandidate.list(3);
		InstanceSelector selector = selector(policy, candidates);
		candidates.get(0).setUsable(false);
		assertThat(selected(selector, hints("0"))).isSubsetOf(1, 2);
		assertThat(selected(selector, hints("unknown"))).isSubsetOf(1, 2);
	}

	@ParameterizedTest
	@MethodSource("policies")
	void avoidWhomTheyCan(String policy) {
		InstanceSelector selector = selector(policy, SettableCandidate.list(4));
		assertThat(selected(selector, hints(null, "0", "2"))).isSubsetOf(1, 3);
	}

	@ParameterizedTest
	@MethodSource("policies")
	void whenAllAreToBeAvoidedThenTheyTakeOneOfThem(String policy) {
		List<SettableCandidate> candidates = SettableCandidate.list(3);
		InstanceSelector selector = selector(policy, candidates);
		assertThat(selected(selector, hints(null, "0", "1", "2"))).isNotEmpty().isSubsetOf(0, 1, 2);
		candidates.get(0).setUsable(false);
		assertThat(selected(selector, hints(null, "0", "1", "2"))).isNotEmpty().isSubsetOf(1, 2);
	}

	@ParameterizedTest
	@MethodSource("policies")
	void whenOneIsToBeAvoidedAndTheOtherCannotBeCalledThenTheyTakeTheFormer(String policy) {
		List<SettableCandidate> candidates = SettableCandidate.list(2);
		InstanceSelector selector = selector(policy, candidates);
		candidates.get(0).setUsable(false);
		assertThat(selected(selector, hints(null, "1"))).containsExactly(1);
	}

	@ParameterizedTest
	@MethodSource("policies")
	void whenOneOfManyIsLeftThenTheyFindIt(String policy) {
		List<SettableCandidate> candidates = SettableCandidate.list(500);
		InstanceSelector selector = selector(policy, candidates);
		candidates.forEach((candidate) -> candidate.setUsable(false));
		candidates.get(321).setUsable(true);
		assertThat(selected(selector, PickHints.NONE)).containsExactly(321);
	}

	@ParameterizedTest
	@MethodSource("policies")
	void whenNobodyCanBeCalledThenTheyTakeAnyone(String policy) {
		List<SettableCandidate> candidates = SettableCandidate.list(3);
		InstanceSelector selector = selector(policy, candidates);
		candidates.forEach((candidate) -> candidate.setUsable(false));
		assertThat(selected(selector, PickHints.NONE)).isNotEmpty().isSubsetOf(0, 1, 2);
		assertThat(selected(selector, hints("0", "1"))).isNotEmpty().isSubsetOf(0, 1, 2);
	}

	@Test
	void pickFirstTakesTheFirstThatItCan() {
		List<SettableCandidate> candidates = SettableCandidate.list(3);
		InstanceSelector selector = selector("pick_first", candidates);
		assertThat(selected(selector, PickHints.NONE)).containsExactly(0);
		assertThat(selected(selector, hints(null, "0"))).containsExactly(1);
		candidates.get(0).setUsable(false);
		assertThat(selected(selector, PickHints.NONE)).containsExactly(1);
		assertThat(selected(selector, hints(null, "1"))).containsExactly(2);
	}

	@ParameterizedTest
	@MethodSource("policies")
	void allocateNothingForACall(String policy) {
		List<SettableCandidate> candidates = SettableCandidate.list(1, 2, 3, 100, 5);
		InstanceSelector selector = selector(policy, candidates);
		PickHints avoiding = hints(null, "0", "2");
		PickHints preferring = hints("1");
		call(selector, candidates, avoiding, preferring);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
		call(selector, candidates, avoiding, preferring);
		long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
		// Less than a byte for each of the 300,000 calls: what the runtime itself needs.
		assertThat(after - before).isLessThan(100_000);
	}

	private static void call(InstanceSelector selector, List<SettableCandidate> candidates, PickHints... hints) {
		for (int i = 0; i < 100_000; i++) {
			begin(selector, candidates, PickHints.NONE);
			for (PickHints wish : hints) {
				begin(selector, candidates, wish);
			}
		}
	}

	private static void begin(InstanceSelector selector, List<SettableCandidate> candidates, PickHints hints) {
		InstanceStatistics statistics = candidates.get(selector.select(hints)).statistics();
		long start = System.nanoTime();
		statistics.end(statistics.begin(start), start, start + 1_000_000, Outcome.ANSWER, 0);
	}

	private static Set<Integer> selected(InstanceSelector selector, PickHints hints) {
		Set<Integer> selected = new HashSet<>();
		for (int i = 0; i < SELECTIONS; i++) {
			selected.add(selector.select(hints));
		}
		return selected;
	}

	private static PickHints hints(String preferred, String... avoided) {
		return new PickHints(preferred, Set.of(avoided), null);
	}

	private static InstanceSelector selector(String policy, List<SettableCandidate> candidates) {
		return Policies.builtIn().get(policy).selector(candidates, null);
	}

	static Stream<String> policies() {
		return Stream.of("p2c", "round_robin", "random", "pick_first");
	}

}
