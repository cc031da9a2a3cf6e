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

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When {@link SubsetMoves} moves what, on fake time.
 */
class SubsetMovesTests {

	private static final List<String> ALL = List.of("a", "b", "c", "d", "e", "f", "g", "h");

	private static final long NONE = -1;

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private long now = Long.MAX_VALUE - 30 * SECOND;

	private final SubsetMoves moves = new SubsetMoves(() -> this.now, new Random(1));

	@Test
	void theFirstAssignmentIsTakenAtOnce() {
		update(ALL, "a", "b", "c");
		assertThat(this.moves.advance()).isEqualTo(NONE);
		assertThat(this.moves.current()).containsExactly("a", "b", "c");
		assertThat(this.moves.leaving()).isEmpty();
	}

	@Test
	void whenAnInstanceIsGoneThenItIsReplacedAtOnce() {
		update(ALL, "a", "b", "c");
		update(List.of("a", "c", "d", "e"), "a", "c", "e");
		assertThat(this.moves.current()).containsExactly("a", "c", "e");
		assertThat(this.moves.leaving()).isEmpty();
		assertThat(this.moves.advance()).isEqualTo(NONE);
	}

	@Test
	void whenAnInstanceDrainsThenItIsReplacedAtOnceAndKeptUntilItIsGone() {
		update(ALL, "a", "b", "c");
		List<String> alive = List.of("a", "c", "d");
		this.moves.update(ALL, alive, Set.of("a", "c", "d"));
		assertThat(this.moves.current()).containsExactly("a", "c", "d");
		assertThat(this.moves.leaving()).containsExactly("b");
		this.moves.update(alive, alive, Set.of("a", "c", "d"));
		assertThat(this.moves.leaving()).isEmpty();
	}

	@Test
	void whenTheAssignmentChangesThenOneIsExchangedAfterTenQuietSecondsAndEachFiveSecondsThen() {
		update(ALL, "a", "b", "c");
		update(ALL, "a", "e", "f");
		long wait = this.moves.advance();
		assertThat(wait).isBetween(SubsetMoves.QUIET_NANOS, SubsetMoves.QUIET_NANOS + SubsetMoves.JITTER_NANOS);
		this.now += wait - 1;
		assertThat(this.moves.advance()).isEqualTo(1);
		assertThat(this.moves.current()).containsExactly("a", "b", "c");
		this.now += 1;
		assertThat(this.moves.advance()).isEqualTo(SubsetMoves.INTERVAL_NANOS);
		assertThat(this.moves.current()).containsExactly("a", "c", "e");
		assertThat(this.moves.leaving()).containsExactly("b");
		this.now += SubsetMoves.INTERVAL_NANOS;
		assertThat(this.moves.advance()).isEqualTo(NONE);
		assertThat(this.moves.current()).containsExactly("a", "e", "f");
		assertThat(this.moves.leaving()).containsExactly("b", "c");
	}

	@Test
	void whenTheChangeIsTakenBackInTimeThenNothingMoves() {
		update(ALL, "a", "b", "c");
		update(ALL, "a", "b", "d");
		this.now += SubsetMoves.QUIET_NANOS - 1;
		assertThat(this.moves.advance()).isPositive();
		update(ALL, "a", "b", "c");
		assertThat(this.moves.advance()).isEqualTo(NONE);
		this.now += SubsetMoves.MAX_QUIET_NANOS;
		assertThat(this.moves.advance()).isEqualTo(NONE);
		assertThat(this.moves.current()).containsExactly("a", "b", "c");
		assertThat(this.moves.leaving()).isEmpty();
	}

	@Test
	void whenTheSameAssignmentComesAgainThenTheWaitGoesOn() {
		update(ALL, "a", "b", "c");
		update(ALL, "a", "b", "d");
		long wait = this.moves.advance();
		this.now += 3 * SECOND;
		update(ALL, "a", "b", "d");
		assertThat(this.moves.advance()).isEqualTo(wait - 3 * SECOND);
	}

