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

package io.rpcboot.dispatch;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AttemptReads}.
 */
class AttemptReadsTests {

	private final AttemptReads reads = new AttemptReads();

	private final AtomicInteger counted = new AtomicInteger();

	@Test
	void whatWasReadCountsWhenTheAttemptIsChosenAndOnce() {
		this.reads.hold(this.counted::incrementAndGet);
		assertThat(this.counted).hasValue(0);
		assertThat(this.reads.isChosen()).isFalse();
		this.reads.choose();
		this.reads.choose();
		assertThat(this.counted).hasValue(1);
		assertThat(this.reads.isChosen()).isTrue();
	}

	@Test
	void whenItIsChosenWhileAMessageIsReadThenThatCountsToo() {
		this.reads.choose();
		this.reads.hold(this.counted::incrementAndGet);
		assertThat(this.counted).hasValue(1);
	}

}
