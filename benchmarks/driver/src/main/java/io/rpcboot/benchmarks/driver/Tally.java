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

package io.rpcboot.benchmarks.driver;

import org.HdrHistogram.IntCountsHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What one slot of a load has seen. Written by one thread at a time, without a lock; read
 * when the load has ended.
 */
final class Tally {

	private static final long HIGHEST_NANOS = 60_000_000_000L;

	private static final int SIGNIFICANT_DIGITS = 2;

	private final IntCountsHistogram latencies = new IntCountsHistogram(HIGHEST_NANOS, SIGNIFICANT_DIGITS);

	private long count;

	private long failures;

	private @Nullable String failure;

	void count() {
		this.count++;
	}

	void countWithLatency(long nanos) {
		this.count++;
		this.latencies.recordValue(Math.min(nanos, HIGHEST_NANOS));
	}

	void fail(Object reason) {
		this.failures++;
		this.failure = reason.toString();
	}

	void addTo(Tally other) {
		other.count += this.count;
		other.failures += this.failures;
		other.failure = (this.failure != null) ? this.failure : other.failure;
		other.latencies.add(this.latencies);
	}

	Fields addTo(Fields fields) {
		return fields.with("count", this.count)
			.with("failures", this.failures)
			.with("failure", (this.failure != null) ? this.failure : "none")
			.with("p50", this.latencies.getValueAtPercentile(50))
			.with("p99", this.latencies.getValueAtPercentile(99))
			.with("p999", this.latencies.getValueAtPercentile(99.9));
	}

}
