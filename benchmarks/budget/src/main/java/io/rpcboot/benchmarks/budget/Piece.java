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

	STUB("client: a stub alone, answered at once", ClientBenchmark.class, "call", Step.TUNED),

	CLIENT("client: all interceptors and a stub, as by default", ClientBenchmark.class, "call", Step.BALANCING),

	CLIENT_METERS("client: with meters", ClientBenchmark.class, "call", Step.METRICS),

	CLIENT_RETRIES("client: with meters, retries allowed", ClientBenchmark.class, "call", Step.RETRIES),

	CLIENT_HEDGING("client: with meters, hedged", ClientBenchmark.class, "call", Step.HEDGING),

	CLIENT_DEDUPLICATION("client: with meters, deduplicated", ClientBenchmark.class, "call", Step.DEDUPLICATION),

	CLIENT_THROTTLING("client: with meters, throttled", ClientBenchmark.class, "call", Step.THROTTLING),

	CLIENT_TRACING("client: with meters and spans", ClientBenchmark.class, "call", Step.TRACING),

	CLIENT_METER("client: meters of an attempt", ClientBenchmark.class, "meter", Step.TUNED),

	OPTIONS("client: deadline and policy of a call", PlanBenchmark.class, "options", Map.of()),

	OWN_OPTIONS("client: deadline and policy of a call with options of its own", PlanBenchmark.class, "ownOptions",
			Map.of()),

	PLAN("client: plan of a method, once for a reference", PlanBenchmark.class, "plan", Map.of()),

	PICK_3("client: pick by p2c, of 3 instances", PickBenchmark.class, "pick", 3),

	PICK_100("client: pick by p2c, of 100", PickBenchmark.class, "pick", 100),

	PICK_10000("client: pick by p2c, of 10,000", PickBenchmark.class, "pick", 10_000),

	ATTEMPT("client: pick, statistics and ejection of an attempt, of 100", PickBenchmark.class, "attempt", 100),

	RESOLVER_100("client: resolver, when an instance comes or goes, of 100", ResolverBenchmark.class, "change", 100),

	RESOLVER_10000("client: resolver, when an instance comes or goes, of 10,000", ResolverBenchmark.class, "change",
			10_000),

	SET_3("client: load balancer, when an instance comes or goes, of 3", SetBenchmark.class, "change", 3),

	SET_100("client: load balancer, when an instance comes or goes, of 100", SetBenchmark.class, "change", 100),

	SET_10000("client: load balancer, when an instance comes or goes, of 10,000", SetBenchmark.class, "change", 10_000),

	NO_INJECTION("client: an object without a reference, injected", InjectionBenchmark.class, "none", Map.of()),

	INJECTION("client: an object with one reference, its stub made and injected", InjectionBenchmark.class, "reference",
			Map.of()),

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
