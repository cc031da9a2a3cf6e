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

package io.rpcboot.demo.consumer;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls, in total and by the second. Safe for use by many threads.
 */
class LoadStatistics {

	private final Window total = new Window();

	private Window second = new Window();

	synchronized void answered(String provider) {
		this.total.answered(provider);
		this.second.answered(provider);
	}

	synchronized void answered(String provider, long nanos) {
		answered(provider);
		this.total.latencies.recordValue(nanos);
		this.second.latencies.recordValue(nanos);
	}

	synchronized void failed(String method, Throwable cause) {
		this.total.failed(method + ": " + cause.getMessage());
		this.second.failed(method + ": " + cause.getMessage());
	}

	synchronized LoadReport total() {
		return this.total.report();
	}

	/**
	 * Returns what was counted since this was last asked for.
	 * @return the report of about a second
	 */
	synchronized LoadReport second() {
		LoadReport report = this.second.report();
		this.second = new Window();
		return report;
	}

	private static final class Window {

		private static final int SIGNIFICANT_DIGITS = 3;

		private final Histogram latencies = new Histogram(SIGNIFICANT_DIGITS);

		private final Map<String, Long> callsByProvider = new TreeMap<>();

		private long calls;

		private long failed;

		private @Nullable String lastFailure;

		private void answered(String provider) {
			this.calls++;
			this.callsByProvider.merge(provider, 1L, Long::sum);
		}

		private void failed(String reason) {
			this.calls++;
			this.failed++;
			this.lastFailure = reason;
		}

		private LoadReport report() {
			return new LoadReport(this.calls, this.failed, percentileMillis(50), percentileMillis(99),
					new TreeMap<>(this.callsByProvider), this.lastFailure);
		}

		private double percentileMillis(double percentile) {
			return this.latencies.getValueAtPercentile(percentile) / (double) TimeUnit.MILLISECONDS.toNanos(1);
		}

	}

}
