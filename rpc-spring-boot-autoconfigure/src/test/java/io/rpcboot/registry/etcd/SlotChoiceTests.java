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

package io.rpcboot.registry.etcd;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which numbers {@link SlotChoice} tries.
 */
class SlotChoiceTests {

	@Test
	void theLowestFreeNumberIsTriedFirst() {
		assertThat(new SlotChoice(new Random(1)).next(Set.of())).isZero();
		assertThat(new SlotChoice(new Random(1)).next(Set.of(0, 1, 3))).isEqualTo(2);
	}

	@Test
	void whenANumberIsRefusedThenItIsNotTriedAgain() {
		SlotChoice choice = new SlotChoice(new Random(1));
		for (int i = 0; i < 50; i++) {
			int slot = choice.next(Set.of(1, 2));
			choice.refused(slot);
			assertThat(choice.next(Set.of(1, 2))).isNotEqualTo(slot);
		}
	}

	@Test
	void whenTheFormerNumberIsTakenThenTheLowestOtherIsTriedAtOnce() {
		for (int seed = 0; seed < 20; seed++) {
			SlotChoice choice = new SlotChoice(new Random(seed));
			choice.takenMeanwhile(0);
			assertThat(choice.next(Set.of())).isEqualTo(1);
		}
	}

	@Test
	void whenOneHasANumberThenTheNextSearchBeginsAtTheLowestAgain() {
		SlotChoice choice = new SlotChoice(new Random(1));
		choice.refused(0);
		choice.reset();
		assertThat(choice.next(Set.of())).isZero();
	}

	@Test
	void whenAThousandStartTogetherThenAllHaveNumbersAfterFewRounds() {
		List<SlotChoice> waiting = IntStream.range(0, 1000).mapToObj((i) -> new SlotChoice(new Random(i))).toList();
		Set<Integer> claimed = new HashSet<>();
		int rounds = 0;
		while (!waiting.isEmpty()) {
			// All choose before any of this round is seen.
			List<Integer> chosen = waiting.stream().map((choice) -> choice.next(claimed)).toList();
			Stream.Builder<SlotChoice> late = Stream.builder();
			for (int i = 0; i < chosen.size(); i++) {
				if (!claimed.add(chosen.get(i))) {
					waiting.get(i).refused(chosen.get(i));
					late.add(waiting.get(i));
				}
			}
			waiting = late.build().toList();
			rounds++;
		}
		assertThat(claimed).hasSize(1000);
		assertThat(rounds).isLessThanOrEqualTo(50);
		assertThat(Collections.max(claimed)).isLessThan(1084);
	}

}
