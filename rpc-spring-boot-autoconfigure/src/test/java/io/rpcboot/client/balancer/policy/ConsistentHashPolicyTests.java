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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where {@link ConsistentHashPolicy} places calls.
 */
class ConsistentHashPolicyTests {

	private static final int KEYS = 20_000;

	private final ConsistentHashPolicy policy = new ConsistentHashPolicy(LoadedCandidate::inFlight);

	@Test
	void isChosenByNameAndGivenEverybody() {
		assertThat(new ConsistentHashPolicy().name()).isEqualTo("consistent_hash");
		assertThat(new ConsistentHashPolicy().placesByKey()).isTrue();
	}

	@Test
	void whenACallHasNoKeyThenItHasNoPlace() {
		assertThat(this.policy.selector(LoadedCandidate.many(3), null).select(PickHints.NONE))
			.isEqualTo(InstanceSelector.NONE);
	}

	@Test
	void keysGoWhereTheTableSays() {
		List<LoadedCandidate> candidates = Stream.of(0, 1, 2, 3, 4)
			.map((index) -> new LoadedCandidate("instance-" + index, 100))
			.toList();
		InstanceSelector selector = this.policy.selector(candidates, null);
		assertThat(Stream.of("user-1", "user-2", "user-3", "user-4", "user-5", "user-6")
			.map((key) -> selector.select(PickHints.NONE.withKey(XxHash64.hash(key)))))
			.containsExactly(0, 2, 4, 2, 2, 4);
	}

	/**
	 * The candidates' own weights, which hold slow start, differ from the records'.
	 */
	@Test
	void placesFollowTheWeightsOfTheRecords() {
		List<LoadedCandidate> candidates = List.of(new LoadedCandidate("a", 100), new LoadedCandidate("b", 300),
				new LoadedCandidate("c", 1), new LoadedCandidate("d", 600));
		int[] counts = new int[4];
		for (int place : places(this.policy.selector(candidates, null))) {
			counts[place]++;
		}
		assertThat(counts[0]).isBetween(1_850, 2_150);
		assertThat(counts[1]).isBetween(5_750, 6_250);
		assertThat(counts[2]).isBetween(1, 60);
		assertThat(counts[3]).isBetween(11_700, 12_300);
	}

