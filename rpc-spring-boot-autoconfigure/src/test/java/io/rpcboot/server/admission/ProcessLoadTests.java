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

package io.rpcboot.server.admission;

import java.util.concurrent.TimeUnit;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProcessLoad}, on fake time.
 */
class ProcessLoadTests {

	private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

	private static final Offset<Double> EXACTLY = Offset.offset(1e-9);

	private long now = Long.MAX_VALUE - 5;

	private long cpu = 7_000 * MILLI;

	private final ProcessLoad load = new ProcessLoad(() -> this.cpu, 4, () -> this.now);

	@Test
	void whenManyAskWithinASecondThenAllGetTheLoadOfTheWholeSecond() {
		pass(1000, 3000);
		assertThat(this.load.getAsDouble()).isCloseTo(0.75, EXACTLY);
		pass(1, 0);
		assertThat(this.load.getAsDouble()).isCloseTo(0.75, EXACTLY);
		pass(800, 0);
		assertThat(this.load.getAsDouble()).isCloseTo(0.75, EXACTLY);
		pass(199, 2000);
		assertThat(this.load.getAsDouble()).as("the next second").isCloseTo(0.5, EXACTLY);
	}

	@Test
	void whenNoSecondHasPassedThenTheLoadIsNotKnown() {
		pass(899, 3000);
		assertThat(this.load.getAsDouble()).isNegative();
	}

	@Test
	void whenMoreProcessorsAreUsedThanAreGivenThenTheLoadIsFull() {
		pass(1000, 8000);
		assertThat(this.load.getAsDouble()).isEqualTo(1);
	}

	@Test
	void whenThePlatformDoesNotCountThenTheLoadIsNotKnown() {
		ProcessLoad unknown = new ProcessLoad(() -> -1, 4, () -> this.now);
		pass(1000, 0);
		assertThat(unknown.getAsDouble()).isNegative();
	}

	@Test
	void theLoadOfThisProcessIsAShare() {
		ProcessLoad own = ProcessLoad.ofThisProcess(() -> this.now);
		pass(1_000_000, 0);
		assertThat(own.getAsDouble()).isBetween(0.0, 1.0);
	}

	private void pass(long millis, long cpuMillis) {
		this.now += millis * MILLI;
		this.cpu += cpuMillis * MILLI;
	}

}
