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

package io.rpcboot.demo.consumer;

import java.time.Duration;
import java.util.Map;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LoadStatistics}.
 */
class LoadStatisticsTests {

	private final LoadStatistics statistics = new LoadStatistics();

	@Test
	void whenNothingWasCalledThenReportsZeros() {
		assertThat(this.statistics.total()).isEqualTo(new LoadReport(0, 0, 0, 0, Map.of(), null));
	}

	@Test
	void countsByProvider() {
		this.statistics.answered("provider-1");
		this.statistics.answered("provider-2", 1);
		this.statistics.answered("provider-1", 1);
		assertThat(this.statistics.total().calls()).isEqualTo(3);
		assertThat(this.statistics.total().callsByProvider()).isEqualTo(Map.of("provider-1", 2L, "provider-2", 1L));
	}

	@Test
	void takesPercentilesOfUnaryCalls() {
		for (int millis = 1; millis <= 100; millis++) {
			this.statistics.answered("provider-1", Duration.ofMillis(millis).toNanos());
			this.statistics.answered("provider-1");
		}
		assertThat(this.statistics.total().p50Millis()).isCloseTo(50, Offset.offset(0.1));
		assertThat(this.statistics.total().p99Millis()).isCloseTo(99, Offset.offset(0.1));
	}

	@Test
	void whenACallFailsThenCountsItAndSaysWhy() {
		this.statistics.failed("Quote", new IllegalStateException("first"));
		this.statistics.failed("Track", new IllegalStateException("second"));
		assertThat(this.statistics.total()).isEqualTo(new LoadReport(2, 2, 0, 0, Map.of(), "Track: second"));
	}

	@Test
	void reportsEachSecondByItself() {
		this.statistics.answered("provider-1");
		assertThat(this.statistics.second().calls()).isEqualTo(1);
		this.statistics.answered("provider-2");
		assertThat(this.statistics.second().callsByProvider()).isEqualTo(Map.of("provider-2", 1L));
		assertThat(this.statistics.second().calls()).isZero();
		assertThat(this.statistics.total().calls()).isEqualTo(2);
	}

	@Test
	void fitsOnALine() {
		this.statistics.answered("provider-2", Duration.ofMillis(2).toNanos());
		this.statistics.answered("provider-1", Duration.ofMillis(4).toNanos());
		this.statistics.failed("Quote", new IllegalStateException("no"));
		assertThat(this.statistics.second().toLine())
			.isEqualTo("calls 3 failed 1 p50 2.0 ms p99 4.0 ms | provider-1 1 provider-2 1");
	}

}
