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

package io.rpcboot.client.balancer.policy;

/**
 * How often each candidate was selected, and whether that fits what theory expects.
 */
final class Distribution {

	private Distribution() {
	}

	static int[] count(InstanceSelector selector, int size, int selections) {
		int[] counts = new int[size];
		for (int i = 0; i < selections; i++) {
			counts[selector.select(PickHints.NONE)]++;
		}
		return counts;
	}

	/**
	 * Returns Pearson's statistic divided by its bound: above 1 with a probability of
	 * about 1 in 1000 if the counts come from the shares. The bound is Wilson and
	 * Hilferty's approximation of the quantile.
	 */
	static double chiSquareOfBound(int[] counts, double... shares) {
		double sum = 0;
		double all = 0;
		int total = 0;
		for (int i = 0; i < counts.length; i++) {
			sum += shares[i];
			total += counts[i];
		}
		for (int i = 0; i < counts.length; i++) {
			double expected = total * shares[i] / sum;
			all += (counts[i] - expected) * (counts[i] - expected) / expected;
		}
		double free = counts.length - 1;
		double quantile = free * Math.pow(1 - 2 / (9 * free) + 3.09 * Math.sqrt(2 / (9 * free)), 3);
		return all / quantile;
	}

}
