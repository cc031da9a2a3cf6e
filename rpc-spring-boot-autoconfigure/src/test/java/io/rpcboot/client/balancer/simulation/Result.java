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

import java.util.Locale;

/**
 * What one variant made of one incident.
 *
 * @param incident the incident
 * @param variant the variant
 * @param measurements what became of the calls
 * @param shares who was called how often
 */
record Result(Incident incident, Variant variant, Measurements measurements, Shares shares) {

	double p50() {
		return this.measurements.percentile(50);
	}

	double p99() {
		return this.measurements.percentile(99);
	}

	double p999() {
		return this.measurements.percentile(99.9);
	}

	int errors() {
		return this.measurements.errors();
	}

	/**
	 * Returns the largest share that a server has which the incident does not concern.
	 */
	double mostOfOthers() {
		return this.shares.most(this::isOther);
	}

	String row() {
		return String.format(Locale.ROOT, "| %s | %d | %d | %.0f | %.0f | %.0f | %s | %s | %d |\n", this.variant.name(),
				this.measurements.requests(), errors(), p50(), p99(), p999(),
				this.shares.range(this.incident.affected()::contains), this.shares.range(this::isOther),
				this.measurements.mostInFlight());
	}

	private boolean isOther(String id) {
		return !this.incident.affected().contains(id);
	}

}
