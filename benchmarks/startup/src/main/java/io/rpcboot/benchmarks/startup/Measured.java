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

package io.rpcboot.benchmarks.startup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The starts of all rounds.
 */
final class Measured {

	private final Map<Variant, List<Start>> starts = new EnumMap<>(Variant.class);

	void add(Variant variant, Start start) {
		this.starts.computeIfAbsent(variant, (key) -> new ArrayList<>()).add(start);
	}

	/**
	 * Returns the median of a figure.
	 * @param variant the application
	 * @param figure the figure of a start
	 * @return the median over the rounds
	 */
	double median(Variant variant, ToDoubleFunction<Start> figure) {
		return median(of(variant).stream().mapToDouble(figure).toArray());
	}

	/**
	 * Returns how a figure compares, each start with the other one of its round.
	 * @param variant the application
	 * @param other the one that it is compared with
	 * @param figure the figure of a start
	 * @return the median of the ratios
	 */
	double ratio(Variant variant, Variant other, ToDoubleFunction<Start> figure) {
		List<Start> own = of(variant);
		List<Start> others = of(other);
		return median(IntStream.range(0, own.size())
			.mapToDouble((round) -> figure.applyAsDouble(own.get(round)) / figure.applyAsDouble(others.get(round)))
			.toArray());
	}

	/**
	 * Returns the threads of the last start.
	 * @param variant the application
	 * @return how many bear each name
	 */
	Map<String, Integer> threads(Variant variant) {
		List<Start> all = of(variant);
		return all.get(all.size() - 1).footprint().threads();
	}

	private List<Start> of(Variant variant) {
		return Objects.requireNonNull(this.starts.get(variant), variant.id());
	}

	static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

}
