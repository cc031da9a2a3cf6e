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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often watches are asked.
 */
class WatchPaceTests {

	private final WatchPace pace = new WatchPace();

	@Test
	void whenThereAreFewWatchesThenEachIsAskedAsOftenAsItLikes() {
		open(20);
		assertThat(this.pace.periodMillis(5000)).isEqualTo(5000);
	}

	@Test
	void whenThereAreManyWatchesThenAllTogetherAreAskedFourTimesASecond() {
		open(1000);
		assertThat(this.pace.periodMillis(5000)).isEqualTo(250_000);
	}

	@Test
	void whenWatchesEndThenTheOthersAreAskedMoreOften() {
		open(1000);
		for (int i = 0; i < 800; i++) {
			this.pace.closed();
		}
		assertThat(this.pace.periodMillis(5000)).isEqualTo(50_000);
	}

	private void open(int count) {
		for (int i = 0; i < count; i++) {
			this.pace.opened();
		}
	}

}
