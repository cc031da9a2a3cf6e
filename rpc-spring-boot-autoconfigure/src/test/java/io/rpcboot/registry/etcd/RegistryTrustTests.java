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

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RegistryTrust}.
 */
class RegistryTrustTests {

	private static final Duration TTL = Duration.ofSeconds(10);

	private long now;

	private final RegistryLiveness registry = new RegistryLiveness(TTL.toNanos(), () -> this.now);

	private final RegistryTrust trust = new RegistryTrust(this.registry, () -> this.now);

	@Test
	void whenItAnswersThenIsTrusted() {
		answerFor(Duration.ofMinutes(1));
		assertThat(this.trust.isInDoubt()).isFalse();
		assertThat(this.trust.isSilent()).isFalse();
	}

	@Test
	void ageIsTheTimeSinceTheLastAnswer() {
		pass(Duration.ofSeconds(3));
		assertThat(this.trust.age()).isEqualTo(Duration.ofSeconds(3));
		answer();
		assertThat(this.trust.age()).isZero();
	}

	@Test
	void whenItDoesNotAnswerForMoreThanHalfATtlThenIsInDoubt() {
		pass(TTL.dividedBy(2));
		assertThat(this.trust.isInDoubt()).isFalse();
		pass(Duration.ofNanos(1));
		assertThat(this.trust.isInDoubt()).isTrue();
		assertThat(this.trust.isSilent()).isTrue();
	}

	@Test
	void whenItAnswersAgainThenIsInDoubtForOneTtlMore() {
		pass(TTL);
		answer();
		assertThat(this.trust.isSilent()).isFalse();
		answerFor(TTL.minusSeconds(1));
		assertThat(this.trust.isInDoubt()).isTrue();
		assertThat(this.trust.doubtNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
		answerFor(Duration.ofSeconds(1));
		assertThat(this.trust.isInDoubt()).isFalse();
		assertThat(this.trust.doubtNanos()).isZero();
	}

	@Test
	void whenItFallsSilentAgainThenTheTtlBeginsAnew() {
		pass(TTL);
		answer();
		pass(TTL);
		assertThat(this.trust.isInDoubt()).isTrue();
		answer();
		answerFor(TTL.minusSeconds(1));
		assertThat(this.trust.isInDoubt()).isTrue();
	}

	@Test
	void whenOneRecordVanishesThenIsTrusted() {
		this.trust.vanished(0, 0);
		assertThat(this.trust.isInDoubt()).isFalse();
	}

	@Test
	void whenTwoOfSixVanishThenIsInDoubtForOneTtl() {
		this.trust.vanished(0, 5);
		assertThat(this.trust.isInDoubt()).isFalse();
		this.trust.vanished(0, 4);
		assertThat(this.trust.isInDoubt()).isTrue();
		answerFor(TTL);
		assertThat(this.trust.isInDoubt()).isFalse();
	}

	@Test
	void whenThreeOfTenVanishThenIsTrustedAndWithTheFourthItIsNot() {
		this.trust.vanished(0, 9);
		this.trust.vanished(0, 8);
		this.trust.vanished(0, 7);
		assertThat(this.trust.isInDoubt()).isFalse();
		this.trust.vanished(0, 6);
		assertThat(this.trust.isInDoubt()).isTrue();
	}

	@Test
	void thoseOfWhichItIsNotKnownYetWhyTheyHaveGoneCountAsVanished() {
		this.trust.vanished(1, 4);
		assertThat(this.trust.isInDoubt()).isTrue();
	}

	@Test
	void whenTheyVanishMoreThanOneTtlApartThenIsTrusted() {
		this.trust.vanished(0, 2);
		answerFor(TTL.plusMillis(1));
		this.trust.vanished(0, 1);
		assertThat(this.trust.isInDoubt()).isFalse();
	}

	@Test
	void whenOthersAreAnsweredThenOneThatFollowsIsTrustedToo() {
		answer();
		for (int i = 0; i < 10; i++) {
			pass(TTL.dividedBy(3));
			this.registry.answered();
			assertThat(this.trust.isSilent()).isFalse();
			assertThat(this.trust.isInDoubt()).isFalse();
			assertThat(this.trust.age()).isZero();
		}
	}

	@Test
	void whenOthersAreAnsweredAndOneCannotFollowThenThatOneIsSilentAndInDoubtForOneTtlAfterwards() {
		answer();
		this.trust.broken();
		RegistryTrust other = new RegistryTrust(this.registry, () -> this.now);
		other.answered();
		for (int i = 0; i < 3; i++) {
			pass(TTL.dividedBy(3));
			this.registry.answered();
		}
		assertThat(this.trust.isSilent()).isTrue();
		assertThat(this.trust.age()).isEqualTo(TTL.dividedBy(3).multipliedBy(3));
		assertThat(other.isSilent()).isFalse();
		this.trust.answered();
		assertThat(this.trust.isSilent()).isFalse();
		assertThat(this.trust.doubtNanos()).isEqualTo(TTL.toNanos());
		assertThat(other.isInDoubt()).isFalse();
	}

	@Test
	void whenTheFirstIsAnsweredAfterASilenceThenTheOthersAreInDoubtToo() {
		answer();
		RegistryTrust other = new RegistryTrust(this.registry, () -> this.now);
		other.answered();
		pass(TTL);
		this.registry.answered();
		other.answered();
		assertThat(this.trust.isSilent()).isFalse();
		assertThat(this.trust.doubtNanos()).isEqualTo(TTL.toNanos());
	}

	@Test
	void whenManyRecordsOfOneVanishThenTheOthersAreNotInDoubt() {
		RegistryTrust other = new RegistryTrust(this.registry, () -> this.now);
		this.trust.vanished(1, 1);
		assertThat(this.trust.isInDoubt()).isTrue();
		assertThat(other.isInDoubt()).isFalse();
	}

	@Test
	void whenNobodyWatchedThenThatTheRegistryWasNotHeardOfDoesNotCount() {
		this.registry.opened(this.trust);
		this.registry.closed(this.trust);
		pass(TTL.multipliedBy(10));
		RegistryTrust later = new RegistryTrust(this.registry, () -> this.now);
		this.registry.opened(later);
		this.registry.answered();
		later.answered();
		assertThat(later.isInDoubt()).isFalse();
	}

	@Test
	void whenAnotherBeginsToWatchThenASilenceStillCounts() {
		this.registry.opened(this.trust);
		answer();
		pass(TTL);
		this.registry.opened(this);
		assertThat(this.registry.isSilent()).isTrue();
	}

	private void answer() {
		this.registry.answered();
		this.trust.answered();
	}

	private void answerFor(Duration time) {
		Duration step = TTL.dividedBy(5);
		Duration left = time;
		while (left.compareTo(step) > 0) {
			pass(step);
			answer();
			left = left.minus(step);
		}
		pass(left);
		answer();
	}

	private void pass(Duration time) {
		this.now += time.toNanos();
	}

}
