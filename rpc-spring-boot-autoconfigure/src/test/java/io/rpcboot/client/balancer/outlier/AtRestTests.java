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

import io.rpcboot.client.balancer.policy.Outcome;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a detector has nothing to sweep, so that nobody need come back to it.
 */
class AtRestTests {

	private final Cluster cluster = new Cluster(3);

	@Test
	void whenNothingWasCountedThenItIsAtRest() {
		assertThat(this.cluster.detector.isAtRest()).isTrue();
		this.cluster.record(0, Outcome.NOTHING);
		assertThat(this.cluster.detector.isAtRest()).isTrue();
	}

	@Test
	void whenAnOutcomeWasCountedThenItIsAtRestAfterTheNextSweep() {
		this.cluster.record(1, Outcome.ANSWER);
		assertThat(this.cluster.detector.isAtRest()).isFalse();
		assertThat(this.cluster.sweep()).isFalse();
		assertThat(this.cluster.detector.isAtRest()).isTrue();
	}

	@Test
	void whenAnInstanceIsEjectedThenItIsNotAtRestUntilThatIsOver() {
		this.cluster.fail(0, 5);
		assertThat(this.cluster.detector.look()).isTrue();
		while (!this.cluster.ejected().isEmpty()) {
			assertThat(this.cluster.detector.isAtRest()).isFalse();
			this.cluster.sweep();
		}
		assertThat(this.cluster.detector.isAtRest()).isTrue();
	}

	@Test
	void whenAnInstanceOnTrialAnswersThenItIsNotAtRestUntilItHasLivedItsEjectionsDown() {
		for (int i = 0; i < 2; i++) {
			this.cluster.fail(0, 5);
			assertThat(this.cluster.detector.look()).isTrue();
			while (!this.cluster.ejected().isEmpty()) {
				this.cluster.sweep();
			}
		}
		assertThat(this.cluster.detector.isAtRest()).isTrue();
		this.cluster.record(0, Outcome.ANSWER);
		assertThat(this.cluster.detector.isAtRest()).isFalse();
		this.cluster.sweep();
		assertThat(this.cluster.detector.isAtRest()).isFalse();
		this.cluster.sweep();
		assertThat(this.cluster.detector.isAtRest()).isTrue();
	}

	@Test
	void whenARunOfFailuresFoundNoRoomThenItIsNotAtRest() {
		this.cluster.resize(1);
		this.cluster.advance(60);
		this.cluster.fail(0, 5);
		assertThat(this.cluster.sweep()).isFalse();
		assertThat(this.cluster.detector.isAtRest()).isFalse();
	}

	@Test
	void whenAnInstanceHasLeftThenItIsNotAtRestUntilItIsForgotten() {
		this.cluster.resize(2);
		for (int i = 0; i < 5; i++) {
			this.cluster.sweep();
			assertThat(this.cluster.detector.isAtRest()).isFalse();
		}
		this.cluster.sweep();
		assertThat(this.cluster.detector.isAtRest()).isTrue();
	}

}
