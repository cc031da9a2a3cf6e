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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs of failures and how many may be ejected: {@link OutlierDetector#look()}.
 */
class ConsecutiveFailuresTests {

	@ParameterizedTest
	@CsvSource({ "1, 0", "2, 1", "3, 1", "10, 1", "19, 1", "20, 2", "35, 3" })
	void whenAllFailThenATenthButAtLeastOneAndNeverAllAreEjected(int size, int ejected) {
		Cluster cluster = new Cluster(size);
		for (int index = 0; index < size; index++) {
			assertThat(cluster.fail(index, 5)).isTrue();
		}
		assertThat(cluster.detector.look()).isEqualTo(ejected > 0);
		assertThat(cluster.ejected()).hasSize(ejected);
		assertThat(cluster.sweep()).isFalse();
		assertThat(cluster.ejected()).hasSize(ejected);
	}

	@Test
	void whenAllMayBeEjectedThenOneStays() {
		Cluster cluster = new Cluster(4, Cluster.with(Cluster.DEFAULTS.successRate(),
				Cluster.DEFAULTS.failurePercentage(), 100, Cluster.DEFAULTS.consecutiveFailures()));
		for (int index = 0; index < 4; index++) {
			cluster.fail(index, 5 + index);
		}
		assertThat(cluster.detector.look()).isTrue();
		assertThat(cluster.ejected()).containsExactly("i01", "i02", "i03");
	}

	@Test
	void whenOneOfTwoFailsFiveTimesInARowThenItIsEjectedAtOnce() {
		Cluster cluster = new Cluster(2);
		cluster.fail(1, 4);
		assertThat(cluster.detector.look()).isFalse();
		assertThat(cluster.detector.isEjected("i01")).isFalse();
		cluster.fail(1, 1);
		assertThat(cluster.detector.look()).isTrue();
		assertThat(cluster.detector.isEjected("i01")).isTrue();
		assertThat(cluster.detector.isEjected("i00")).isFalse();
		assertThat(cluster.ejection(1))
			.hasToString("Ejection[reason=5 consecutive failures, remaining=PT30S, times=1]");
		assertThat(cluster.detector.look()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(value = Outcome.class, mode = EnumSource.Mode.EXCLUDE, names = "FAILURE")
	void whenAnInstanceAnswersErrorsOrRefusesThenItIsNeverEjected(Outcome harmless) {
		Cluster cluster = new Cluster(10);
		for (int index = 1; index < 10; index++) {
			cluster.calls(index, 0, 200);
		}
		for (int i = 0; i < 1000; i++) {
			assertThat(cluster.record(0, harmless)).isFalse();
		}
		assertThat(cluster.detector.look()).isFalse();
		assertThat(cluster.sweep()).isFalse();
		assertThat(cluster.ejected()).isEmpty();
	}

	@Test
	void whenThereIsRoomForOneThenTheLongestRunIsEjected() {
		Cluster cluster = new Cluster(10);
		cluster.fail(2, 5);
		cluster.fail(7, 6);
		cluster.detector.look();
		assertThat(cluster.ejected()).containsExactly("i07");
		assertThat(cluster.ejection(7).reason()).isEqualTo("6 consecutive failures");
	}

	@Test
	void whenRoomIsMadeThenTheSweepEjectsWhoHadToWait() {
		Cluster cluster = new Cluster(10);
		cluster.fail(7, 6);
		cluster.detector.look();
		cluster.fail(2, 5);
		assertThat(cluster.detector.look()).isFalse();
		cluster.sweep();
		cluster.sweep();
		assertThat(cluster.ejected()).containsExactly("i07");
		assertThat(cluster.sweep()).isTrue();
		assertThat(cluster.ejected()).containsExactly("i02");
	}

	@Test
	void whenSwitchedOffThenNoRunEjects() {
		Cluster cluster = new Cluster(2,
				Cluster.with(Cluster.DEFAULTS.successRate(), Cluster.DEFAULTS.failurePercentage(), 10, 0));
		assertThat(cluster.fail(0, 1000)).isFalse();
		assertThat(cluster.detector.look()).isFalse();
		assertThat(cluster.sweep()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "0, 0, 50, false", "1, 2, 50, false", "1, 3, 50, true", "0, 1, 50, true", "49, 100, 50, true",
			"50, 100, 50, false", "0, 5, 0, false", "4, 5, 100, true", "5, 5, 100, false",
			"1073741823, 2147483647, 50, true", "1073741824, 2147483647, 50, false" })
	void panicIsWhenFewerThanTheShareAreUsable(int usable, int known, int percent, boolean panic) {
		assertThat(OutlierDetector.isPanic(usable, known, percent)).isEqualTo(panic);
	}

}
