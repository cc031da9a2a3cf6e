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

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the detector remembers as the set changes: {@link OutlierDetector#retain}.
 */
class InstanceSetTests {

	private final Cluster cluster = new Cluster(3);

	private final OutlierDetector detector = this.cluster.detector;

	@Test
	void whenInTheSetThenTheRecorderStaysTheSame() {
		InstanceOutcomes outcomes = this.detector.outcomes("i00");
		this.cluster.advance(3600);
		this.detector.sweep();
		this.cluster.resize(3);
		assertThat(this.detector.outcomes("i00")).isSameAs(outcomes);
	}

	@Test
	void whenAwayForLessThanAMinuteThenNothingIsForgotten() {
		InstanceOutcomes outcomes = this.detector.outcomes("i02");
		this.cluster.fail(2, 4);
		this.cluster.resize(2);
		this.cluster.advance(59);
		this.detector.sweep();
		assertThat(this.detector.outcomes("i02")).isSameAs(outcomes);
		this.cluster.resize(3);
		this.cluster.advance(3600);
		assertThat(this.cluster.fail(2, 1)).isTrue();
		assertThat(this.detector.look()).isTrue();
	}

	@Test
	void whenAwayForAMinuteThenAllIsForgotten() {
		InstanceOutcomes outcomes = this.detector.outcomes("i02");
		this.cluster.fail(2, 5);
		this.detector.look();
		this.cluster.resize(2);
		this.cluster.advance(60);
		assertThat(this.detector.outcomes("i02")).isNotSameAs(outcomes);
		this.cluster.resize(3);
		assertThat(this.detector.isEjected("i02")).isFalse();
	}

	@Test
	void whenAskedBeforeItIsInTheSetThenTheRecorderIsKept() {
		InstanceOutcomes outcomes = this.detector.outcomes("new");
		this.cluster.advance(59);
		this.detector.sweep();
		this.detector.retain(List.of("i00", "new"));
		assertThat(this.detector.outcomes("new")).isSameAs(outcomes);
	}

	@Test
	void whenAnEjectedOneComesBackBeforeItsTimeIsOverThenItIsStillEjected() {
		this.cluster.fail(2, 5);
		this.detector.look();
		this.cluster.resize(2);
		assertThat(this.cluster.ejected()).isEmpty();
		this.cluster.advance(10);
		this.cluster.resize(3);
		assertThat(this.detector.isEjected("i02")).isTrue();
		assertThat(this.cluster.ejection(2).remaining()).hasSeconds(20);
	}

	@Test
	void whenItComesBackAfterItsTimeThenItIsOnTrial() {
		this.cluster.fail(2, 5);
		this.detector.look();
		this.cluster.resize(2);
		this.cluster.advance(30);
		this.cluster.resize(3);
		assertThat(this.detector.isEjected("i02")).isFalse();
		this.cluster.fail(2, 2);
		assertThat(this.detector.look()).isTrue();
		assertThat(this.cluster.ejection(2).remaining()).hasSeconds(60);
	}

	@Test
	void whenOneThatIsAwayFailsThenNobodyIsEjected() {
		this.cluster.resize(2);
		assertThat(this.cluster.fail(2, 5)).isTrue();
		assertThat(this.detector.look()).isFalse();
		assertThat(this.cluster.sweep()).isFalse();
	}

	@Test
	void whenTheSetShrinksThenThoseWhoseTimeEndsFirstReturn() {
		this.cluster.resize(20);
		this.cluster.fail(1, 5);
		this.detector.look();
		this.cluster.advance(5);
		this.cluster.fail(0, 5);
		this.detector.look();
		assertThat(this.cluster.ejected()).containsExactly("i00", "i01");
		this.cluster.resize(19);
		assertThat(this.cluster.ejected()).containsExactly("i00");
		this.cluster.resize(1);
		assertThat(this.cluster.ejected()).isEmpty();
	}

	@Test
	void whenTheSetIsEmptyThenNothingHappens() {
		this.cluster.fail(0, 5);
		this.detector.retain(List.of());
		assertThat(this.detector.look()).isFalse();
		assertThat(this.detector.sweep()).isFalse();
		assertThat(this.detector.ejections()).isEmpty();
		assertThat(this.detector.isEjected("nobody")).isFalse();
	}

}