	@Test
	void whenOneCannotBeCalledThenOnlyItsKeysMoveAndTheyAllComeBack() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(10);
		InstanceSelector selector = this.policy.selector(candidates, null);
		int[] before = places(selector);
		candidates.get(4).usable = false;
		selector.refresh();
		int[] during = places(selector);
		candidates.get(4).usable = true;
		selector.refresh();
		int[] moved = new int[10];
		for (int key = 0; key < KEYS; key++) {
			if (before[key] != 4) {
				assertThat(during[key]).isEqualTo(before[key]);
			}
			else {
				moved[during[key]]++;
			}
		}
		// About 2,000 over nine: 222 each.
		assertThat(moved[4]).isZero();
		assertThat(IntStream.of(moved).filter((count) -> count > 150).count()).isEqualTo(9);
		assertThat(places(selector)).isEqualTo(before);
	}

	@Test
	void goesByWhoCouldBeCalledWhenItWasToldLast() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(10);
		InstanceSelector selector = this.policy.selector(candidates, null);
		int[] before = places(selector);
		candidates.get(4).usable = false;
		assertThat(places(selector)).isEqualTo(before);
		selector.refresh();
		assertThat(places(selector)).doesNotContain(4);
	}

	@Test
	void whenSomeCannotBeCalledThenEveryConsumerSkipsThemAlike() {
		List<LoadedCandidate> here = LoadedCandidate.many(50);
		List<LoadedCandidate> there = LoadedCandidate.many(50);
		for (int index = 0; index < 50; index += 3) {
			here.get(index).usable = false;
			there.get(index).usable = false;
		}
		assertThat(places(this.policy.selector(here, null))).isEqualTo(places(this.policy.selector(there, null)));
	}

	@Test
	void whenOneIsAvoidedThenTheCallGoesWhereItWouldGoWithoutIt() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(10);
		InstanceSelector selector = this.policy.selector(candidates, null);
		PickHints plain = hints(42);
		int first = selector.select(plain);
		int second = selector.select(new PickHints(null, Set.of(candidates.get(first).instance().id()), plain.key()));
		candidates.get(first).usable = false;
		selector.refresh();
		assertThat(second).isNotEqualTo(first).isEqualTo(selector.select(plain));
	}

	@Test
	void whenThereIsNobodyElseThenTheAvoidedIsSelected() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(200);
		InstanceSelector selector = this.policy.selector(candidates, null);
		candidates.forEach((candidate) -> candidate.usable = false);
		candidates.get(17).usable = true;
		candidates.get(17).inFlight.set(1000);
		selector.refresh();
		PickHints hints = new PickHints(null, Set.of(candidates.get(17).instance().id()), 5L);
		assertThat(selector.select(hints)).isEqualTo(17);
		candidates.get(90).usable = true;
		candidates.get(90).inFlight.set(9000);
		selector.refresh();
		assertThat(selector.select(hints)).isEqualTo(90);
	}

	@Test
	void whenFewOfManyCanBeCalledThenOneOfThemIsSelected() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(5_000);
		InstanceSelector selector = this.policy.selector(candidates, null);
		candidates.forEach((candidate) -> candidate.usable = false);
		candidates.get(7).usable = true;
		candidates.get(3000).usable = true;
		selector.refresh();
		assertThat(places(selector)).containsOnly(7, 3000);
	}

	@Test
	void whenNobodyCanBeCalledThenNobodyIsSelected() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(20);
		InstanceSelector selector = this.policy.selector(candidates, null);
		candidates.forEach((candidate) -> candidate.usable = false);
		selector.refresh();
		assertThat(places(selector)).containsOnly(InstanceSelector.NONE);
	}

	/**
	 * Calls of one key begin and do not end: each time the one that takes it is below the
	 * bound, rounded up, over all that is in flight by then.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 8, 10, 100, 1000 })
	void whenAKeyIsHotThenNobodyGetsMoreThanItsBound(int instances) {
		List<LoadedCandidate> candidates = LoadedCandidate.many(instances);
		InstanceSelector selector = this.policy.selector(candidates, null);
		PickHints hot = hints(1);
		for (int total = 1; total <= 3000; total++) {
			int taken = candidates.get(selector.select(hot)).inFlight.incrementAndGet();
			assertThat(taken).isLessThanOrEqualTo((int) Math.ceil(1.25 * total / instances));
		}
	}

	@Test
	void whenAKeyIsHotThenBoundsFollowTheWeights() {
		List<LoadedCandidate> candidates = List.of(new LoadedCandidate("a", 100), new LoadedCandidate("b", 200),
				new LoadedCandidate("c", 700));
		InstanceSelector selector = this.policy.selector(candidates, null);
		for (int total = 1; total <= 1000; total++) {
			candidates.get(selector.select(hints(1))).inFlight.incrementAndGet();
		}
		assertThat(candidates.get(0).inFlight.get()).isBetween(0, 125);
		assertThat(candidates.get(1).inFlight.get()).isBetween(0, 250);
		assertThat(candidates.get(2).inFlight.get()).isBetween(625, 875);
	}

	/**
	 * Calls begin and end in a random order. Whatever ended in between is missing in the
	 * sum, so the bound of 1.25 is met within a call or two.
	 */
	@Test
	void whenCallsEndThenLoadsStayNearTheBound() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(100);
		InstanceSelector selector = this.policy.selector(candidates, null);
		Random random = new Random(11);
		List<LoadedCandidate> open = new ArrayList<>();
		for (int call = 0; call < 100_000; call++) {
			// Nine of ten calls are of five hot keys.
			int key = (random.nextInt(10) > 0) ? random.nextInt(5) : random.nextInt(10_000);
			LoadedCandidate taker = candidates.get(selector.select(hints(key)));
			taker.inFlight.incrementAndGet();
			open.add(taker);
			if (open.size() > 1000) {
				int ended = random.nextInt(open.size());
				open.set(ended, open.get(open.size() - 1)).inFlight.decrementAndGet();
				open.remove(open.size() - 1);
			}
			assertThat(taker.inFlight.get()).isLessThanOrEqualTo(13 + 1);
		}
		assertThat(candidates.stream().map(LoadedCandidate::inFlight).max(Comparator.naturalOrder()).get())
			.isGreaterThanOrEqualTo(12);
	}

	@Test
	void whenLoadIsEvenThenKeysStayAtTheirPlaces() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(30);
		InstanceSelector selector = this.policy.selector(candidates, null);
		int[] idle = places(selector);
		candidates.forEach((candidate) -> candidate.inFlight.set(20));
		IntStream.range(0, 4).forEach((question) -> selector.select(hints(question)));
		assertThat(places(selector)).isEqualTo(idle);
	}

	@Test
	void whenIdsAndWeightsAreTheSameThenTheTableIsKept() {
		ConsistentHashSelector first = selector(LoadedCandidate.many(5), null);
		ConsistentHashSelector same = selector(LoadedCandidate.many(5), first);
		assertThat(same.table()).isSameAs(first.table());
		assertThat(selector(LoadedCandidate.many(6), same).table()).isNotSameAs(first.table());
		List<LoadedCandidate> reweighted = new ArrayList<>(LoadedCandidate.many(5));
		reweighted.set(2, new LoadedCandidate(reweighted.get(2).instance().id(), 50));
		assertThat(selector(reweighted, same).table()).isNotSameAs(first.table());
	}

	@Test
	void whenPreviousIsOfAnotherPolicyThenATableIsBuilt() {
		assertThat(this.policy.selector(LoadedCandidate.many(1), (hints) -> 0).select(hints(1))).isZero();
	}

	@Test
	void selectionAllocatesNothing() {
		List<LoadedCandidate> candidates = LoadedCandidate.many(100);
		InstanceSelector selector = this.policy.selector(candidates, null);
		candidates.forEach((candidate) -> candidate.inFlight.set(5));
		candidates.get(3).usable = false;
		selector.refresh();
		PickHints[] hints = IntStream.range(0, 1000)
			.mapToObj(ConsistentHashPolicyTests::hints)
			.toArray(PickHints[]::new);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long id = Thread.currentThread().getId();
		select(selector, hints, candidates);
		threads.getThreadAllocatedBytes(id);
		long before = threads.getThreadAllocatedBytes(id);
		select(selector, hints, candidates);
		// 100,000 selections; a single object each would be 1.6 MB.
		assertThat(threads.getThreadAllocatedBytes(id) - before).isLessThan(50_000);
	}

	private static void select(InstanceSelector selector, PickHints[] hints, List<LoadedCandidate> candidates) {
		for (int round = 0; round < 100; round++) {
			for (PickHints call : hints) {
				candidates.get(selector.select(call)).inFlight.incrementAndGet();
			}
		}
	}

	private ConsistentHashSelector selector(List<LoadedCandidate> candidates, InstanceSelector previous) {
		return (ConsistentHashSelector) this.policy.selector(candidates, previous);
	}

	private static int[] places(InstanceSelector selector) {
		return IntStream.range(0, KEYS).map((key) -> selector.select(hints(key))).toArray();
	}

	private static PickHints hints(int key) {
		return PickHints.NONE.withKey(XxHash64.hash("key-" + key));
	}

}
