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

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * The figures of one size in one mode.
 */
abstract class Column {

	/** So that the consumer is at rest when the next step comes. */
	static final long GAP_NANOS = 10_000_000;

	private final Mode mode;

	private final int size;

	private final Map<Figure, Double> figures = new EnumMap<>(Figure.class);

	Column(Mode mode, int size) {
		this.mode = mode;
		this.size = size;
	}

	Mode mode() {
		return this.mode;
	}

	int size() {
		return this.size;
	}

	String name() {
		return "scale-" + this.mode.id() + "-" + this.size;
	}

	double figure(Figure figure) {
		return this.figures.getOrDefault(figure, Double.NaN);
	}

	final void set(Figure figure, double value) {
		this.figures.put(figure, value);
	}

	final void check(boolean good, String otherwise) {
		if (!good) {
			throw new IllegalStateException(name() + ": " + otherwise);
		}
	}

	static double percentile(double[] values, int percent) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
	}

}
