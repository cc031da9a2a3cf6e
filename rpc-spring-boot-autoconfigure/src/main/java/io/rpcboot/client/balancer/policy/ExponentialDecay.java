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
 * What time leaves of a value: {@code exp(-x)} for whoever reads it at each pick. The
 * whole halvings are the exponent of the result, and the rest, at most half of one up or
 * down, is a Taylor series of eight terms. It is wrong by less than
 * {@value #LARGEST_ERROR} of the result, an eighth of what a {@code float} is rounded by,
 * and needs neither a call nor a table.
 */
final class ExponentialDecay {

	static final double LARGEST_ERROR = 8e-9;

	/** Of more than that nothing is left: 1e-304. */
	private static final double MOST = 700;

	/** Up to here the first six terms do as well, without a halving. */
	private static final double SHORT = 0.125;

	private static final double HALVINGS = 1 / Math.log(2);

	private static final double HALF_LIFE = Math.log(2);

	private static final double CENTRE = HALF_LIFE / 2;

	private static final double AT_CENTRE = Math.sqrt(0.5);

	private static final int EXPONENT_BIAS = 1023;

	private static final int EXPONENT_SHIFT = 52;

	private ExponentialDecay() {
	}

	/**
	 * Returns what is left.
	 * @param age the time, in time constants, at least 0
	 * @return about {@code exp(-age)}; 0 for much more than anybody measures
	 */
	static double of(double age) {
		if (age < SHORT) {
			double square = age * age;
			return (1 - age) + square * ((1.0 / 2 - age * (1.0 / 6)) + square * (1.0 / 24 - age * (1.0 / 120)));
		}
		if (age > MOST) {
			return 0;
		}
		int halvings = (int) (age * HALVINGS);
		double x = CENTRE - (age - halvings * HALF_LIFE);
		double square = x * x;
		// Pairs, since the processor adds them up at once.
		double low = (1 + x) + square * (1.0 / 2 + x * (1.0 / 6));
		double high = (1.0 / 24 + x * (1.0 / 120)) + square * (1.0 / 720 + x * (1.0 / 5040));
		double whole = Double.longBitsToDouble((long) (EXPONENT_BIAS - halvings) << EXPONENT_SHIFT);
		return (low + square * square * high) * AT_CENTRE * whole;
	}

}
