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
import io.rpcboot.registry.ServiceInstanceJson;
import org.jspecify.annotations.Nullable;

/**
 * The sets that a consumer was told. Looks at one instance of each at most, so that it
 * costs next to nothing beside what it measures.
 */
final class Published {

	private static final Set NONE = new Set(List.of(), 0, 0);

	private volatile Set latest = NONE;

	private volatile @Nullable Expectation expectation;

	/**
	 * Receives a set; called by one thread at a time.
	 * @param instances the set
	 */
	void publish(List<ServiceInstance> instances) {
		long nanos = System.nanoTime();
		Expectation expected = this.expectation;
		if (expected != null) {
			expected.check(instances, nanos);
		}
		this.latest = new Set(instances, nanos, this.latest.number() + 1);
	}

	Set latest() {
		return this.latest;
	}

	void expect(Expectation expected) {
		this.expectation = expected;
	}

	/**
	 * A set.
	 *
	 * @param instances the instances
	 * @param nanos when it was told
	 * @param number counts the sets from 1 on
	 */
	record Set(List<ServiceInstance> instances, long nanos, long number) {

		String digest() {
			return Digest.of(this.instances.stream().map(ServiceInstanceJson::write).toList());
		}

		/** Whether it has so many instances, of which the first ones weigh so much. */
		boolean holds(int size, int count, int weight) {
			return this.instances.size() == size
					&& this.instances.stream().limit(count).allMatch((instance) -> instance.weight() == weight);
		}

	}

}
