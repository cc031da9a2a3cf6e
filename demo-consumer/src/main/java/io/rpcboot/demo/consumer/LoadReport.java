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

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * How the load's calls fared over some time.
 *
 * @param calls how many ended, the failed ones included
 * @param failed how many failed
 * @param p50Millis the median time of the unary calls answered
 * @param p99Millis the time within which 99 % of the unary calls were answered
 * @param callsByProvider how many calls each provider answered
 * @param lastFailure why the last call that failed did so, if one did
 */
record LoadReport(long calls, long failed, double p50Millis, double p99Millis, Map<String, Long> callsByProvider,
		@Nullable String lastFailure) {

	String toLine() {
		String providers = this.callsByProvider.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + " " + entry.getValue())
			.collect(Collectors.joining(" "));
		return String.format(Locale.ROOT, "calls %d failed %d p50 %.1f ms p99 %.1f ms | %s", this.calls, this.failed,
				this.p50Millis, this.p99Millis, providers);
	}

}
