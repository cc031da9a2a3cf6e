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

package io.rpcboot.benchmarks.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * All measurements. Ratios are taken within a round, where both sides met the same
 * machine; what is told of several rounds is the median.
 */
final class Results {

	private final List<Cell> cells = new ArrayList<>();

	void add(Cell cell) {
		this.cells.add(cell);
	}

	int rounds() {
		return this.cells.stream().mapToInt((cell) -> cell.round() + 1).max().orElse(0);
	}

	boolean has(String scenario) {
		return this.cells.stream().anyMatch((cell) -> cell.scenario().equals(scenario));
	}

	double median(ToDoubleFunction<Cell> figure) {
		return Median.of(this.cells.stream().mapToDouble(figure));
	}

	double max(ToDoubleFunction<Cell> figure) {
		return this.cells.stream().mapToDouble(figure).filter((value) -> !Double.isNaN(value)).max().orElse(Double.NaN);
	}

	/**
	 * Returns the median of a figure over the rounds.
	 * @param peer the peer
	 * @param scenario the scenario
	 * @param figure the figure
	 * @return the median, NaN if it was not measured
	 */
	double median(Peer peer, String scenario, ToDoubleFunction<Cell> figure) {
		return Median.of(cells(peer, scenario).stream().mapToDouble(figure));
	}

	/**
	 * Returns the median over the rounds of a figure's ratio to the best, that is the
	 * least, of other peers.
	 * @param peer the peer
	 * @param others the peers to compare with
	 * @param scenario the scenario
	 * @param figure the figure
	 * @return the median, NaN if it was not measured
	 */
	double ratio(Peer peer, List<Peer> others, String scenario, ToDoubleFunction<Cell> figure) {
		List<Double> ratios = new ArrayList<>();
		for (Cell cell : cells(peer, scenario)) {
			double least = others.stream()
				.flatMap((other) -> cells(other, scenario).stream())
				.filter((other) -> other.round() == cell.round())
				.mapToDouble(figure)
				.min()
				.orElse(Double.NaN);
			ratios.add(figure.applyAsDouble(cell) / least);
		}
		return Median.of(ratios.stream().mapToDouble(Double::doubleValue));
	}

	private List<Cell> cells(Peer peer, String scenario) {
		return this.cells.stream().filter((cell) -> cell.peer() == peer && cell.scenario().equals(scenario)).toList();
	}

}
