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

package io.rpcboot.actuate.call;

import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/**
 * Makes the meters of one method.
 *
 * @param registry where to
 * @param tags what all of them have
 */
record CallTags(MeterRegistry registry, Tags tags) {

	/**
	 * Stands for methods whose names nobody can number, as gRFC A66 has it.
	 */
	static final String OTHER = "other";

	private static final String STATUS = "grpc.status";

	/**
	 * Returns the tag of a method. gRPC's own plugin tells generated methods from others
	 * by the same mark.
	 */
	static String method(MethodDescriptor<?, ?> method) {
		return method.isSampledToLocalTracing() ? method.getFullMethodName() : OTHER;
	}

	static CallTags ofMethod(MeterRegistry registry, String method) {
		return new CallTags(registry, Tags.of("grpc.method", method));
	}

	CallTags withTarget(String target) {
		return new CallTags(this.registry, this.tags.and("grpc.target", target));
	}

	Counter counter(String name, String unit, String description) {
		return Counter.builder(name).baseUnit(unit).description(description).tags(this.tags).register(this.registry);
	}

	Timer timer(String name, String status, String description) {
		return Timer.builder(name)
			.description(description)
			.tags(this.tags.and(STATUS, status))
			.serviceLevelObjectives(CallBuckets.latencies())
			.register(this.registry);
	}

	DistributionSummary summary(String name, String status, String description) {
		return DistributionSummary.builder(name)
			.baseUnit("bytes")
			.description(description)
			.tags(this.tags.and(STATUS, status))
			.serviceLevelObjectives(CallBuckets.sizes())
			.register(this.registry);
	}

}
