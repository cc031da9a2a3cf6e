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

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whose each slot is. The golden values come from a second implementation, in Python over
 * libxxhash: another consumer must come to the same places.
 */
class MaglevTableTests {

	@Test
	void isTheSameInEveryProcess() {
		MaglevTable table = table(5, 100, 100, 100, 100, 100);
		assertThat(Stream.of("user-1", "user-2", "user-3", "user-4", "user-5", "user-6")
			.map((key) -> table.at(table.slot(XxHash64.hash(key))))).containsExactly(0, 2, 4, 2, 2, 4);
		assertThat(checksum(table, 1)).isEqualTo("b92a89111d6cfc08");
	}

	@Test
	void isTheSameInEveryProcessWithWeights() {
		assertThat(checksum(table(5, 100, 100, 50, 25, 300), 1)).isEqualTo("e532943c1701ec98");
	}

	@Test
	void isTheSameInEveryProcessWithMoreInstances() {
		String[] ids = IntStream.range(0, 700).mapToObj((index) -> "i" + index).toArray(String[]::new);
		MaglevTable table = new MaglevTable(ids, equal(700));
		assertThat(checksum(table, 2)).isEqualTo("d9f3a9b905326d49");
	}

	@Test
	void orderOfTheListDoesNotMatter() {
		List<Integer> order = new ArrayList<>(IntStream.range(0, 30).boxed().toList());
		Collections.shuffle(order, new Random(7));
		int[] weights = IntStream.range(0, 30).map((index) -> 1 + index % 4).toArray();
		MaglevTable sorted = new MaglevTable(ids(30), weights);
		MaglevTable shuffled = new MaglevTable(order.stream().map((index) -> ids(30)[index]).toArray(String[]::new),
				order.stream().mapToInt((index) -> weights[index]).toArray());
		for (int slot = 0; slot < sorted.size(); slot++) {
			assertThat(order.get(shuffled.at(slot))).isEqualTo(sorted.at(slot));
		}
	}

	/**
	 * With equal weights every instance has had as many turns as any other, or one less.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 100, 655 })
	void slotsAreEven(int instances) {
		int[] slots = slots(new MaglevTable(ids(instances), equal(instances)));
		assertThat(Arrays.stream(slots).max().getAsInt() - Arrays.stream(slots).min().getAsInt())
			.isLessThanOrEqualTo(1);
	}

	/**
	 * 200,000 keys over 20 instances: 10,000 each, with a standard deviation of 98.
	 */
	@Test
	void keysAreEven() {
		MaglevTable table = new MaglevTable(ids(20), equal(20));
		int[] keys = new int[20];
		for (int key = 0; key < 200_000; key++) {
			keys[table.at(table.slot(XxHash64.hash("key-" + key)))]++;
		}
		assertThat(IntStream.of(keys)).allSatisfy((count) -> assertThat(count).isBetween(9_500, 10_500));
	}

	@Test
	void sharesFollowTheWeights() {
		int[] weights = { 1, 10, 100, 1000, 0, 50 };
		int[] slots = slots(table(6, weights));
		for (int index = 0; index < weights.length; index++) {
			assertThat((double) slots[index]).isCloseTo(65_537 * weights[index] / 1161.0, Offset.offset(2.0));
		}
	}

	@Test
	void whenAWeightIsTinyThenItsInstanceHasASlotAndTheTableIsBuiltAsFast() {
		int[] weights = equal(10_000);
		weights[17] = Integer.MAX_VALUE;
		int[] slots = slots(new MaglevTable(ids(10_000), weights));
		assertThat(IntStream.of(slots)).allSatisfy((count) -> assertThat(count).isPositive());
		assertThat(slots[17]).isEqualTo(1_048_573 - 9_999);
	}

