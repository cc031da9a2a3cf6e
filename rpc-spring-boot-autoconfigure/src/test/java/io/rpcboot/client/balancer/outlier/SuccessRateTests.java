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

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The success rate algorithm of gRFC A50, with the other ways to be ejected switched off.
 */
class SuccessRateTests {

	private static final OutlierSettings.FailurePercentage NO_PERCENTAGE = new OutlierSettings.FailurePercentage(85, 5,
			50, 0);

	@Test
	void whenOneIsFarBelowTheMeanThenItIsEjectedWithItsNumbers() {
		Cluster cluster = cluster(5, OutlierSettings.DEFAULTS.successRate());
		othersAnswer(cluster, 5, 100);
		cluster.calls(0, 60, 40);
		assertThat(cluster.sweep()).isTrue();
		assertThat(cluster.ejected()).containsExactly("i00");
		assertThat(cluster.ejection(0).reason()).isEqualTo("success rate 40 % (mean 88 %, required 42.4 %)");
	}

	@ParameterizedTest
	@CsvSource({ "5, true", "4, false" })
	void whenFewerThanTheMinimumHaveVolumeThenNobodyIsJudged(int withVolume, boolean ejected) {
		Cluster cluster = cluster(8, OutlierSettings.DEFAULTS.successRate());
		othersAnswer(cluster, withVolume, 100);
		for (int index = withVolume; index < 8; index++) {
			cluster.calls(index, 0, 99);
		}
		cluster.calls(0, 60, 40);
		assertThat(cluster.sweep()).isEqualTo(ejected);
	}

	@ParameterizedTest
	@CsvSource({ "100, true", "99, false" })
	void whenAnInstanceHasLessThanTheVolumeThenItIsNotJudged(int calls, boolean ejected) {
		Cluster cluster = cluster(10, OutlierSettings.DEFAULTS.successRate());
		othersAnswer(cluster, 10, 100);
		cluster.calls(0, 60, calls - 60);
		assertThat(cluster.sweep()).isEqualTo(ejected);
	}

	@ParameterizedTest
	@CsvSource({ "1.9, true", "2.1, false" })
	void whenTheFactorIsBeyondWhatOneOfFiveCanReachThenNobodyIsEjected(double factor, boolean ejected) {
		// One of n instances lies at most sqrt(n - 1) standard deviations from the mean.
		Cluster cluster = cluster(5, new OutlierSettings.SuccessRate(factor, 5, 100, 100));
		othersAnswer(cluster, 5, 100);
		cluster.calls(0, 60, 40);
		assertThat(cluster.sweep()).isEqualTo(ejected);
	}

	@Test
	void whenAllAreEquallyBadThenNobodyIsEjected() {
		Cluster cluster = cluster(10, new OutlierSettings.SuccessRate(0, 5, 100, 100));
		for (int index = 0; index < 10; index++) {
			cluster.calls(index, 70, 30);
		}
		assertThat(cluster.sweep()).isFalse();
	}

	@Test
	void whenSeveralAreOutliersThenTheWorstIsEjectedFirst() {
		Cluster cluster = cluster(19, OutlierSettings.DEFAULTS.successRate());
		othersAnswer(cluster, 19, 100);
		cluster.calls(0, 60, 40);
		cluster.calls(9, 380, 20);
		assertThat(cluster.sweep()).isTrue();
		assertThat(cluster.ejected()).containsExactly("i09");
	}

	@ParameterizedTest
	@CsvSource({ "0, 0, false", "30, 29, true", "30, 30, false", "100, 99, true" })
	void whenEnforcementIsPartialThenChanceDecides(int enforcement, int drawn, boolean ejected) {
		Cluster cluster = new Cluster(5,
				Cluster.with(new OutlierSettings.SuccessRate(1.9, 5, 100, enforcement), NO_PERCENTAGE, 10, 0),
				(bound) -> {
					assertThat(bound).isEqualTo(100);
					return drawn;
				});
		othersAnswer(cluster, 5, 100);
		cluster.calls(0, 60, 40);
		assertThat(cluster.sweep()).isEqualTo(ejected);
	}

	@Test
	void whenAnIntervalIsJudgedThenItsCallsAreNotJudgedAgain() {
		Cluster cluster = cluster(5, OutlierSettings.DEFAULTS.successRate());
		othersAnswer(cluster, 5, 100);
		cluster.calls(0, 60, 39);
		assertThat(cluster.sweep()).isFalse();
		othersAnswer(cluster, 5, 100);
		cluster.calls(0, 60, 39);
		assertThat(cluster.sweep()).isFalse();
	}

	@Test
	void whenTheWorstIsEjectedAlreadyThenItDoesNotHideTheNext() {
		Cluster cluster = cluster(20, OutlierSettings.DEFAULTS.successRate());
		othersAnswer(cluster, 20, 100);
		cluster.calls(0, 100, 0);
		cluster.sweep();
		othersAnswer(cluster, 20, 100);
		cluster.calls(0, 100, 0);
		cluster.calls(1, 30, 70);
		assertThat(cluster.sweep()).isTrue();
		assertThat(cluster.ejected()).containsExactly("i00", "i01");
		assertThat(cluster.ejection(0).times()).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource({ "5, 1, 100, false", "20, 4, 100, false", "20, 5, 100, true", "5, 12, 1000, false",
			"5, 25, 1000, true" })
	void onlyADifferenceThatChanceDoesNotExplainEjects(int size, int failures, int calls, boolean ejected) {
		Cluster cluster = cluster(size, OutlierSettings.DEFAULTS.successRate());
		for (int index = 1; index < size; index++) {
			cluster.calls(index, calls / 200, calls - calls / 200);
		}
		cluster.calls(0, failures, calls - failures);
		assertThat(cluster.sweep()).isEqualTo(ejected);
	}

	@Test
	void whenAllAreEquallyGoodThenChanceEjectsNobodyInFiftyMinutes() {
		Random random = new Random(42);
		Cluster cluster = cluster(10, OutlierSettings.DEFAULTS.successRate());
		int ejections = 0;
		for (int interval = 0; interval < 300; interval++) {
			for (int index = 0; index < 10; index++) {
				int failures = (int) random.doubles(1000).filter((call) -> call < 0.01).count();
				cluster.calls(index, failures, 1000 - failures);
			}
			cluster.sweep();
			ejections += cluster.ejected().size();
		}
		assertThat(ejections).isZero();
	}

	private static Cluster cluster(int size, OutlierSettings.SuccessRate settings) {
		return new Cluster(size, Cluster.with(settings, NO_PERCENTAGE, 10, 0));
	}

	/**
	 * Lets all but the first answer every call.
	 */
	private static void othersAnswer(Cluster cluster, int size, int calls) {
		for (int index = 1; index < size; index++) {
			if (!cluster.detector.isEjected(Cluster.id(index))) {
				cluster.calls(index, 0, calls);
			}
		}
	}

}
