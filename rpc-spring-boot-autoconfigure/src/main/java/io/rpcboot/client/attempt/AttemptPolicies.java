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

package io.rpcboot.client.attempt;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import io.rpcboot.client.attempt.AttemptPolicy.Deduplication;
import io.rpcboot.client.attempt.AttemptPolicy.Hedging;
import io.rpcboot.client.attempt.AttemptValue.Place;
import org.jspecify.annotations.Nullable;

/**
 * Decides how the methods of one reference are attempted. The weakest first: the
 * {@code idempotency_level} of the {@code .proto} file, the defaults, the annotation, the
 * application, the service, the method.
 *
 * @param defaults what holds everywhere
 * @param annotation what the annotation says of all methods
 * @param idempotent names of the methods that the annotation says may run more than once
 * @param deduplicated names of the methods that the annotation says are deduplicated
 * @param reference what is set for the application
 * @param methods what is set by service, and by full method name
 */
public record AttemptPolicies(AttemptSettings defaults, AttemptSettings annotation, Set<String> idempotent,
		Set<String> deduplicated, AttemptSettings reference, Map<String, AttemptSettings> methods) {

	/**
	 * Nothing is set.
	 */
	public static final AttemptPolicies NONE = new AttemptPolicies(AttemptSettings.NONE, AttemptSettings.NONE, Set.of(),
			Set.of(), AttemptSettings.NONE, Map.of());

	static final double PERCENTILE = 99;

	static final double MAX_EXTRA_PERCENT = 1;

	/**
	 * Copies the collections.
	 */
	public AttemptPolicies {
		idempotent = Set.copyOf(idempotent);
		deduplicated = Set.copyOf(deduplicated);
		methods = Map.copyOf(methods);
	}

	/**
	 * Decides for a method.
	 * @param method the method
	 * @return its policy
	 */
	public AttemptPolicy of(MethodDescriptor<?, ?> method) {
		AttemptSettings settings = settings(method);
		AttemptPolicy standard = AttemptPolicy.DEFAULT;
		boolean unary = method.getType() == MethodType.UNARY;
		Deduplication once = (unary && Boolean.TRUE.equals(settings.deduplicated()))
				? Boolean.TRUE.equals(settings.otherInstances()) ? Deduplication.ANY_INSTANCE
						: Deduplication.SAME_INSTANCE
				: Deduplication.NONE;
		boolean hedged = Boolean.TRUE.equals(settings.hedging()) && method.getType().clientSendsOneMessage()
				&& once == Deduplication.NONE && mayRunTwice(settings, method);
		Boolean idempotent = (settings.idempotent() == null && !unary && mayRunTwice(settings, method)) ? Boolean.TRUE
				: settings.idempotent();
		AttemptPolicy made = new AttemptPolicy(or(settings.maxAttempts(), standard.maxAttempts()), backoff(settings),
				or(settings.statuses(), standard.statuses()), idempotent, once,
				hedged ? new Hedging(or(settings.hedgingPercentile(), PERCENTILE),
						or(settings.maxExtraPercent(), MAX_EXTRA_PERCENT)) : null);
		// One object for what says nothing, so that nobody pays for it.
		return made.equals(standard) ? standard : made;
	}

	/**
	 * Checks what is set of a service, once its methods are known.
	 * @param service the service
	 * @throws IllegalArgumentException if a method is named that it does not have, or
	 * something is asked for that the method cannot do
	 */
	public void check(ServiceDescriptor service) {
		Map<String, MethodDescriptor<?, ?>> known = new TreeMap<>();
		service.getMethods().forEach((method) -> known.put(String.valueOf(method.getBareMethodName()), method));
		checkNames("idempotent", this.idempotent, service, known);
		checkNames("deduplicated", this.deduplicated, service, known);
		for (Map.Entry<String, AttemptSettings> entry : new TreeMap<>(this.methods).entrySet()) {
			String bare = entry.getKey().substring(entry.getKey().indexOf('/') + 1);
			entry.getValue().check();
			if (entry.getKey().equals(service.getName() + "/" + bare)) {
				checkNames("methods", Set.of(bare), service, known);
				check("methods[" + entry.getKey() + "]", entry.getValue(), known.get(bare));
			}
		}
		known.values().forEach((method) -> checkTogether(method, settings(method)));
	}

	/**
	 * Tells what holds value by value, and where each was set.
	 * @param method the method; {@code null} for one of which nothing is set
	 * @return by the last part of the property, such as {@code retry.max-attempts}
	 */
	public Map<String, AttemptValue> values(@Nullable MethodDescriptor<?, ?> method) {
		Map<Place, AttemptSettings> places = places(method);
		if (method != null) {
			places.put(Place.SCHEMA, AttemptSettings.NONE
				.withIdempotent(AttemptPolicy.isDeclaredIdempotent(method) ? Boolean.TRUE : null));
		}
		return AttemptValues.of(places);
	}

	/**
	 * What is set for a method. Its schema, the weakest of all, is not asked.
	 */
	private AttemptSettings settings(MethodDescriptor<?, ?> method) {
		AttemptSettings merged = AttemptSettings.NONE;
		for (AttemptSettings set : places(method).values()) {
			merged = merged.with(set);
		}
		return merged;
	}

	private static boolean mayRunTwice(AttemptSettings settings, MethodDescriptor<?, ?> method) {
		return (settings.idempotent() != null) ? settings.idempotent() : AttemptPolicy.isDeclaredIdempotent(method);
	}

	/**
	 * What is set at each place, the weakest first.
	 */
	private Map<Place, AttemptSettings> places(@Nullable MethodDescriptor<?, ?> method) {
		Map<Place, AttemptSettings> places = new EnumMap<>(Place.class);
		places.put(Place.DEFAULTS, this.defaults);
		places.put(Place.ANNOTATION, this.annotation);
		places.put(Place.REFERENCE, this.reference);
		if (method != null) {
			String bare = String.valueOf(method.getBareMethodName());
			AttemptSettings ofService = this.methods.get(String.valueOf(method.getServiceName()));
			AttemptSettings ofMethod = this.methods.get(method.getFullMethodName());
			places.put(Place.ANNOTATION,
					this.annotation
						.with(AttemptSettings.NONE.withIdempotent(this.idempotent.contains(bare) ? Boolean.TRUE : null)
							.withDeduplicated(this.deduplicated.contains(bare) ? Boolean.TRUE : null)));
			places.put(Place.SERVICE, (ofService != null) ? ofService : AttemptSettings.NONE);
			places.put(Place.METHOD, (ofMethod != null) ? ofMethod : AttemptSettings.NONE);
		}
		return places;
	}

	private void check(String where, AttemptSettings set, @Nullable MethodDescriptor<?, ?> method) {
		if (method == null) {
			return;
		}
		boolean unary = method.getType() == MethodType.UNARY;
		checkThat(unary || !Boolean.TRUE.equals(set.deduplicated()), where + ".deduplicated", true,
				"false, as only unary methods are deduplicated");
		checkThat(method.getType().clientSendsOneMessage() || !Boolean.TRUE.equals(set.hedging()),
				where + ".hedging.enabled", true, "false, as only methods with one request are hedged");
		AttemptSettings effective = settings(method);
		checkThat(!Boolean.TRUE.equals(set.hedging()) || mayRunTwice(effective, method), where + ".hedging.enabled",
				true, "false, or idempotent: true, as a hedge may run the call twice");
		checkThat(!Boolean.TRUE.equals(set.hedging()) || !Boolean.TRUE.equals(effective.deduplicated()),
				where + ".hedging.enabled", true,
				"false, or deduplicated: false, as another instance knows nothing of the first attempt");
		checkThat(!Boolean.TRUE.equals(set.otherInstances()) || Boolean.TRUE.equals(effective.deduplicated()),
				where + ".retry.other-instances", true, "false, as the method is not deduplicated");
	}

	private static void checkTogether(MethodDescriptor<?, ?> method, AttemptSettings settings) {
		if (settings.initialBackoff() != null || settings.maxBackoff() != null) {
			Backoff backoff = backoff(settings);
			checkThat(backoff.initialNanos() <= backoff.maxNanos(), "retry.initial-backoff",
					Duration.ofNanos(backoff.initialNanos()), "at most retry.max-backoff, which is "
							+ Duration.ofNanos(backoff.maxNanos()) + " for " + method.getFullMethodName());
		}
	}

	private static void checkNames(String where, Set<String> names, ServiceDescriptor service,
			Map<String, MethodDescriptor<?, ?>> known) {
		for (String name : new TreeSet<>(names)) {
			checkThat(known.containsKey(name), where, "'" + name + "'", "a method of " + service.getName() + ": "
					+ known.keySet().stream().collect(Collectors.joining(", ")));
		}
	}

	private static void checkThat(boolean valid, String name, Object value, String expected) {
		if (!valid) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
		}
	}

	private static Backoff backoff(AttemptSettings settings) {
		Backoff standard = AttemptPolicy.DEFAULT.backoff();
		return new Backoff(nanos(settings.initialBackoff(), standard.initialNanos()),
				nanos(settings.maxBackoff(), standard.maxNanos()));
	}

	private static long nanos(@Nullable Duration duration, long standard) {
		return (duration != null) ? TimeUnit.NANOSECONDS.convert(duration) : standard;
	}

	private static <T> T or(@Nullable T set, T standard) {
		return (set != null) ? set : standard;
	}

}
