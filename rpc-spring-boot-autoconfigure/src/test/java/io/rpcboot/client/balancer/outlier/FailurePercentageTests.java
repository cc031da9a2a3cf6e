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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The failure percentage algorithm of gRFC A50, with the other ways to be ejected
 * switched off.
 */
class FailurePercentageTests {

	private static final OutlierSettings.SuccessRate NO_RATE = new OutlierSettings.SuccessRate(1.9, 5, 100, 0);

	@ParameterizedTest
	@CsvSource({ "85, 15, false", "86, 14, true", "100, 0, true" })
	void whenMoreThanTheThresholdFailsThenItIsEjected(int failures, int answers, boolean ejected) {
		Cluster cluster = cluster(5, OutlierSettings.DEFAULTS.failurePercentage());
		cluster.calls(3, failures, answers);
		assertThat(cluster.sweep()).isEqualTo(ejected);
	}

	@Test
	void whenEjectedThenTheReasonHasItsNumbers() {
		Cluster cluster = cluster(5, OutlierSettings.DEFAULTS.failurePercentage());
		cluster.calls(3, 67, 5);
		cluster.sweep();
		assertThat(cluster.ejection(3).reason()).isEqualTo("failure percentage 93.1 % (threshold 85 %)");
	}

	@ParameterizedTest
	@CsvSource({ "4, false", "5, true" })
	void whenTheSetIsSmallerThanTheMinimumThenNobodyIsJudged(int size, boolean ejected) {
		Cluster cluster = cluster(size, OutlierSettings.DEFAULTS.failurePercentage());
		cluster.calls(3, 100, 0);
		assertThat(cluster.sweep()).isEqualTo(ejected);
	}

	@ParameterizedTest
	@CsvSource({ "49, false", "50, true" })
	void whenAnInstanceHasLessThanTheVolumeThenItIsNotJudged(int calls, boolean ejected) {
		Cluster cluster = cluster(5, OutlierSettings.DEFAULTS.failurePercentage());
		cluster.calls(3, calls, 0);
		assertThat(cluster.sweep()).isEqualTo(ejected);
	}

	@Test
	void whenAllFailThenATenthIsEjectedTheWorstFirst() {
		Cluster cluster = cluster(20, OutlierSettings.DEFAULTS.failurePercentage());
		for (int index = 0; index < 20; index++) {
			cluster.calls(index, 90 + ((index * 7) % 20) / 2, 10);
		}
		cluster.calls(4, 500, 0);
		cluster.calls(13, 500, 0);
		assertThat(cluster.sweep()).isTrue();
		assertThat(cluster.ejected()).containsExactly("i04", "i13");
	}

	@ParameterizedTest
	@CsvSource({ "0, 0, false", "30, 29, true", "30, 30, false" })
	void whenEnforcementIsPartialThenChanceDecides(int enforcement, int drawn, boolean ejected) {
		Cluster cluster = new Cluster(5,
				Cluster.with(NO_RATE, new OutlierSettings.FailurePercentage(85, 5, 50, enforcement), 10, 0),
				(bound) -> drawn);
		cluster.calls(3, 100, 0);
		assertThat(cluster.sweep()).isEqualTo(ejected);
	}

	@Test
	void whenBothAlgorithmsFindAnInstanceThenItIsEjectedOnce() {
		Cluster cluster = new Cluster(20);
		for (int index = 1; index < 20; index++) {
			cluster.calls(index, 0, 100);
		}
		cluster.calls(0, 100, 0);
		cluster.sweep();
		assertThat(cluster.ejection(0).times()).isEqualTo(1);
		assertThat(cluster.ejection(0).reason()).startsWith("success rate");
		assertThat(cluster.ejection(0).remaining()).hasSeconds(30);
	}

	private static Cluster cluster(int size, OutlierSettings.FailurePercentage settings) {
		return new Cluster(size, Cluster.with(NO_RATE, settings, 10, 0));
	}

}
