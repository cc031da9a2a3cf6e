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

package io.rpcboot.server;

import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecentMaximum}.
 */
class RecentMaximumTests {

	private final AtomicLong now = new AtomicLong(-7);

	private final RecentMaximum maximum = new RecentMaximum(this.now::get);

	@Test
	void whenThereIsNoValueThenItIsZero() {
		assertThat(this.maximum.get()).isZero();
	}

	@Test
	void whenThereAreValuesThenItIsTheLargest() {
		this.maximum.add(3);
		this.maximum.add(5);
		this.maximum.add(4);
		assertThat(this.maximum.get()).isEqualTo(5);
	}

	@Test
	void whenTheNextWindowHasBegunThenTheLastOneStillCountsForItsLength() {
		this.maximum.add(5);
		this.now.addAndGet(RecentMaximum.WINDOW_NANOS);
		assertThat(this.maximum.get()).isEqualTo(5);
		this.maximum.add(2);
		assertThat(this.maximum.get()).isEqualTo(5);
		this.now.addAndGet(RecentMaximum.WINDOW_NANOS);
		assertThat(this.maximum.get()).isEqualTo(2);
	}

	@Test
	void whenNothingCameForTwoWindowsThenItIsZero() {
		this.maximum.add(5);
		this.now.addAndGet(2 * RecentMaximum.WINDOW_NANOS);
		assertThat(this.maximum.get()).isZero();
		this.maximum.add(1);
		assertThat(this.maximum.get()).isEqualTo(1);
	}

}
