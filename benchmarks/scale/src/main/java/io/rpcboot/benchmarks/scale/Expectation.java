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

package io.rpcboot.benchmarks.scale;

import java.util.List;

import io.rpcboot.registry.ServiceInstance;

/**
 * Steps that are awaited one after the other. The time of each goes to where the driver
 * reads it.
 */
final class Expectation {

	private final SeenTimes times;

	private final Step step;

	private int next;

	private Expectation(SeenTimes times, Step step) {
		this.times = times;
		this.step = step;
	}

	/**
	 * Awaits changes of single weights.
	 * @param times where to tell it
	 * @param size how many instances there are
	 * @param base the first weight; each step has one more
	 * @return the expectation
	 */
	static Expectation ofWeights(SeenTimes times, int size, int base) {
		return new Expectation(times, (instances, step) -> {
			int index = changedIn(step, size);
			return index < instances.size() && instances.get(index).weight() == base + step;
		});
	}

	/**
	 * Awaits that in turn an instance joins and leaves.
	 * @param times where to tell it
	 * @param size how many instances there are before
	 * @return the expectation
	 */
	static Expectation ofSizes(SeenTimes times, int size) {
		return new Expectation(times, (instances, step) -> instances.size() == ((step % 2 == 0) ? size + 1 : size));
	}

	/**
	 * Returns the instance that a step changes.
	 * @param step the step
	 * @param size how many instances there are
	 * @return its index
	 */
	static int changedIn(int step, int size) {
		return (int) ((long) step * Application.STRIDE % size);
	}

	void check(List<ServiceInstance> instances, long nanos) {
		while (this.next < SeenTimes.MAX_STEPS && this.step.isIn(instances, this.next)) {
			this.times.put(this.next++, nanos);
		}
	}

	/**
	 * Tells whether a set holds what a step did.
	 */
	private interface Step {

		boolean isIn(List<ServiceInstance> instances, int step);

	}

}
