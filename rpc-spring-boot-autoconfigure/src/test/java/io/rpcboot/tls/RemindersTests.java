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

package io.rpcboot.tls;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Reminders}.
 */
class RemindersTests {

	private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);

	private final Reminders reminders = new Reminders(this.clock::get);

	@Test
	void isDueOnceInTenMinutesForEachThing() {
		assertThat(this.reminders.isDue("a")).isTrue();
		assertThat(this.reminders.isDue("a")).isFalse();
		assertThat(this.reminders.isDue("b")).isTrue();
		pass(Duration.ofMinutes(10).minusNanos(1));
		assertThat(this.reminders.isDue("a")).isFalse();
		pass(Duration.ofNanos(1));
		assertThat(this.reminders.isDue("a")).isTrue();
		assertThat(this.reminders.isDue("a")).isFalse();
	}

	@Test
	void whenThereAreManyThingsThenFurtherOnesAreNotDueUntilTheOldOnesAreForgotten() {
		IntStream.range(0, 256).forEach((i) -> assertThat(this.reminders.isDue(i)).isTrue());
		assertThat(this.reminders.isDue("one more")).isFalse();
		pass(Duration.ofMinutes(10));
		assertThat(this.reminders.isDue("one more")).isTrue();
	}

	@Test
	void whenManyThreadsAskThenItIsDueForOne() {
		assertThat(IntStream.range(0, 64).parallel().filter((i) -> this.reminders.isDue("a")).count()).isEqualTo(1);
	}

	private void pass(Duration time) {
		this.clock.addAndGet(time.toNanos());
	}

}
