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

package io.rpcboot.client.throttle;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The throttles of an application context: one for each application and method that is
 * called, shared by all references.
 */
public final class ClientThrottles {

	private final ThrottleSettings settings;

	private final LongSupplier nanoTime;

	private final DoubleSupplier random;

	/** By application. */
	private final Map<String, LongAdder> dropped = new ConcurrentHashMap<>();

	private final Map<String, ClientInterceptor> interceptors = new ConcurrentHashMap<>();

	/**
	 * Creates throttles.
	 * @param settings which calls are throttled
	 */
	public ClientThrottles(ThrottleSettings settings) {
		this(settings, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
	}

	ClientThrottles(ThrottleSettings settings, LongSupplier nanoTime, DoubleSupplier random) {
		this.settings = settings;
		this.nanoTime = nanoTime;
		this.random = random;
	}

	/**
	 * Returns what throttles the calls to an application.
	 * @param application the application
	 * @return the interceptor, which belongs outside of all attempts; {@code null} if no
	 * call is throttled
	 */
	public @Nullable ClientInterceptor interceptor(String application) {
		return this.settings.concern(application) ? this.interceptors.computeIfAbsent(application,
				(name) -> new ThrottlingInterceptor((method) -> throttle(name, method))) : null;
	}

	/**
	 * Returns how many calls were not sent, or in a dry run would not have been.
	 * @param application the application
	 * @return at least 0
	 */
	public long dropped(String application) {
		LongAdder count = this.dropped.get(application);
		return (count != null) ? count.sum() : 0;
	}

	private Optional<ThrottledMethod> throttle(String application, MethodDescriptor<?, ?> method) {
		ThrottleRule rule = this.settings.rule(application, method);
		return (rule != null) ? Optional.of(new ThrottledMethod(application, method.getFullMethodName(), rule,
				new ClientThrottle(rule.k(), rule.window().toNanos(), this.nanoTime, this.random),
				this.dropped.computeIfAbsent(application, (name) -> new LongAdder()))) : Optional.empty();
	}

}