	@Test
	void whenTheAssignmentNeverRestsThenMovesBeginAfterAMinuteAllTheSame() {
		update(ALL, "a", "b", "c");
		long began = this.now;
		int turn = 0;
		while (this.moves.leaving().isEmpty()) {
			update(ALL, "a", "b", (turn++ % 2 == 0) ? "d" : "e");
			this.now += SECOND;
			this.moves.advance();
			assertThat(this.now - began)
				.isLessThanOrEqualTo(SubsetMoves.MAX_QUIET_NANOS + SubsetMoves.JITTER_NANOS + SECOND);
		}
		assertThat(this.now - began).isGreaterThanOrEqualTo(SubsetMoves.MAX_QUIET_NANOS);
	}

	@Test
	void whenNothingIsToldThenNothingChanges() {
		update(ALL, "a", "b", "c");
		for (int hour = 0; hour < 100; hour++) {
			this.now += Duration.ofHours(1).toNanos();
			assertThat(this.moves.advance()).isEqualTo(NONE);
		}
		assertThat(this.moves.current()).containsExactly("a", "b", "c");
	}

	@Test
	void whenOneThatLeavesIsWantedAgainThenItDoesNotLeave() {
		update(ALL, "a", "b", "c");
		update(ALL, "a", "b", "d");
		settle();
		assertThat(this.moves.leaving()).containsExactly("c");
		update(ALL, "a", "b", "c");
		settle();
		assertThat(this.moves.current()).containsExactly("a", "b", "c");
		assertThat(this.moves.leaving()).containsExactly("d");
	}

	@Test
	void whenMoreAreWantedThenTheyComeAtOnceAndWhenFewerThenTheyGoSlowly() {
		update(ALL, "a", "b");
		update(ALL, "a", "b", "c", "d");
		assertThat(this.moves.current()).containsExactly("a", "b", "c", "d");
		update(ALL, "a", "b");
		assertThat(this.moves.advance()).isGreaterThanOrEqualTo(SubsetMoves.QUIET_NANOS);
		assertThat(this.moves.current()).hasSize(4);
		settle();
		assertThat(this.moves.current()).containsExactly("a", "b");
	}

	@Test
	void whenSeveralConsumersMoveThenTheyDoNotBeginTogether() {
		Random random = new Random(5);
		Set<Long> waits = new TreeSet<>();
		for (int i = 0; i < 100; i++) {
			SubsetMoves other = new SubsetMoves(() -> this.now, random);
			other.update(ALL, ALL, Set.of("a"));
			other.update(ALL, ALL, Set.of("b"));
			waits.add(other.advance() / SECOND);
		}
		assertThat(waits).hasSizeGreaterThanOrEqualTo(9);
	}

	@Test
	void neverHasFewerThanAreWantedThroughARandomHistory() {
		Random random = new Random(6);
		for (int step = 0; step < 5000; step++) {
			List<String> present = ALL.stream().filter((id) -> random.nextInt(8) > 0).toList();
			List<String> alive = present.stream().filter((id) -> random.nextInt(8) > 0).toList();
			Set<String> wanted = new TreeSet<>(alive.stream().filter((id) -> random.nextBoolean()).toList());
			this.moves.update(present, alive, wanted);
			this.now += random.nextLong(20 * SECOND);
			this.moves.advance();
			assertThat(this.moves.current()).isSubsetOf(alive);
			assertThat(this.moves.current()).hasSizeGreaterThanOrEqualTo(wanted.size());
			assertThat(this.moves.leaving()).isSubsetOf(present);
			assertThat(this.moves.leaving().stream().filter(this.moves.current()::contains)).isEmpty();
		}
	}

	private void update(List<String> alive, String... wanted) {
		this.moves.update(alive, alive, new TreeSet<>(List.of(wanted)));
	}

	private void settle() {
		long wait = this.moves.advance();
		while (wait != NONE) {
			this.now += wait;
			wait = this.moves.advance();
		}
	}

}
