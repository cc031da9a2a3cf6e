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

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The buckets of gRFC A66. Micrometer takes no bucket that ends at 0; nothing would be in
 * it but messages without a byte.
 */
final class CallBuckets {

	private static final int[] MICROS = { 10, 50, 100, 300, 600, 800, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000,
			10_000, 13_000, 16_000, 20_000, 25_000, 30_000, 40_000, 50_000, 65_000, 80_000, 100_000, 130_000, 160_000,
			200_000, 250_000, 300_000, 400_000, 500_000, 650_000, 800_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000,
			20_000_000, 50_000_000, 100_000_000 };

	private static final double[] BYTES = { 1_024, 2_048, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304,
			16_777_216, 67_108_864, 268_435_456, 1_073_741_824, 4_294_967_296D };

	private CallBuckets() {
	}

	/**
	 * Returns the buckets of durations, 10 µs to 100 s.
	 */
	static Duration[] latencies() {
		return IntStream.of(MICROS)
			.mapToObj((micros) -> Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros)))
			.toArray(Duration[]::new);
	}

	/**
	 * Returns the buckets of sizes, 1 KiB to 4 GiB, in bytes.
	 */
	static double[] sizes() {
		return BYTES.clone();
	}

}
