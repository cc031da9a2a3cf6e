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

import java.util.Map;

import io.rpcboot.benchmarks.pick.PickBenchmark;
import io.rpcboot.benchmarks.pick.SetBenchmark;

/**
 * A piece of the way of a call, measured alone.
 */
enum Piece {

	PICK_3("client: pick by p2c, of 3 instances", PickBenchmark.class, "pick", 3),

	PICK_100("client: pick by p2c, of 100", PickBenchmark.class, "pick", 100),

	PICK_10000("client: pick by p2c, of 10,000", PickBenchmark.class, "pick", 10_000),

	ATTEMPT("client: pick, statistics and ejection of an attempt, of 100", PickBenchmark.class, "attempt", 100),

	SET_3("client: an instance comes or goes, of 3", SetBenchmark.class, "change", 3),

	SET_100("client: an instance comes or goes, of 100", SetBenchmark.class, "change", 100),

	SET_10000("client: an instance comes or goes, of 10,000", SetBenchmark.class, "change", 10_000),

	SERVICE("server: the service alone, as grpc-java calls it", ServerBenchmark.class, "call", Step.TUNED),

	SERVER("server: all interceptors and the service, as by default", ServerBenchmark.class, "call", Step.BALANCING),

	SERVER_DEDUPLICATION("server: deduplicated", ServerBenchmark.class, "call", Step.DEDUPLICATION),

	SERVER_TRACING("server: with spans", ServerBenchmark.class, "call", Step.TRACING),

	METER("server: meters of a call", ServerBenchmark.class, "meter", Step.TUNED),

	LIMIT("server: permit under a limit", ServerBenchmark.class, "limit", Step.TUNED),

	ADAPTIVE("server: permit under an adaptive limit", ServerBenchmark.class, "adaptive", Step.TUNED),

	LOOK("server: look-up of a deduplicated call", DeduplicationBenchmark.class, "look", Map.of()),

	RECORD("server: record of a deduplicated call", DeduplicationBenchmark.class, "record", Map.of());

	private final String title;

	private final Class<?> benchmark;

	private final String method;

	@SuppressWarnings("ImmutableEnumChecker") // Never changed.
	private final Map<String, String> parameters;

	Piece(String title, Class<?> benchmark, String method, Step step) {
		this(title, benchmark, method, Map.of("step", step.name()));
	}

	Piece(String title, Class<?> benchmark, String method, int instances) {
		this(title, benchmark, method, Map.of("instances", String.valueOf(instances)));
	}

	Piece(String title, Class<?> benchmark, String method, Map<String, String> parameters) {
		this.title = title;
		this.benchmark = benchmark;
		this.method = method;
		this.parameters = parameters;
	}

	String title() {
		return this.title;
	}

	/**
	 * Returns what JMH knows it by.
	 * @return a pattern
	 */
	String pattern() {
		return "^" + this.benchmark.getName().replace(".", "\\.") + "\\." + this.method + "$";
	}

	Map<String, String> parameters() {
		return this.parameters;
	}

}
