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

/**
 * Finds instances whose success rate lies too far below the mean of all: the success rate
 * algorithm of gRFC A50, after Envoy's. Linear in the number of instances.
 * <p>
 * A50 alone takes chance for an outlier: among five instances the one with the only
 * failure lies two standard deviations out, and among ten that are equally good somebody
 * is beyond 1.9 in one interval of some. So a suspect must also have failed a few times,
 * and more often than chance explains at its number of calls.
 */
final class SuccessRateAlgorithm {

	/** Fewer failures in an interval are no evidence. */
	static final int MINIMUM_FAILURES = 5;

	/**
	 * How many standard deviations of a binomial count chance may explain: with ten
	 * instances and a sweep each 10 s, about one mistake an hour.
	 */
	static final double CHANCE_FACTOR = 4;

	private final OutlierSettings.SuccessRate settings;

	SuccessRateAlgorithm(OutlierSettings.SuccessRate settings) {
		this.settings = settings;
	}

	/**
	 * Finds the suspects of the last interval.
	 * @param inService the instances of the set that are not ejected
	 */
	List<Suspect> suspects(List<TrackedInstance> inService) {
		List<TrackedInstance> judged = inService.stream()
			.filter((instance) -> instance.tally().calls() >= this.settings.requestVolume())
			.toList();
		if (judged.size() < this.settings.minimumHosts()) {
			return List.of();
		}
		double mean = judged.stream().mapToDouble((instance) -> instance.tally().successRate()).average().orElse(1);
		double variance = judged.stream()
			.mapToDouble((instance) -> Math.pow(instance.tally().successRate() - mean, 2))
			.average()
			.orElse(0);
		double distance = this.settings.stdevFactor() * Math.sqrt(variance);
		return judged.stream()
			.filter((instance) -> isOutlier(instance.tally(), mean, distance))
			.map((instance) -> suspect(instance, mean, required(instance.tally(), mean, distance)))
			.toList();
	}

	private static boolean isOutlier(Tally tally, double mean, double distance) {
		return tally.failures() >= MINIMUM_FAILURES && tally.successRate() < required(tally, mean, distance);
	}

	private static double required(Tally tally, double mean, double distance) {
		// Not below 0: the mean of ones may come out a little above 1.
		double variance = Math.max(0, mean * (1 - mean)) / tally.calls();
		return mean - Math.max(distance, CHANCE_FACTOR * Math.sqrt(variance));
	}

	private static Suspect suspect(TrackedInstance instance, double mean, double required) {
		double rate = instance.tally().successRate();
		return new Suspect(instance, -rate, "success rate " + Suspect.percent(100 * rate) + " (mean "
				+ Suspect.percent(100 * mean) + ", required " + Suspect.percent(100 * required) + ")");
	}

}
