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
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

import io.rpcboot.client.balancer.policy.Outcome;

/**
 * A detector on fake time with instances {@code i00}, {@code i01} and so on.
 */
final class Cluster {

	static final OutlierSettings DEFAULTS = OutlierSettings.DEFAULTS;

	private long nanos = Long.MAX_VALUE - Duration.ofSeconds(45).toNanos();

	final OutlierDetector detector;

	Cluster(int size) {
		this(size, DEFAULTS, (bound) -> {
			throw new IllegalStateException("nothing is random at 100 %");
		});
	}

	Cluster(int size, OutlierSettings settings) {
		this(size, settings, (bound) -> 0);
	}

	Cluster(int size, OutlierSettings settings, IntUnaryOperator random) {
		this.detector = new OutlierDetector(settings, () -> this.nanos, random);
		resize(size);
	}

	static String id(int index) {
		return String.format("i%02d", index);
	}

	static OutlierSettings with(OutlierSettings.SuccessRate successRate,
			OutlierSettings.FailurePercentage failurePercentage, int maxEjectionPercent, int consecutiveFailures) {
		return new OutlierSettings(DEFAULTS.interval(), DEFAULTS.baseEjectionTime(), DEFAULTS.maxEjectionTime(),
				maxEjectionPercent, successRate, failurePercentage, consecutiveFailures, DEFAULTS.panicPercent());
	}

	void resize(int size) {
		this.detector.retain(IntStream.range(0, size).mapToObj(Cluster::id).toList());
	}

	void advance(long seconds) {
		this.nanos += Duration.ofSeconds(seconds).toNanos();
	}

	/**
	 * Lets an interval pass.
	 */
	boolean sweep() {
		advance(10);
		return this.detector.sweep();
	}

	boolean fail(int index, int times) {
		boolean worthALook = false;
		for (int i = 0; i < times; i++) {
			worthALook |= record(index, Outcome.FAILURE);
		}
		return worthALook;
	}

	boolean record(int index, Outcome outcome) {
		return this.detector.outcomes(id(index)).record(outcome);
	}

	/**
	 * Records failures, then answers, so that no run of failures remains.
	 */
	void calls(int index, int failures, int answers) {
		fail(index, failures);
		for (int i = 0; i < answers; i++) {
			record(index, Outcome.ANSWER);
		}
	}

	List<String> ejected() {
		return List.copyOf(this.detector.ejections().keySet());
	}

	Ejection ejection(int index) {
		return this.detector.ejections().get(id(index));
	}

}
