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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What may be sent again of what was offered.
 */
class RetryBudgetTests {

	private final FakeTime time = new FakeTime();

	private final RetryBudget budget = new RetryBudget(this.time);

	@Test
	void whenNothingWasCalledThenTenASecondOverTenSecondsMayBeSentAgain() {
		assertThat(withdrawAll()).isEqualTo(100);
		this.time.passMillis(5_000);
		assertThat(withdrawAll()).isZero();
		this.time.passMillis(5_000);
		assertThat(withdrawAll()).isEqualTo(100);
	}

	@Test
	void eachFiveCallsBringOneRetry() {
		withdrawAll();
		for (int i = 0; i < 50; i++) {
			this.budget.deposit();
		}
		assertThat(withdrawAll()).isEqualTo(10);
	}

	@Test
	void callsBringNothingAfterTenSeconds() {
		for (int i = 0; i < 50; i++) {
			this.budget.deposit();
		}
		assertThat(this.budget.tryWithdraw()).as("they are counted by now").isTrue();
		this.time.passMillis(10_001);
		assertThat(withdrawAll()).isEqualTo(100);
	}

	@Test
	void whenNobodyLookedForLongThenTheCallsAreSpreadOverThatTime() {
		for (int i = 0; i < 5_000; i++) {
			this.budget.deposit();
		}
		this.time.passMillis(99_000);
		assertThat(withdrawAll()).isEqualTo(100 + 5_000 / 5 / 10);
	}

	@Test
	void theLevelIsWhatMayBeSentNow() {
		assertThat(this.budget.level()).isEqualTo(100);
		for (int i = 0; i < 50; i++) {
			this.budget.deposit();
		}
		this.budget.tryWithdraw();
		assertThat(this.budget.level()).isEqualTo(100 + 50 / 5 - 1);
		withdrawAll();
		assertThat(this.budget.level()).isZero();
		this.time.passMillis(10_001);
		assertThat(this.budget.level()).isEqualTo(100);
	}

	@Test
	void whenWhatWasTakenOutlivesTheCallsThatBroughtItThenTheLevelIsNotBelowZero() {
		for (int i = 0; i < 500; i++) {
			this.budget.deposit();
		}
		this.budget.level();
		this.time.passMillis(5_000);
		assertThat(withdrawAll()).isEqualTo(200);
		this.time.passMillis(5_001);
		assertThat(this.budget.level()).isZero();
	}

	@Test
	void whenEverythingFailsThenNoMoreIsSentThanAFifthAndTenASecond() {
		long offered = 0;
		long again = 0;
		for (int second = 0; second < 60; second++) {
			int load = (second < 20) ? 100 : 1_000;
			for (int i = 0; i < load; i++) {
				this.budget.deposit();
				offered++;
				again += this.budget.tryWithdraw() ? 1 : 0;
				again += this.budget.tryWithdraw() ? 1 : 0;
			}
			this.time.passMillis(1_000);
		}
		assertThat(again).isLessThanOrEqualTo(Math.round(0.2 * offered + 10 * 60)).isGreaterThan(offered / 6);
	}

	private int withdrawAll() {
		int count = 0;
		while (this.budget.tryWithdraw()) {
			count++;
		}
		return count;
	}

}
