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

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Makes the attempts of the calls of an application context.
 */
public final class AttemptEngine implements AutoCloseable {

	private final @Nullable String caller;

	private final boolean customized;

	private final BiConsumer<Metadata, CallOptions> carried;

	private final AttemptTimer timer;

	private final LongSupplier nanoClock;

	private final DoubleSupplier random;

	private final String clientId = UUID.randomUUID().toString();

	private final Map<String, Target> targets = new ConcurrentHashMap<>();

	/** The calls between two attempts. */
	private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/**
	 * Creates the engine.
	 * @param caller the name of this application; {@code null} if it has none
	 * @param customized whether the channels may have interceptors of their own
	 * @param carried adds what a call carries on to its headers
	 * @param timer runs what comes later
	 */
	public AttemptEngine(@Nullable String caller, boolean customized, BiConsumer<Metadata, CallOptions> carried,
			AttemptTimer timer) {
		this(caller, customized, carried, timer, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
	}

	AttemptEngine(@Nullable String caller, boolean customized, BiConsumer<Metadata, CallOptions> carried,
			AttemptTimer timer, LongSupplier nanoClock, DoubleSupplier random) {
		this.caller = caller;
		this.customized = customized;
		this.carried = carried;
		this.timer = timer;
		this.nanoClock = nanoClock;
		this.random = random;
	}

	/**
	 * Returns what makes the attempts of calls to an application. The innermost
	 * interceptor, so that all others see one call.
	 * @param application the application
	 * @return the interceptor
	 */
	public ClientInterceptor interceptor(String application) {
		return new AttemptInterceptor(target(application));
	}

	/**
	 * Returns what became of the attempts to an application.
	 * @param application the application
	 * @return counters that go on counting
	 */
	public AttemptCounters counters(String application) {
		return target(application).counters();
	}

	/**
	 * Ends the calls that wait to be sent again, and those that would from now on. To be
	 * called before the timer stops, which forgets them.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.waiting.forEach(Waiting::onClosed);
	}

	/**
	 * Takes note of a call that waits. Tells it at once if this is closed.
	 */
	void add(Waiting call) {
		this.waiting.add(call);
		if (this.closed) {
			call.onClosed();
		}
	}

	void remove(Waiting call) {
		this.waiting.remove(call);
	}

	Target target(String application) {
		return this.targets.computeIfAbsent(application, (name) -> new Target(this, this.nanoClock, this.random));
	}

	@Nullable String caller() {
		return this.caller;
	}

	boolean isCustomized() {
		return this.customized;
	}

	BiConsumer<Metadata, CallOptions> carried() {
		return this.carried;
	}

	AttemptTimer timer() {
		return this.timer;
	}

	String clientId() {
		return this.clientId;
	}

	/**
	 * A call between two attempts.
	 */
	interface Waiting {

		/**
		 * There will be no other attempt. Perhaps called more than once.
		 */
		void onClosed();

	}

}
