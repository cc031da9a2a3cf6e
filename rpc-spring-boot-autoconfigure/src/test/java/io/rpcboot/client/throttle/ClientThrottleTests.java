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

package io.rpcboot.client.throttle;

import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.rpcboot.testing.AllocatedBytes;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The algorithm on its own, with a clock and a seed of the test's.
 */
class ClientThrottleTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private final Random random = new Random(42);

	private long now = -5 * SECOND;

	private ClientThrottle throttle = throttle(2);

	@Test
	void dropsWithTheProbabilityOfTheFormula() {
		end(60, false);
		end(20, true);
		assertThat(this.throttle.requests()).isEqualTo(80);
		assertThat(this.throttle.accepts()).isEqualTo(20);
		assertThat(this.throttle.probability()).isEqualTo((80 - 2 * 20) / 81.0);
		int sent = 0;
		for (int i = 0; i < 10_000; i++) {
			sent += this.throttle.admit() ? 1 : 0;
		}
		// Four standard deviations of a binomial distribution.
		assertThat(sent / 10_000.0).isCloseTo(1 - 40 / 81.0, within(0.02));
	}

	@Test
	void dropsNothingWhileHalfOfTheRequestsAreAnswered() {
		end(50, false);
		end(50, true);
		assertThat(this.throttle.probability()).isZero();
		end(1, false);
		assertThat(this.throttle.probability()).isPositive();
	}

	@Test
	void whenKIsHigherThenMoreMustFail() {
		this.throttle = throttle(4);
		end(74, false);
		end(26, true);
		assertThat(this.throttle.probability()).isZero();
		end(10, false);
		assertThat(this.throttle.probability()).isPositive();
	}

	@Test
	void whenThereAreTooFewRequestsThenNothingIsDropped() {
		end(ClientThrottle.MIN_REQUESTS - 1, false);
		assertThat(this.throttle.probability()).isZero();
		end(1, false);
		assertThat(this.throttle.probability()).isEqualTo(20 / 21.0);
	}

	@Test
	void whatIsDroppedDoesNotCount() {
		end(40, false);
		for (int i = 0; i < 1000; i++) {
			this.throttle.admit();
		}
		assertThat(this.throttle.requests()).isEqualTo(40);
	}

	@Test
	void oneASecondIsSentWhateverTheProbability() {
		this.throttle = new ClientThrottle(2, 600 * SECOND, () -> this.now, () -> 0.0);
		end(1000, false);
		for (int second = 0; second < 5; second++) {
			assertThat(this.throttle.admit()).isTrue();
			for (int i = 0; i < 9; i++) {
				this.now += SECOND / 10;
				assertThat(this.throttle.admit()).isFalse();
			}
			this.now += SECOND / 10;
		}
	}

	@Test
	void whenAWindowHasPassedThenWhatWasIsForgotten() {
		end(100, false);
		this.now += 9 * SECOND;
		assertThat(this.throttle.requests()).isEqualTo(100);
		this.now += SECOND;
		assertThat(this.throttle.requests()).isZero();
		end(3, true);
		this.now += 365 * 24 * 3600 * SECOND;
		assertThat(this.throttle.requests()).isZero();
	}

	@Test
	void bucketsLeaveTheWindowOneByOne() {
		for (int i = 0; i < 10; i++) {
			end(10, i >= 5);
			this.now += SECOND;
		}
		assertThat(this.throttle.requests()).isEqualTo(90);
		this.now += 3 * SECOND;
		assertThat(this.throttle.requests()).isEqualTo(60);
		assertThat(this.throttle.accepts()).isEqualTo(50);
	}

	/**
	 * 100 calls a second; the target is away for a minute and then back.
	 */
	@Test
	void sendsLittleInAnOutageAndIsOpenAgainWithinAWindow() {
		int[] sent = new int[90];
		for (int second = 0; second < 90; second++) {
			boolean up = second < 10 || second >= 70;
			for (int call = 0; call < 100; call++) {
				this.now += SECOND / 100;
				if (this.throttle.admit()) {
					sent[second]++;
					this.throttle.onEnd(up);
				}
			}
		}
		assertThat(sum(sent, 0, 10)).isEqualTo(1000);
		// Without throttling 4000; the square root of rate and window is 32 in a window.
		assertThat(sum(sent, 30, 70)).isBetween(40, 400);
		assertThat(sum(sent, 80, 90)).isEqualTo(1000);
	}

	@Test
	void millionsOfRequestsKeepTheirRatio() {
		for (int second = 0; second < 3; second++) {
			for (int i = 0; i < 1_200_000; i++) {
				this.throttle.onEnd(i % 4 == 0);
			}
			this.now += SECOND;
		}
		assertThat(this.throttle.probability()).isCloseTo(0.5, within(0.001));
	}

	@Test
	void allocatesNothing() {
		end(100, false);
		assertThat(AllocatedBytes.of(10_000, () -> {
			this.throttle.admit();
			this.throttle.onEnd(false);
		})).isLessThan(10_000);
	}

	@Test
	void whenManyThreadsCountThenNothingIsLost() throws InterruptedException {
		Thread[] threads = new Thread[4];
		for (int i = 0; i < threads.length; i++) {
			boolean accepted = i % 2 == 0;
			threads[i] = new Thread(() -> end(50_000, accepted));
			threads[i].start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(this.throttle.requests()).isEqualTo(200_000);
		assertThat(this.throttle.accepts()).isEqualTo(100_000);
	}

	private ClientThrottle throttle(double k) {
		return new ClientThrottle(k, 10 * SECOND, () -> this.now, this.random::nextDouble);
	}

	private void end(int times, boolean accepted) {
		for (int i = 0; i < times; i++) {
			this.throttle.onEnd(accepted);
		}
	}

	private static int sum(int[] values, int from, int to) {
		int sum = 0;
		for (int i = from; i < to; i++) {
			sum += values[i];
		}
		return sum;
	}

}
