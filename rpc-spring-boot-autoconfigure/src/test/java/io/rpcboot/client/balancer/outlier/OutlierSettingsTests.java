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

package io.rpcboot.client.balancer.outlier;

import java.time.Duration;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link OutlierSettings}.
 */
class OutlierSettingsTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@Test
	void defaultsAreThoseOfA50() {
		assertThat(OutlierSettings.DEFAULTS).isEqualTo(new OutlierSettings(Duration.ofSeconds(10),
				Duration.ofSeconds(30), Duration.ofSeconds(300), 10, new OutlierSettings.SuccessRate(1.9, 5, 100, 100),
				new OutlierSettings.FailurePercentage(85, 5, 50, 100), 5, 50));
	}

	@Test
	void whenATimeIsOutOfRangeThenThrows() {
		assertRejects(() -> times(Duration.ZERO, SECOND, SECOND), "interval: PT0S (expected: > 0 and <= 1h)");
		assertRejects(() -> times(Duration.ofMinutes(61), SECOND, SECOND),
				"interval: PT1H1M (expected: > 0 and <= 1h)");
		assertRejects(() -> times(SECOND, SECOND.negated(), SECOND),
				"baseEjectionTime: PT-1S (expected: > 0 and <= 24h)");
		assertRejects(() -> times(SECOND, SECOND, Duration.ofHours(25)),
				"maxEjectionTime: PT25H (expected: > 0 and <= 24h)");
	}

	@Test
	void whenAPercentageIsOutOfRangeThenThrows() {
		assertRejects(() -> numbers(0, 5, 50), "maxEjectionPercent: 0 (expected: 1 to 100)");
		assertRejects(() -> numbers(101, 5, 50), "maxEjectionPercent: 101 (expected: 1 to 100)");
		assertRejects(() -> numbers(10, 5, -1), "panicPercent: -1 (expected: 0 to 100)");
		assertRejects(() -> new OutlierSettings.SuccessRate(1.9, 5, 100, 101), "enforcement: 101 (expected: 0 to 100)");
		assertRejects(() -> new OutlierSettings.FailurePercentage(101, 5, 50, 100),
				"threshold: 101 (expected: 0 to 100)");
		assertRejects(() -> new OutlierSettings.FailurePercentage(85, 5, 50, -1),
				"enforcement: -1 (expected: 0 to 100)");
	}

	@Test
	void whenANumberIsTooSmallThenThrows() {
		assertRejects(() -> numbers(10, -1, 50), "consecutiveFailures: -1 (expected: >= 1, or 0 for never)");
		assertRejects(() -> new OutlierSettings.SuccessRate(-0.1, 5, 100, 100), "stdevFactor: -0.1 (expected: >= 0)");
		assertRejects(() -> new OutlierSettings.SuccessRate(Double.NaN, 5, 100, 100),
				"stdevFactor: NaN (expected: >= 0)");
		assertRejects(() -> new OutlierSettings.SuccessRate(1.9, 0, 100, 100), "minimumHosts: 0 (expected: >= 1)");
		assertRejects(() -> new OutlierSettings.SuccessRate(1.9, 5, 0, 100), "requestVolume: 0 (expected: >= 1)");
		assertRejects(() -> new OutlierSettings.FailurePercentage(85, 0, 50, 100), "minimumHosts: 0 (expected: >= 1)");
		assertRejects(() -> new OutlierSettings.FailurePercentage(85, 5, 0, 100), "requestVolume: 0 (expected: >= 1)");
	}

	private static OutlierSettings times(Duration interval, Duration base, Duration max) {
		return new OutlierSettings(interval, base, max, 10, OutlierSettings.DEFAULTS.successRate(),
				OutlierSettings.DEFAULTS.failurePercentage(), 5, 50);
	}

	private static OutlierSettings numbers(int maxEjectionPercent, int consecutiveFailures, int panicPercent) {
		return new OutlierSettings(SECOND, SECOND, SECOND, maxEjectionPercent, OutlierSettings.DEFAULTS.successRate(),
				OutlierSettings.DEFAULTS.failurePercentage(), consecutiveFailures, panicPercent);
	}

	private static void assertRejects(ThrowingCallable creation, String message) {
		assertThatIllegalArgumentException().isThrownBy(creation).withMessage(message);
	}

}
