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

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.openjdk.jmh.runner.RunnerException;

/**
 * A part of the run, which can be run alone and has a section of the results.
 */
enum Part {

	/** Whole calls, up to the defaults. */
	CALLS {

		@Override
		String measure(BudgetOptions options) throws IOException, InterruptedException {
			return new CallReport("Whole calls, feature by feature",
					"Unary calls of 100 B, 64 in flight, each step beside the one that it adds a feature to.",
					Calls.measure(Step.DEFAULTS, options))
				.of(Step.DEFAULTS);
		}

	},

	/** Whole calls with and without observation, and the bars. */
	OBSERVATION {

		@Override
		String measure(BudgetOptions options) throws IOException, InterruptedException {
			CallReport report = new CallReport("Whole calls with and without observation",
					"The same calls. `balancing` is the starter without a meter registry, `metrics` with one.",
					Calls.measure(Step.OBSERVED, options));
			return report.of(Step.OBSERVED) + report.bars();
		}

	},

	/** Whole calls, with what a client turns on. */
	CLIENT {

		@Override
		String measure(BudgetOptions options) throws IOException, InterruptedException {
			return new CallReport("What a client turns on", "The same calls.", Calls.measure(Step.OF_CLIENT, options))
				.of(Step.OF_CLIENT);
		}

	},

	/** Whole calls, with what a server turns on. */
	SERVER {

		@Override
		String measure(BudgetOptions options) throws IOException, InterruptedException {
			return new CallReport("What a server turns on", "The same calls.", Calls.measure(Step.OF_SERVER, options))
				.of(Step.OF_SERVER);
		}

	},

	/** Single pieces, by JMH. */
	PIECES {

		@Override
		String measure(BudgetOptions options) throws RunnerException {
			return new Pieces(options).measure(List.of(Piece.values()));
		}

	};

	/**
	 * Measures.
	 * @param options how
	 * @return the section of the results
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if interrupted
	 * @throws RunnerException if a benchmark fails
	 */
	abstract String measure(BudgetOptions options) throws IOException, InterruptedException, RunnerException;

	String id() {
		return name().toLowerCase(Locale.ROOT);
	}

	static Part of(String id) {
		return Arrays.stream(values())
			.filter((part) -> part.id().equals(id))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"part: " + id + " (expected: one of " + Arrays.stream(values()).map(Part::id).toList() + ")"));
	}

}
