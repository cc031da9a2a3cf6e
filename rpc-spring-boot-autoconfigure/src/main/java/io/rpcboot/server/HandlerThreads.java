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

package io.rpcboot.server;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.dispatch.Admission;
import io.rpcboot.dispatch.WakeOnePool;
import io.rpcboot.server.admission.AdmissionStatistics;
import io.rpcboot.server.admission.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The threads of handlers: virtual ones, or a bounded pool with a bounded queue of calls.
 * A call that finds the queue full is answered RESOURCE_EXHAUSTED, not executed.
 */
final class HandlerThreads implements Admission, AutoCloseable {

	/** How long a full queue takes to be worth another try; nobody knows. */
	private static final long PUSH_BACK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final String key;

	private final @Nullable WakeOnePool pool;

	private final Executor executor;

	private final int maxThreads;

	private final int queueCapacity;

	private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();

	private HandlerThreads(String key, @Nullable WakeOnePool pool, Executor executor, int maxThreads,
			int queueCapacity) {
		this.key = key;
		this.pool = pool;
		this.executor = executor;
		this.maxThreads = maxThreads;
		this.queueCapacity = queueCapacity;
	}

	static HandlerThreads pool(int threads, int queueCapacity) {
		return pool("rpc.server.executor", "rpc-handler-", threads, queueCapacity);
	}

	/**
	 * Makes a pool.
	 * @param key the property that sets it
	 * @param threadNames begins the names of its threads
	 * @param threads the most threads
	 * @param queueCapacity the most calls that wait
	 */
	static HandlerThreads pool(String key, String threadNames, int threads, int queueCapacity) {
		WakeOnePool pool = new WakeOnePool(threadNames, threads);
		return new HandlerThreads(key, pool, pool, threads, queueCapacity);
	}

	static HandlerThreads virtual(Executor virtualThreads) {
		return new HandlerThreads("rpc.server.executor", null, virtualThreads, 0, Integer.MAX_VALUE);
	}

	Executor executor() {
		return this.executor;
	}

	/**
	 * Reads the counters.
	 * @param waiting how many calls wait for a thread
	 */
	AdmissionStatistics.Executor statistics(int waiting) {
		Map<String, Long> counts = new TreeMap<>();
		this.refused.forEach((service, count) -> counts.put(service, count.sum()));
		return new AdmissionStatistics.Executor(this.maxThreads, (this.pool != null) ? this.pool.threads() : 0,
				(this.pool != null) ? this.pool.active() : 0, waiting, this.queueCapacity, counts);
	}

	@Override
	public @Nullable Status admit(MethodDescriptor<?, ?> method, Metadata headers, int waiting) {
		if (waiting < this.queueCapacity) {
			return null;
		}
		count(method);
		return Refusal.overloaded(
				"The server's queue of calls is full: " + this.queueCapacity + " (" + this.key + ".queue-capacity)",
				PUSH_BACK_NANOS);
	}

	@Override
	public Status rejected(MethodDescriptor<?, ?> method) {
		count(method);
		return Refusal.overloaded("The executor of " + method.getServiceName() + " has no room for the call",
				PUSH_BACK_NANOS);
	}

	@Override
	public void close() {
		if (this.pool != null) {
			this.pool.close();
		}
	}

	private void count(MethodDescriptor<?, ?> method) {
		this.refused.computeIfAbsent(String.valueOf(method.getServiceName()), (service) -> new LongAdder()).increment();
	}

}
