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

package io.rpcboot.client.subset;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.rpcboot.testing.AllocatedBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How even {@link SubsetAssignment} is, and how little a change moves, for 100 providers,
 * 1,000 consumers and a subset of 20 unless something else is said.
 */
class SubsetAssignmentTests {

	private static final Logger logger = LoggerFactory.getLogger(SubsetAssignmentTests.class);

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void givesEachProviderItsShareAndEachConsumerItsNumber(long seed) {
		SimulatedFleet fleet = fleet(seed);
		assertThat(fleet.assigned().values()).allSatisfy((subset) -> assertThat(subset).hasSize(20));
		IntSummaryStatistics loads = fleet.loads();
		logger.info("Measured: seed {}, consumers of a provider {} to {}, mean {}", seed, loads.getMin(),
				loads.getMax(), loads.getAverage());
		assertThat(loads.getMax()).isLessThanOrEqualTo(203);
		assertThat(loads.getMin()).isGreaterThanOrEqualTo(180);
	}

	@ParameterizedTest
	@CsvSource({ "24, 1000, 20", "100, 100, 20", "1000, 1000, 20", "200, 50, 12", "500, 2000, 50" })
	void isEvenForOtherSizesToo(int providers, int consumers, int size) {
		SimulatedFleet fleet = new SimulatedFleet(6, providers, consumers, size);
		double mean = (double) consumers * size / providers;
		assertThat(fleet.loads().getMax()).isLessThanOrEqualTo((int) Math.ceil(mean * 1.005) + 1);
		assertThat(fleet.loads().getMin()).isGreaterThanOrEqualTo((int) Math.floor(mean * 0.65));
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void whenAProviderComesThenHalfAConnectionOrLessMovesForEachConsumer(long seed) {
		assertThat(movesForEach(fleet(seed), "provider more", SimulatedFleet::addProvider)).isLessThan(0.35);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void whenAProviderGoesThenHalfAConnectionOrLessMovesForEachConsumer(long seed) {
		assertThat(movesForEach(fleet(seed), "provider less", SimulatedFleet::removeProvider)).isLessThan(0.35);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void whenAConsumerComesThenHardlyAnythingMoves(long seed) {
		assertThat(movesForEach(fleet(seed), "consumer more", SimulatedFleet::addConsumer)).isLessThan(0.1);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void whenTheLastNumberGoesThenHardlyAnythingMoves(long seed) {
		assertThat(movesForEach(fleet(seed), "last consumer less", (fleet) -> fleet.slots.remove(999))).isLessThan(0.1);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void whenAnotherConsumerGoesThenNothingMoves(long seed) {
		SimulatedFleet fleet = fleet(seed);
		assertThat(movesForEach(fleet, "consumer less", (changed) -> changed.slots.remove(417))).isZero();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 417, 999 })
	void whenAConsumerStartsAgainThenItFindsItsPlaceAndNobodyElseMoves(int slot) {
		SimulatedFleet fleet = fleet(7);
		Map<Integer, Set<String>> before = fleet.assigned();
		fleet.slots.remove(slot);
		fleet.addConsumer();
		assertThat(fleet.assigned()).isEqualTo(before);
	}

	@Test
	void whenAllConsumersStartAgainSeventyAtATimeThenNothingMovesBetween() {
		SimulatedFleet fleet = fleet(8);
		Map<Integer, Set<String>> before = fleet.assigned();
		for (int batch = 0; batch < 14; batch++) {
			IntStream.range(batch * 70, batch * 70 + 70).forEach(fleet.slots::remove);
			assertThat(SimulatedFleet.moves(before, fleet.assigned())).isZero();
			IntStream.range(0, 70).forEach((ignored) -> fleet.addConsumer());
			assertThat(fleet.assigned()).isEqualTo(before);
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3 })
	void staysEvenAndStableThroughARandomHistory(long seed) {
		SimulatedFleet fleet = fleet(seed);
		Random random = new Random(seed);
		for (int step = 0; step < 60; step++) {
			Map<Integer, Set<String>> before = fleet.assigned();
			int changes = 1 + random.nextInt(10);
			for (int i = 0; i < changes; i++) {
				change(fleet, random.nextInt(10));
			}
			IntSummaryStatistics loads = fleet.loads();
			assertThat(loads.getMax()).isLessThanOrEqualTo((int) (loads.getAverage() * 1.1));
			assertThat((double) SimulatedFleet.moves(before, fleet.assigned()) / fleet.slots.size())
				.isLessThanOrEqualTo(0.5 * changes);
		}
	}

	/** More consumers go than come, so that holes are left. */
	private static void change(SimulatedFleet fleet, int kind) {
		switch (kind) {
			case 0 -> fleet.addProvider();
			case 1 -> fleet.removeProvider();
			case 2, 3, 4 -> fleet.addConsumer();
			default -> fleet.removeConsumer();
		}
	}

	@Test
	void whenHalfTheConsumersGoThenTheRestIsStillEven() {
		SimulatedFleet fleet = fleet(9);
		for (int i = 0; i < 500; i++) {
			fleet.removeConsumer();
		}
		IntSummaryStatistics loads = fleet.loads();
		assertThat(loads.getAverage()).isEqualTo(100);
		assertThat(loads.getMax()).isLessThanOrEqualTo(110);
	}

	@Test
	void doesNotDependOnTheOrderOfItsInput() {
		SimulatedFleet fleet = fleet(10);
		List<String> providers = new ArrayList<>(fleet.providers);
		List<Integer> slots = new ArrayList<>(fleet.slots);
		Collections.shuffle(providers, new Random(1));
		Collections.shuffle(slots, new Random(2));
		SubsetAssignment other = SubsetAssignment.of(providers, slots, 20);
		fleet.assigned().forEach((slot, subset) -> assertThat(other.providersOf(slot)).isEqualTo(subset));
	}

	@Test
	void neverChangesFromReleaseToRelease() {
		List<String> providers = IntStream.range(0, 30).mapToObj((i) -> "p-" + i).toList();
		SubsetAssignment assignment = SubsetAssignment.of(providers, List.of(0, 1, 2, 3, 4), 3);
		assertThat(IntStream.range(0, 5).mapToObj(assignment::providersOf).toList().toString()).isEqualTo(
				"[[p-21, p-27, p-28], [p-14, p-18, p-29], [p-15, p-16, p-4], [p-0, p-12, p-25], [p-10, p-20, p-23]]");
	}

	/**
	 * The weights that it sorts are most of what it allocates; those of every pair would
	 * be three times as many.
	 */
	@Test
	void sortsLittleMoreThanTheChosenPairs() {
		SimulatedFleet fleet = fleet(11);
		long best = Long.MAX_VALUE;
		for (int i = 0; i < 20; i++) {
			long began = System.nanoTime();
			SubsetAssignment.of(fleet.providers, fleet.slots, 20);
			best = Math.min(best, System.nanoTime() - began);
		}
		logger.info("Measured: assignment computed in {} us", TimeUnit.NANOSECONDS.toMicros(best));
		long bytes = AllocatedBytes.once(() -> SubsetAssignment.of(fleet.providers, fleet.slots, 20));
		logger.info("Measured: assignment allocated {} bytes", bytes);
		assertThat(bytes).isBetween(0L, 1_500_000L);
	}

	@Test
	void whenTheOthersAreNotKnownThenIsEvenOnAverage() {
		SimulatedFleet fleet = fleet(12);
		Map<String, Integer> loads = new HashMap<>();
		for (int i = 0; i < 1000; i++) {
			Set<String> subset = SubsetAssignment.alone(fleet.providers, "consumer-" + i, 20);
			assertThat(subset).hasSize(20);
			subset.forEach((id) -> loads.merge(id, 1, Integer::sum));
		}
		// Five standard deviations of a binomial distribution of a mean of 200.
		assertThat(loads.values()).hasSize(100).allSatisfy((load) -> assertThat(load).isBetween(137, 263));
	}

	private static double movesForEach(SimulatedFleet fleet, String what, Consumer<SimulatedFleet> change) {
		Map<Integer, Set<String>> before = fleet.assigned();
		change.accept(fleet);
		double moves = SimulatedFleet.moves(before, fleet.assigned()) / 1000.0;
		logger.info("Measured: {}: {} connections moved for each consumer", what, moves);
		return moves;
	}

	private static SimulatedFleet fleet(long seed) {
		return new SimulatedFleet(seed, 100, 1000, 20);
	}

}
