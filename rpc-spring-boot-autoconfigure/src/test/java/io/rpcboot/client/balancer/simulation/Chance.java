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

package io.rpcboot.client.balancer.simulation;

import java.util.Random;

/**
 * Seeded chance that is the same on every machine and JDK: {@link Random} is specified to
 * the bit, {@link StrictMath} too; {@code Random.nextGaussian} has changed between JDKs.
 */
final class Chance {

	private final Random random;

	Chance(long seed) {
		this.random = new Random(seed * 0x9E3779B97F4A7C15L);
	}

	int below(int bound) {
		return this.random.nextInt(bound);
	}

	boolean happens(double probability) {
		return this.random.nextDouble() < probability;
	}

	/**
	 * Draws the time to the next of events that come independently of each other.
	 */
	double exponential(double mean) {
		return -StrictMath.log(1 - this.random.nextDouble()) * mean;
	}

	/**
	 * Draws from a lognormal distribution by the transform of Box and Muller.
	 */
	double lognormal(double median, double sigma) {
		double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - this.random.nextDouble()));
		double angle = 2 * StrictMath.PI * this.random.nextDouble();
		return median * StrictMath.exp(sigma * radius * StrictMath.cos(angle));
	}

}
