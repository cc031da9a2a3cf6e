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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A server and a client with one feature more than others. Of the starter, each step has
 * the properties of the one before it, and its own.
 */
public enum Step {

	/** Grpc-java on the event loop, without retries. */
	TUNED("grpc-java on the event loop, without retries", null, Peer.RAW),

	/** One hand-over on each side. */
	DISPATCH("one hand-over on each side", TUNED, Peer.HOP),

	/** A deadline of 5 s. */
	DEADLINE("a deadline of 5 s", DISPATCH, Peer.HOP_DEADLINE),

	/** The starter: plans, attempts, wire guard, carried headers, errors. */
	STARTER("the starter: plans, attempts, wire guard, carried headers, errors", DEADLINE, Peer.BLOCKING,
			Map.of("rpc.registry.type", "none", "rpc.server.metrics.enabled", "false", "rpc.server.tracing.enabled",
					"false", "rpc.server.limits.max-connections", "0", "rpc.server.limits.max-connections-per-peer",
					"0", "rpc.server.limits.max-resets", "0", "rpc.server.limits.frame-timeout", "0s",
					"rpc.server.limits.request-timeout", "0s", "rpc.server.limits.answer-timeout", "0s"),
			Map.of("rpc.registry.type", "none", "rpc.client.metrics.enabled", "false", "rpc.client.tracing.enabled",
					"false", "rpc.client.defaults.load-balancing", BarePolicyProvider.NAME)),

	/** Limits of connections, of slow requests and answers. */
	LIMITS("limits of connections, of slow requests and answers", STARTER, Peer.BLOCKING,
			Map.of("rpc.server.limits.max-connections", "10000", "rpc.server.limits.max-connections-per-peer", "1000",
					"rpc.server.limits.max-resets", "10000", "rpc.server.limits.frame-timeout", "30s",
					"rpc.server.limits.request-timeout", "60s", "rpc.server.limits.answer-timeout", "60s"),
			Map.of()),

	/** P2c, statistics, ejection, health watch. */
	BALANCING("p2c, statistics, ejection, health watch", LIMITS, Peer.BLOCKING, Map.of(),
			Map.of("rpc.client.defaults.load-balancing", "p2c")),

	/** Meters of calls and attempts, in a Prometheus registry. */
	METRICS("meters of calls and attempts, in a Prometheus registry", BALANCING, Peer.BLOCKING,
			Map.of("rpc.server.metrics.enabled", "true"), Map.of("rpc.client.metrics.enabled", "true")),

	/** Declared non-blocking. */
	NON_BLOCKING("declared non-blocking", TUNED, Peer.NON_BLOCKING, BALANCING),

	/** Meters of calls and attempts. */
	NON_BLOCKING_METRICS("meters of calls and attempts", NON_BLOCKING, Peer.NON_BLOCKING, METRICS),

	/** Retries of idempotent calls. */
	RETRIES("retries of idempotent calls", METRICS, Peer.BLOCKING, Map.of(),
			Map.of("rpc.client.defaults.idempotent", "true")),

	/** Deduplication. */
	DEDUPLICATION("deduplication", METRICS, Peer.BLOCKING, Map.of("rpc.server.deduplication.methods", "bench.v1.Bench"),
			Map.of("rpc.client.defaults.deduplicated", "true")),

	/** Hedging of idempotent calls. */
	HEDGING("hedging of idempotent calls", RETRIES, Peer.BLOCKING, Map.of(),
			Map.of("rpc.client.defaults.hedging.enabled", "true")),

	/** Throttling by the client. */
	THROTTLING("throttling by the client", METRICS, Peer.BLOCKING, Map.of(),
			Map.of("rpc.client.defaults.throttling.enabled", "true")),

	/** A limit of calls at a time. */
	ADMISSION("a limit of calls at a time", METRICS, Peer.BLOCKING,
			Map.of("rpc.server.admission.defaults.max-concurrent", "200"), Map.of()),

	/** The adaptive limit. */
	ADAPTIVE("the adaptive limit", METRICS, Peer.BLOCKING, Map.of("rpc.server.admission.adaptive.enabled", "true"),
			Map.of()),

	/** The access log, kept nowhere. */
	ACCESS_LOG("the access log, kept nowhere", METRICS, Peer.BLOCKING,
			Map.of("rpc.server.access-log.enabled", "true", "logging.config", "classpath:access-log.xml"), Map.of()),

	/** Spans by OpenTelemetry, 10 % sampled, not exported. */
	TRACING("spans by OpenTelemetry, 10 % sampled, not exported", METRICS, Peer.BLOCKING,
			Map.of("rpc.server.tracing.enabled", "true"), Map.of("rpc.client.tracing.enabled", "true"));

	/** From grpc-java to the starter as it is without a meter registry. */
	static final List<Step> DEFAULTS = List.of(TUNED, DISPATCH, DEADLINE, STARTER, LIMITS, BALANCING);

	/** The same calls seen by nobody, by meters, and by a tracer. */
	static final List<Step> OBSERVED = List.of(TUNED, BALANCING, METRICS, TRACING, NON_BLOCKING, NON_BLOCKING_METRICS);

	/** What an application turns on as a client. */
	static final List<Step> OF_CLIENT = List.of(METRICS, RETRIES, HEDGING, DEDUPLICATION, THROTTLING);

	/** What an application turns on as a server. */
	static final List<Step> OF_SERVER = List.of(METRICS, ADMISSION, ADAPTIVE, ACCESS_LOG);

	private final String feature;

	private final @Nullable Step base;

	private final Peer peer;

	@SuppressWarnings("ImmutableEnumChecker") // Never changed.
	private final Map<String, String> server = new LinkedHashMap<>();

	@SuppressWarnings("ImmutableEnumChecker") // Never changed.
	private final Map<String, String> client = new LinkedHashMap<>();

	Step(String feature, @Nullable Step base, Peer peer) {
		this(feature, base, peer, Map.of(), Map.of());
	}

	Step(String feature, Step base, Peer peer, Step properties) {
		this(feature, base, peer, properties.server, properties.client);
	}

	Step(String feature, @Nullable Step base, Peer peer, Map<String, String> server, Map<String, String> client) {
		this.feature = feature;
		this.base = base;
		this.peer = peer;
		if (base != null) {
			this.server.putAll(base.server);
			this.client.putAll(base.client);
		}
		this.server.putAll(server);
		this.client.putAll(client);
	}

	String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Returns what it has that the one before has not.
	 * @return the text
	 */
	String feature() {
		return this.feature;
	}

	/**
	 * Returns the one before it.
	 * @return the step; {@code null} for the first
	 */
	@Nullable Step base() {
		return this.base;
	}

	/**
	 * Returns the properties of an application that serves.
	 * @return each {@code --name=value}
	 */
	List<String> serverProperties() {
		return arguments(this.server);
	}

	/**
	 * Returns the properties of an application that calls.
	 * @return each {@code --name=value}
	 */
	List<String> clientProperties() {
		return arguments(this.client);
	}

	private static List<String> arguments(Map<String, String> properties) {
		return properties.entrySet().stream().map((one) -> "--" + one.getKey() + "=" + one.getValue()).toList();
	}

	List<String> serverCommand() {
		return this.peer.serverCommand(serverProperties());
	}

	List<String> clientCommand(int port) {
		return this.peer.clientCommand(clientProperties(), port);
	}

}
