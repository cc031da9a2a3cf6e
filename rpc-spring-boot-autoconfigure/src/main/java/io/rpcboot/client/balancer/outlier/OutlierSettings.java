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

/**
 * When an instance is ejected, and for how long. Names and defaults are those of gRFC
 * A50, where it has them.
 *
 * @param interval how often the counts are judged, from more than 0 to 1 h; 10 s by
 * default
 * @param baseEjectionTime how long the first ejection lasts, from more than 0 to 24 h; 30
 * s by default
 * @param maxEjectionTime the longest an ejection lasts, unless {@code baseEjectionTime}
 * is longer, from more than 0 to 24 h; 300 s by default
 * @param maxEjectionPercent the largest share of the set that is ejected at a time, from
 * 1 to 100; one instance may always be ejected, but never all; 10 by default
 * @param successRate when an instance differs too much from the others
 * @param failurePercentage when an instance is bad whatever the others are
 * @param consecutiveFailures the run of failures that ejects at once, whatever the others
 * are, 1 or more, or 0 for never; 5 by default
 * @param panicPercent the share of usable instances, from 0 to 100, below which callers
 * disregard ejections; 0 for never; 50 by default
 */
public record OutlierSettings(Duration interval, Duration baseEjectionTime, Duration maxEjectionTime,
		int maxEjectionPercent, SuccessRate successRate, FailurePercentage failurePercentage, int consecutiveFailures,
		int panicPercent) {

	/** Every default. */
	public static final OutlierSettings DEFAULTS = new OutlierSettings(Duration.ofSeconds(10), Duration.ofSeconds(30),
			Duration.ofSeconds(300), 10, new SuccessRate(1.9, 5, 100, 100), new FailurePercentage(85, 5, 50, 100), 5,
			50);

	/**
	 * Checks the values.
	 */
	public OutlierSettings {
		checkTime(interval, "interval", 1);
		checkTime(baseEjectionTime, "baseEjectionTime", 24);
		checkTime(maxEjectionTime, "maxEjectionTime", 24);
		check(maxEjectionPercent >= 1 && maxEjectionPercent <= 100, "maxEjectionPercent", maxEjectionPercent,
				"1 to 100");
		check(consecutiveFailures >= 0, "consecutiveFailures", consecutiveFailures, ">= 1, or 0 for never");
		checkPercent(panicPercent, "panicPercent");
	}

	private static void checkTime(Duration time, String name, int maxHours) {
		check(time.compareTo(Duration.ZERO) > 0 && time.compareTo(Duration.ofHours(maxHours)) <= 0, name, time,
				"> 0 and <= " + maxHours + "h");
	}

	private static void checkPercent(int percent, String name) {
		check(percent >= 0 && percent <= 100, name, percent, "0 to 100");
	}

	private static void check(boolean valid, String name, Object value, String expected) {
		if (!valid) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
		}
	}

	/**
	 * When an instance differs too much from the others: its success rate is below the
	 * mean by more than so many standard deviations.
	 *
	 * @param stdevFactor how many standard deviations, 0 or more; 1.9 by default
	 * @param minimumHosts the instances with enough calls below which nothing is judged,
	 * 1 or more; 5 by default
	 * @param requestVolume the calls of an interval below which an instance is not
	 * judged, 1 or more; 100 by default
	 * @param enforcement the chance in percent that a suspect is ejected, 0 to 100, 0
	 * switches the algorithm off; 100 by default
	 */
	public record SuccessRate(double stdevFactor, int minimumHosts, int requestVolume, int enforcement) {

		/**
		 * Checks the values.
		 */
		public SuccessRate {
			check(stdevFactor >= 0 && Double.isFinite(stdevFactor), "stdevFactor", stdevFactor, ">= 0");
			check(minimumHosts >= 1, "minimumHosts", minimumHosts, ">= 1");
			check(requestVolume >= 1, "requestVolume", requestVolume, ">= 1");
			checkPercent(enforcement, "enforcement");
		}

	}

	/**
	 * When an instance is bad whatever the others are: more of its calls fail than this.
	 *
	 * @param threshold the share of failed calls, in percent, that is still borne, 0 to
	 * 100; 85 by default
	 * @param minimumHosts the instances of the set below which nothing is judged, 1 or
	 * more; 5 by default
	 * @param requestVolume the calls of an interval below which an instance is not
	 * judged, 1 or more; 50 by default
	 * @param enforcement the chance in percent that a suspect is ejected, 0 to 100, 0
	 * switches the algorithm off; 100 by default
	 */
	public record FailurePercentage(int threshold, int minimumHosts, int requestVolume, int enforcement) {

		/**
		 * Checks the values.
		 */
		public FailurePercentage {
			checkPercent(threshold, "threshold");
			check(minimumHosts >= 1, "minimumHosts", minimumHosts, ">= 1");
			check(requestVolume >= 1, "requestVolume", requestVolume, ">= 1");
			checkPercent(enforcement, "enforcement");
		}

	}

}