	/**
	 * Those of the one that left move: 1/n. Of the others Maglev moves a few, section 5.3
	 * of the paper.
	 */
	@ParameterizedTest
	@CsvSource({ "3, 0.01", "20, 0.02", "100, 0.03" })
	void whenOneLeavesThenFewOtherKeysMove(int instances, double others) {
		MaglevTable before = new MaglevTable(ids(instances), equal(instances));
		int gone = instances / 2;
		MaglevTable after = without(instances, gone);
		int moved = 0;
		for (int slot = 0; slot < before.size(); slot++) {
			int owner = before.at(slot);
			int now = after.at(slot);
			if (owner != gone && ((now < gone) ? now : now + 1) != owner) {
				moved++;
			}
		}
		assertThat((double) moved / before.size()).isLessThan(others);
	}

	@ParameterizedTest
	@CsvSource({ "655, 65537", "656, 262147", "2621, 262147", "2622, 1048573", "10485, 1048573" })
	void thereAreAHundredSlotsForEachInstance(int instances, int size) {
		assertThat(new MaglevTable(ids(instances), equal(instances)).size()).isEqualTo(size).satisfies((slots) -> {
			assertThat(slots).isGreaterThanOrEqualTo(100 * instances);
			assertThat(BigInteger.valueOf(slots).isProbablePrime(50)).isTrue();
		});
	}

	@Test
	void moreInstancesThanACharCountsHavePlaces() {
		int[] slots = slots(new MaglevTable(ids(70_000), equal(70_000), 140_009));
		assertThat(IntStream.of(slots)).allSatisfy((count) -> assertThat(count).isBetween(2, 3));
	}

	@Test
	void everyHashHasASlot() {
		MaglevTable table = table(3, 1, 1, 1);
		assertThat(table.slot(-1)).isEqualTo((int) Long.remainderUnsigned(-1, 65_537));
		assertThat(table.slot(Long.MIN_VALUE)).isBetween(0, 65_536);
		assertThat(table.slot(0)).isZero();
	}

	/**
	 * That is, every consumer's, whatever it computes it by. Quotients that are nearly a
	 * whole number are the ones to be wrong about.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 2, 3, 65_537, 262_147, 1_048_573, 4_194_301, 16_777_213 })
	void aSlotIsTheRemainderOfTheHash(int size) {
		MaglevTable table = new MaglevTable(ids(1), equal(1), size);
		Random random = new Random(size);
		for (int i = 0; i < 20_000; i++) {
			long hash = random.nextLong();
			long multiple = hash - Long.remainderUnsigned(hash, size);
			for (long key : new long[] { hash, hash >>> (1 + random.nextInt(63)), multiple - 1, multiple, multiple + 1,
					i, -i }) {
				assertThat(table.slot(key)).isEqualTo((int) Long.remainderUnsigned(key, size));
			}
		}
	}

	private static MaglevTable without(int instances, int gone) {
		String[] ids = IntStream.range(0, instances)
			.filter((index) -> index != gone)
			.mapToObj((index) -> ids(instances)[index])
			.toArray(String[]::new);
		return new MaglevTable(ids, equal(instances - 1));
	}

	private static MaglevTable table(int instances, int... weights) {
		return new MaglevTable(ids(instances), weights);
	}

	private static String[] ids(int count) {
		return IntStream.range(0, count).mapToObj((index) -> "instance-" + index).toArray(String[]::new);
	}

	private static int[] equal(int count) {
		int[] weights = new int[count];
		Arrays.fill(weights, 100);
		return weights;
	}

	private static int[] slots(MaglevTable table) {
		int[] counts = new int[IntStream.range(0, table.size()).map(table::at).max().getAsInt() + 1];
		IntStream.range(0, table.size()).forEach((slot) -> counts[table.at(slot)]++);
		return counts;
	}

	private static String checksum(MaglevTable table, int width) {
		ByteBuffer bytes = ByteBuffer.allocate(table.size() * width);
		for (int slot = 0; slot < table.size(); slot++) {
			if (width == 1) {
				bytes.put((byte) table.at(slot));
			}
			else {
				bytes.putShort((short) table.at(slot));
			}
		}
		return Long.toHexString(XxHash64.hash(bytes.array()));
	}

}
