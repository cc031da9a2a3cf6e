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
import java.util.ArrayList;
import java.util.List;

import io.rpcboot.client.balancer.policy.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long ejections last, and what makes the next one longer or shorter.
 */
class EjectionTimeTests {

	private final Cluster cluster = new Cluster(3);

	@Test
	void whenItsTimeIsOverThenTheNextSweepEndsIt() {
		eject(this.cluster, 5);
		this.cluster.advance(29);
		assertThat(this.cluster.detector.sweep()).isFalse();
		assertThat(this.cluster.ejection(0).remaining()).hasSeconds(1);
		this.cluster.advance(3);
		assertThat(this.cluster.ejection(0).remaining()).isZero();
		assertThat(this.cluster.detector.isEjected("i00")).isTrue();
		assertThat(this.cluster.detector.sweep()).isTrue();
		assertThat(this.cluster.detector.isEjected("i00")).isFalse();
		assertThat(this.cluster.ejected()).isEmpty();
	}

	@Test
	void whenItFailsAgainThenTheTimeGrowsByTheBaseUpToTheMaximum() {
		List<Long> seconds = new ArrayList<>();
		eject(this.cluster, 5);
		for (int i = 0; i < 12; i++) {
			seconds.add(this.cluster.ejection(0).remaining().toSeconds());
			serveTime(this.cluster);
			eject(this.cluster, 2);
		}
		assertThat(seconds).containsExactly(30L, 60L, 90L, 120L, 150L, 180L, 210L, 240L, 270L, 300L, 300L, 300L);
		assertThat(this.cluster.ejection(0).times()).isEqualTo(13);
	}

	@ParameterizedTest
	@CsvSource({ "20, 50, 20 40 50 50", "70, 60, 70 70 70 70" })
	void whenTheBaseDoesNotFitTheMaximumThenTheLargerOfThemEndsTheGrowth(long base, long max, String seconds) {
		OutlierSettings settings = new OutlierSettings(Duration.ofSeconds(10), Duration.ofSeconds(base),
				Duration.ofSeconds(max), 10, OutlierSettings.DEFAULTS.successRate(),
				OutlierSettings.DEFAULTS.failurePercentage(), 5, 50);
		Cluster two = new Cluster(2, settings);
		int failures = 5;
		for (String expected : seconds.split(" ")) {
			eject(two, failures);
			assertThat(two.ejection(0).remaining()).hasSeconds(Long.parseLong(expected));
			serveTime(two);
			failures = 2;
		}
	}

	@Test
	void whenItAnswersOnceThenTheTrialIsOver() {
		eject(this.cluster, 5);
		serveTime(this.cluster);
		this.cluster.record(0, Outcome.ANSWER);
		assertThat(this.cluster.fail(0, 4)).isFalse();
		assertThat(this.cluster.detector.look()).isFalse();
		eject(this.cluster, 1);
		assertThat(this.cluster.ejection(0).remaining()).hasSeconds(60);
	}

	@Test
	void whenFailuresCameDuringTheEjectionThenTheyAreForgotten() {
		eject(this.cluster, 5);
		this.cluster.fail(0, 20);
		serveTime(this.cluster);
		assertThat(this.cluster.detector.look()).isFalse();
		this.cluster.fail(0, 1);
		assertThat(this.cluster.detector.look()).isFalse();
	}

	@Test
	void eachIntervalInServiceTakesOneFromTheMultiplier() {
		timesEjected(4);
		this.cluster.record(0, Outcome.ANSWER);
		this.cluster.sweep();
		this.cluster.sweep();
		eject(this.cluster, 5);
		assertThat(this.cluster.ejection(0).remaining()).hasSeconds(90);
	}

	@Test
	void whenLongInServiceThenItBeginsAtTheBaseAgain() {
		timesEjected(20);
		this.cluster.record(0, Outcome.ANSWER);
		for (int interval = 0; interval < 10; interval++) {
			this.cluster.sweep();
		}
		eject(this.cluster, 5);
		assertThat(this.cluster.ejection(0).remaining()).hasSeconds(30);
	}

	@Test
	void whenItHasNotAnsweredSinceThenIntervalsForgiveNothing() {
		timesEjected(2);
		for (int interval = 0; interval < 10; interval++) {
			this.cluster.record(0, Outcome.REFUSAL);
			this.cluster.sweep();
		}
		eject(this.cluster, 2);
		assertThat(this.cluster.ejection(0).remaining()).hasSeconds(90);
	}

	@Test
	void whenOnlyTheWantOfRoomKeepsItInServiceThenIntervalsForgiveNothing() {
		timesEjected(2);
		this.cluster.record(0, Outcome.ANSWER);
		this.cluster.fail(1, 6);
		this.cluster.detector.look();
		this.cluster.fail(0, 5);
		this.cluster.sweep();
		this.cluster.sweep();
		this.cluster.sweep();
		assertThat(this.cluster.ejected()).containsExactly("i00");
		assertThat(this.cluster.ejection(0).remaining()).hasSeconds(90);
	}

	private void timesEjected(int times) {
		eject(this.cluster, 5);
		serveTime(this.cluster);
		for (int i = 1; i < times; i++) {
			eject(this.cluster, 2);
			serveTime(this.cluster);
		}
	}

	private static void eject(Cluster cluster, int failures) {
		assertThat(cluster.fail(0, failures)).isTrue();
		assertThat(cluster.detector.look()).isTrue();
		assertThat(cluster.ejected()).containsExactly("i00");
	}

	private static void serveTime(Cluster cluster) {
		cluster.advance(cluster.ejection(0).remaining().toSeconds());
		assertThat(cluster.detector.sweep()).isTrue();
		assertThat(cluster.ejected()).isEmpty();
	}

}
