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

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long {@link StatisticsStore} keeps what it knows.
 */
class StatisticsStoreTests {

	private static final long MINUTE = TimeUnit.SECONDS.toNanos(60);

	private long now = -MINUTE;

	private final StatisticsStore store = new StatisticsStore(() -> this.now);

	@Test
	void givesAllUsersTheSameStatistics() {
		InstanceStatistics first = this.store.acquire("a");
		assertThat(this.store.acquire("a")).isSameAs(first);
		assertThat(this.store.find("a")).isSameAs(first);
		assertThat(this.store.acquire("b")).isNotSameAs(first);
	}

	@Test
	void knowsNothingOfWhatNobodyAcquired() {
		assertThat(this.store.find("a")).isNull();
	}

	@Test
	void whenAcquiredWithinAMinuteThenTheStatisticsAreTheSame() {
		InstanceStatistics first = this.store.acquire("a");
		this.store.release("a");
		this.now += MINUTE - 1;
		assertThat(this.store.find("a")).isSameAs(first);
		assertThat(this.store.acquire("a")).isSameAs(first);
	}

	@Test
	void whenAMinuteHasPassedThenTheStatisticsAreGone() {
		InstanceStatistics first = this.store.acquire("a");
		this.store.release("a");
		this.now += MINUTE;
		assertThat(this.store.find("a")).isNull();
		assertThat(this.store.acquire("a")).isNotSameAs(first);
	}

	@Test
	void whenOneUserIsLeftThenTheStatisticsStay() {
		InstanceStatistics first = this.store.acquire("a");
		this.store.acquire("a");
		this.store.release("a");
		this.now += 10 * MINUTE;
		assertThat(this.store.acquire("a")).isSameAs(first);
	}

	@Test
	void countsTheMinuteFromTheLastRelease() {
		InstanceStatistics first = this.store.acquire("a");
		this.store.release("a");
		this.now += MINUTE / 2;
		this.store.acquire("a");
		this.store.release("a");
		this.now += MINUTE - 1;
		assertThat(this.store.find("a")).isSameAs(first);
		this.now += 1;
		assertThat(this.store.find("a")).isNull();
	}

	@Test
	void forgetsOnlyWhatIsTooOld() {
		this.store.acquire("a");
		this.store.acquire("b");
		this.store.release("b");
		this.now += MINUTE / 2;
		this.store.release("a");
		this.now += MINUTE / 2;
		assertThat(this.store.find("b")).isNull();
		assertThat(this.store.find("a")).isNotNull();
	}

	@Test
	void whenReleasedTooOftenThenNothingHappens() {
		this.store.release("a");
		InstanceStatistics first = this.store.acquire("a");
		this.store.release("a");
		this.store.release("a");
		assertThat(this.store.acquire("a")).isSameAs(first);
	}

}
