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

package io.rpcboot.client.fallback;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.rpcboot.client.fallback.FallbackSettings.Fallback;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Makes the fallbacks of references. Their beans are looked up with the reference, so
 * that the start tells what is wrong with them, and a circle of fallbacks is one of
 * beans.
 */
public final class Fallbacks {

	private final FallbackSettings settings;

	private final @Nullable FallbackBeans beans;

	/** By application. */
	private final Map<String, FallbackCounts> counts = new ConcurrentHashMap<>();

	/**
	 * Creates fallbacks.
	 * @param settings which beans answer
	 * @param beans where they are; {@code null} for nowhere, if there are no fallbacks
	 * @param services returns the service that a type of stub calls, or {@code null}
	 */
	public Fallbacks(FallbackSettings settings, @Nullable ConfigurableListableBeanFactory beans,
			Function<Class<?>, @Nullable ServiceDescriptor> services) {
		this.settings = settings;
		this.beans = (beans != null) ? new FallbackBeans(beans, services) : null;
	}

	/**
	 * Makes the fallback of one reference.
	 * @param application the application that is called
	 * @param annotation what the annotation says
	 * @param service the service that is called; {@code null} if it cannot be told
	 * @return the interceptor, which belongs outside of all others; {@code null} if there
	 * is no fallback
	 * @throws IllegalArgumentException if a bean is not there or cannot answer
	 */
	public @Nullable ClientInterceptor interceptor(String application, Fallback annotation,
			@Nullable ServiceDescriptor service) {
		FallbackSettings.Reference reference = this.settings.reference(application);
		Fallback own = reference.own().over(annotation);
		Map<String, FallbackTarget> targets = new HashMap<>();
		if (own.bean() != null) {
			targets.put(own.bean(), target(own.bean(), service, methods(service)));
		}
		new TreeMap<>(reference.methods()).forEach((name, fallback) -> {
			if (fallback.bean() != null && isOf(name, service)) {
				targets.put(fallback.bean(), target(fallback.bean(), service,
						methods(service).stream().filter((method) -> isNamed(name, method)).toList()));
			}
		});
		return targets.isEmpty() ? null
				: new FallbackInterceptor((method) -> rule(application, method, reference.methods(), own, targets));
	}

	/**
	 * Returns how many failed calls fallbacks have answered.
	 * @param application the application that was called
	 * @return at least 0
	 */
	public long answered(String application) {
		FallbackCounts known = this.counts.get(application);
		return (known != null) ? known.answered() : 0;
	}

	/**
	 * Returns how many failed calls fallbacks could not answer either; calls that were
	 * given up meanwhile are not counted.
	 * @param application the application that was called
	 * @return at least 0
	 */
	public long failed(String application) {
		FallbackCounts known = this.counts.get(application);
		return (known != null) ? known.failed() : 0;
	}

	private FallbackTarget target(String bean, @Nullable ServiceDescriptor service,
			Collection<MethodDescriptor<?, ?>> methods) {
		FallbackTarget target = Objects.requireNonNull(this.beans, "no bean factory").target(bean, service);
		if (!methods.isEmpty() && methods.stream().noneMatch(target::serves)) {
			throw new IllegalArgumentException("fallback: the bean '" + bean + "' (expected: one that answers "
					+ methods.stream().map(MethodDescriptor::getFullMethodName).toList() + ")");
		}
		return target;
	}

	private Optional<FallbackRule> rule(String application, MethodDescriptor<?, ?> method,
			Map<String, Fallback> methods, Fallback own, Map<String, FallbackTarget> targets) {
		Fallback merged = Stream.of(method.getFullMethodName(), Objects.requireNonNullElse(method.getServiceName(), ""))
			.map((name) -> methods.getOrDefault(name, Fallback.NONE))
			.reduce(Fallback::over)
			.orElse(Fallback.NONE)
			.over(own);
		FallbackTarget target = (merged.bean() != null) ? targets.get(merged.bean()) : null;
		if (target == null || merged.bean() == null || !target.serves(method)) {
			return Optional.empty();
		}
		return Optional.of(new FallbackRule(application, merged.bean(), target,
				merged.statuses().isEmpty() ? FallbackSettings.STANDARD_STATUSES : merged.statuses(),
				this.counts.computeIfAbsent(application, (name) -> new FallbackCounts())));
	}

	private static Collection<MethodDescriptor<?, ?>> methods(@Nullable ServiceDescriptor service) {
		return (service != null) ? service.getMethods() : List.of();
	}

	/**
	 * Tells whether a name of a method or service is of the service that is called.
	 */
	private static boolean isOf(String name, @Nullable ServiceDescriptor service) {
		return service == null || name.equals(service.getName()) || name.startsWith(service.getName() + "/");
	}

	private static boolean isNamed(String name, MethodDescriptor<?, ?> method) {
		return name.equals(method.getFullMethodName()) || name.equals(method.getServiceName());
	}

}
