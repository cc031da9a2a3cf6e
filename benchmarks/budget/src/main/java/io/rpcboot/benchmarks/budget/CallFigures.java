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

package io.rpcboot.benchmarks.budget;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

import io.rpcboot.benchmarks.runner.Median;
import io.rpcboot.benchmarks.runner.ProcessPair.Measurement;

/**
 * What the rounds have measured of whole calls. What is told of several rounds is the
 * median, and a difference or a ratio is taken within a round.
 */
final class CallFigures {

	private final List<Sample> samples = new ArrayList<>();

	void add(Step step, int round, Measurement measured) {
		this.samples.add(new Sample(step, round, measured));
	}

	static double cpu(Measurement measured) {
		return measured.server().cpuMicros() + measured.client().cpuMicros();
	}

	static double bytes(Measurement measured) {
		return measured.server().bytes() + measured.client().bytes();
	}

	/**
	 * Returns a figure of one step.
	 * @param step the step
	 * @param figure the figure
	 * @return the median of the rounds; not a number if not measured
	 */
	double of(Step step, ToDoubleFunction<Measurement> figure) {
		return Median.of(of(step).stream().mapToDouble((sample) -> figure.applyAsDouble(sample.measured())));
	}

	/**
	 * Returns by how much a figure of one step is above that of another.
	 * @param step the step
	 * @param base the other
	 * @param figure the figure
	 * @return the median of the differences; not a number if not measured
	 */
	double above(Step step, Step base, ToDoubleFunction<Measurement> figure) {
		return Median.of(of(step).stream()
			.mapToDouble((sample) -> figure.applyAsDouble(sample.measured()) - in(base, sample.round(), figure)));
	}

	/**
	 * Returns how many times a figure of another step one has.
	 * @param step the step
	 * @param base the other
	 * @param figure the figure
	 * @return the median of the ratios; not a number if not measured
	 */
	double ratio(Step step, Step base, ToDoubleFunction<Measurement> figure) {
		return Median.of(of(step).stream()
			.mapToDouble((sample) -> figure.applyAsDouble(sample.measured()) / in(base, sample.round(), figure)));
	}

	/**
	 * Returns how much of the processors' time compilers took.
	 * @return the median of all measurements
	 */
	double jitShare() {
		return Median.of(this.samples.stream().mapToDouble((sample) -> sample.measured().jitShare()));
	}

	private double in(Step step, int round, ToDoubleFunction<Measurement> figure) {
		return of(step).stream()
			.filter((sample) -> sample.round() == round)
			.mapToDouble((sample) -> figure.applyAsDouble(sample.measured()))
			.findFirst()
			.orElse(Double.NaN);
	}

	private List<Sample> of(Step step) {
		return this.samples.stream().filter((sample) -> sample.step() == step).toList();
	}

	private record Sample(Step step, int round, Measurement measured) {

	}

}
