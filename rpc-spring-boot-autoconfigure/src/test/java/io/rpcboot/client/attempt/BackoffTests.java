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

package io.rpcboot.client.attempt;

import java.util.Random;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long to wait before an attempt.
 */
class BackoffTests {

	private final Backoff backoff = new Backoff(50, 1_000);

	@Test
	void theBoundDoublesUpToTheHighest() {
		assertThat(LongStream.rangeClosed(1, 7).map((retry) -> this.backoff.delayNanos((int) retry, () -> 1)))
			.containsExactly(50L, 100L, 200L, 400L, 800L, 1_000L, 1_000L);
		assertThat(this.backoff.delayNanos(Integer.MAX_VALUE, () -> 1)).isEqualTo(1_000);
	}

	@Test
	void allOfTheTimeUpToTheBoundIsUsed() {
		Random random = new Random(7);
		long[] delays = LongStream.range(0, 1_000).map((i) -> this.backoff.delayNanos(3, random::nextDouble)).toArray();
		assertThat(LongStream.of(delays).min().getAsLong()).isBetween(0L, 5L);
		assertThat(LongStream.of(delays).max().getAsLong()).isBetween(195L, 199L);
		assertThat(LongStream.of(delays).average().getAsDouble()).isBetween(93.0, 107.0);
	}

}
