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

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The share that {@link SlowStart} gives.
 */
class SlowStartTests {

	private static final long READY = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(10);

	private final SlowStart slowStart = new SlowStart(Duration.ofSeconds(30), 0.1);

	@Test
	void growsFromATenthToOneInThirtySeconds() {
		assertThat(factorAfter(0)).isEqualTo(0.1);
		assertThat(factorAfter(3)).isEqualTo(0.1);
		assertThat(factorAfter(6)).isEqualTo(0.2);
		assertThat(factorAfter(15)).isEqualTo(0.5);
		assertThat(factorAfter(27)).isEqualTo(0.9);
		assertThat(factorAfter(30)).isEqualTo(1);
		assertThat(factorAfter(3000)).isEqualTo(1);
	}

	@Test
	void whenAnotherThreadsClockIsAheadThenItBegins() {
		assertThat(factorAfter(-1)).isEqualTo(0.1);
	}

	@Test
	void isNewUntilTheWindowHasPassed() {
		long window = TimeUnit.SECONDS.toNanos(30);
		assertThat(this.slowStart.isNew(READY, READY + window - 1)).isTrue();
		assertThat(this.slowStart.isNew(READY, READY + window)).isFalse();
	}

	@Test
	void whenMoreThanHalfOfTheSetIsNewThenNobodyIsSpared() {
		assertThat(this.slowStart.applies(1, 2)).isTrue();
		assertThat(this.slowStart.applies(2, 3)).isFalse();
		assertThat(this.slowStart.applies(2, 5)).isTrue();
		assertThat(this.slowStart.applies(3, 5)).isFalse();
		assertThat(this.slowStart.applies(1, 1)).isFalse();
		assertThat(this.slowStart.applies(0, 5)).isFalse();
	}

	@Test
	void whenTheWindowIsZeroThenNobodyIsNew() {
		assertThat(new SlowStart(Duration.ZERO, 0.1).factor(READY, READY)).isEqualTo(1);
	}

	@Test
	void refusesValuesOutOfRange() {
		assertThatIllegalArgumentException().isThrownBy(() -> new SlowStart(Duration.ofSeconds(-1), 0.1))
			.withMessage("window: PT-1S (expected: >= 0s)");
		assertThatIllegalArgumentException().isThrownBy(() -> new SlowStart(Duration.ofSeconds(30), 0))
			.withMessage("minimum: 0.0 (expected: > 0 and <= 1)");
		assertThatIllegalArgumentException().isThrownBy(() -> new SlowStart(Duration.ofSeconds(30), 1.1))
			.withMessage("minimum: 1.1 (expected: > 0 and <= 1)");
	}

	private double factorAfter(long seconds) {
		return this.slowStart.factor(READY, READY + TimeUnit.SECONDS.toNanos(seconds));
	}

}
