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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.rpcboot.client.balancer.policy.Outcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What always holds for {@link OutlierDetector}, over random input.
 */
class OutlierDetectorPropertyTests {

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void whateverHappensTheLimitHoldsAndChangesAreTold(long seed) {
		Random random = new Random(seed);
		OutlierSettings settings = Cluster.with(new OutlierSettings.SuccessRate(1, 3, 10, 80),
				new OutlierSettings.FailurePercentage(50, 3, 10, 80), 30, 4);
		Cluster cluster = new Cluster(10, settings, random::nextInt);
		int size = 10;
		Set<String> seen = new HashSet<>();
		for (int step = 0; step < 8_000; step++) {
			Set<String> before = Set.copyOf(cluster.ejected());
			switch (random.nextInt(20)) {
				case 0 -> {
					size = random.nextInt(16);
					cluster.resize(size);
				}
				case 1 -> assertTold(cluster, before, cluster.sweep());
				case 2, 3 -> assertTold(cluster, before, cluster.detector.look());
				case 4 -> cluster.advance(random.nextInt(5));
				default -> calls(cluster, random);
			}
			assertLimit(cluster, size);
			seen.addAll(cluster.ejected());
		}
		assertThat(seen).as("the run is not idle").hasSizeGreaterThan(5);
	}

	private static void calls(Cluster cluster, Random random) {
		int index = random.nextInt(16);
		// The higher the index, the worse.
		for (int call = 0; call < 20; call++) {
			cluster.record(index, (random.nextInt(20) < index) ? Outcome.FAILURE : Outcome.ANSWER);
		}
	}

	private static void assertTold(Cluster cluster, Set<String> before, boolean changed) {
		if (!changed) {
			assertThat(cluster.ejected()).containsExactlyInAnyOrderElementsOf(before);
		}
		else {
			assertThat(Set.copyOf(cluster.ejected())).isNotEqualTo(before);
		}
	}

	private static void assertLimit(Cluster cluster, int size) {
		int most = Math.max(0, Math.min(size - 1, Math.max(1, size * 30 / 100)));
		Set<String> set = IntStream.range(0, size).mapToObj(Cluster::id).collect(Collectors.toSet());
		assertThat(cluster.ejected()).hasSizeLessThanOrEqualTo(most)
			.isSubsetOf(set)
			.allMatch(cluster.detector::isEjected);
		assertThat(set.stream().filter(cluster.detector::isEjected)).hasSameSizeAs(cluster.ejected());
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void oneIntervalAgreesWithTheTextOfA50(long seed) {
		Random random = new Random(seed);
		int ejections = 0;
		for (int round = 0; round < 400; round++) {
			Cluster cluster = new Cluster(12, Cluster.with(new OutlierSettings.SuccessRate(1.5, 5, 100, 100),
					new OutlierSettings.FailurePercentage(60, 5, 50, 100), 100, 0));
			Map<Integer, int[]> calls = new HashMap<>();
			for (int index = 0; index < 12; index++) {
				int volume = random.nextInt(10, 400);
				// Differences that chance does not explain, so that A50 alone decides.
				int failures = (int) (volume * List.of(0.0, 0.05, 0.5, 0.9).get(random.nextInt(4)));
				calls.put(index, new int[] { failures, volume });
				cluster.calls(index, failures, volume - failures);
			}
			cluster.sweep();
			assertThat(cluster.ejected()).as("round %d", round).isEqualTo(naive(calls));
			ejections += cluster.ejected().size();
		}
		assertThat(ejections).as("the run is not idle").isGreaterThan(100);
	}

	/**
	 * A50 as it is written, without the maximum.
	 */
	private static List<String> naive(Map<Integer, int[]> calls) {
		List<String> ejected = new ArrayList<>();
		List<int[]> judged = calls.values().stream().filter((call) -> call[1] >= 100).toList();
		double mean = 0;
		for (int[] call : judged) {
			mean += (double) (call[1] - call[0]) / call[1] / judged.size();
		}
		double variance = 0;
		for (int[] call : judged) {
			double difference = (double) (call[1] - call[0]) / call[1] - mean;
			variance += difference * difference / judged.size();
		}
		double required = mean - 1.5 * Math.sqrt(variance);
		for (int index = 0; index < 12; index++) {
			int[] call = calls.get(index);
			boolean byRate = judged.size() >= 5 && call[1] >= 100 && (double) (call[1] - call[0]) / call[1] < required;
			boolean byPercentage = call[1] >= 50 && call[0] * 100 > 60 * call[1];
			if (byRate || byPercentage) {
				ejected.add(Cluster.id(index));
			}
		}
		return ejected;
	}

}
