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

package io.rpcboot.client.throttle;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What is set about throttling in one place; {@code null} is not set there.
 *
 * @param enabled whether calls are throttled; not unless set
 * @param k how many requests are sent for each one that is answered, 1 to 100; 2 unless
 * set: throttling begins when less than half of them are answered
 * @param window over which requests are counted, 1 s to 10 min; 10 s unless set
 * @param dryRun whether it is only told what would not be sent
 */
public record Throttling(@Nullable Boolean enabled, @Nullable Double k, @Nullable Duration window,
		@Nullable Boolean dryRun) {

	/**
	 * Nothing is set.
	 */
	public static final Throttling NONE = new Throttling(null, null, null, null);

	private static final double MAX_K = 100;

	private static final Duration MIN_WINDOW = Duration.ofSeconds(1);

	private static final Duration MAX_WINDOW = Duration.ofMinutes(10);

	/**
	 * Checks the ranges.
	 */
	public Throttling {
		if (k != null && !(k >= 1 && k <= MAX_K)) {
			throw new IllegalArgumentException("k: " + k + " (expected: 1 to 100)");
		}
		if (window != null && (window.compareTo(MIN_WINDOW) < 0 || window.compareTo(MAX_WINDOW) > 0)) {
			throw new IllegalArgumentException("window: " + window + " (expected: 1s to 10m)");
		}
	}

	/**
	 * Returns these settings, with what they leave open taken from weaker ones.
	 */
	Throttling over(Throttling weaker) {
		return new Throttling((this.enabled != null) ? this.enabled : weaker.enabled,
				(this.k != null) ? this.k : weaker.k, (this.window != null) ? this.window : weaker.window,
				(this.dryRun != null) ? this.dryRun : weaker.dryRun);
	}

}
