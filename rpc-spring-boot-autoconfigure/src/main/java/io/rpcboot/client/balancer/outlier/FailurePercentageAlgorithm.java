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
 * Finds instances most of whose calls fail, whatever the others do: the failure
 * percentage algorithm of gRFC A50. Linear in the number of instances.
 */
final class FailurePercentageAlgorithm {

	private final OutlierSettings.FailurePercentage settings;

	FailurePercentageAlgorithm(OutlierSettings.FailurePercentage settings) {
		this.settings = settings;
	}

	/**
	 * Finds the suspects of the last interval.
	 * @param inService the instances of the set that are not ejected
	 * @param known the size of the set
	 */
	List<Suspect> suspects(List<TrackedInstance> inService, int known) {
		if (known < this.settings.minimumHosts()) {
			return List.of();
		}
		return inService.stream().filter((instance) -> isOutlier(instance.tally())).map(this::suspect).toList();
	}

	private boolean isOutlier(Tally tally) {
		return tally.calls() >= this.settings.requestVolume() && tally.failurePercentage() > this.settings.threshold();
	}

	private Suspect suspect(TrackedInstance instance) {
		Tally tally = instance.tally();
		return new Suspect(instance, tally.failurePercentage(), "failure percentage "
				+ Suspect.percent(tally.failurePercentage()) + " (threshold " + this.settings.threshold() + " %)");
	}

}
