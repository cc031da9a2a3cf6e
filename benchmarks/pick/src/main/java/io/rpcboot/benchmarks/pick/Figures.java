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

package io.rpcboot.benchmarks.pick;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.rpcboot.benchmarks.runner.Median;

/**
 * What the rounds have measured.
 */
final class Figures {

	/**
	 * What the harness itself allocates in an iteration comes to less for each pick. No
	 * object is smaller than 16 bytes, so that one pick in 32 that allocates is seen.
	 */
	static final double NOTHING_BYTES = 0.5;

	private final Map<Cell, List<Sample>> samples = new HashMap<>();

	void add(Cell cell, double nanos, double bytes) {
		this.samples.computeIfAbsent(cell, (any) -> new ArrayList<>()).add(new Sample(nanos, bytes));
	}

	/**
	 * Returns the time of one.
	 * @param cell the cell
	 * @return nanoseconds, the median of the rounds; not a number if not measured
	 */
	double nanos(Cell cell) {
		return Median.of(of(cell).stream().mapToDouble(Sample::nanos));
	}

	/**
	 * Returns the time of one beside that of the reference.
	 * @param cell the cell
	 * @return the median of the ratios within a round; not a number if not measured
	 */
	double ratio(Cell cell) {
		List<Sample> own = of(cell);
		List<Sample> reference = of(cell.reference());
		return Median.of(IntStream.range(0, Math.min(own.size(), reference.size()))
			.mapToDouble((round) -> own.get(round).nanos() / reference.get(round).nanos()));
	}

	/**
	 * Returns the memory that one allocates.
	 * @param cell the cell
	 * @return bytes, the most of any round; not a number if not measured
	 */
	double bytes(Cell cell) {
		double most = of(cell).stream().mapToDouble(Sample::bytes).max().orElse(Double.NaN);
		return (most < NOTHING_BYTES) ? 0 : most;
	}

	/**
	 * Returns what allocates though it must not, or was not measured.
	 * @return texts for people
	 */
	List<String> violations() {
		return this.samples.keySet()
			.stream()
			.filter((cell) -> cell.mustNotAllocate() && !(bytes(cell) == 0))
			.map((cell) -> cell.measure() + " " + cell.policy() + " of " + cell.size() + " instances: "
					+ String.format("%.1f", bytes(cell)) + " bytes (expected: 0)")
			.sorted(Comparator.naturalOrder())
			.toList();
	}

	private List<Sample> of(Cell cell) {
		return this.samples.getOrDefault(cell, List.of());
	}

	/**
	 * What one round has measured.
	 *
	 * @param nanos time
	 * @param bytes allocated memory; not a number if that was not to be had
	 */
	private record Sample(double nanos, double bytes) {

	}

}
