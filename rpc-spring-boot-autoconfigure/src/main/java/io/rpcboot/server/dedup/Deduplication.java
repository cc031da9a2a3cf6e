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

package io.rpcboot.server.dedup;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.rpcboot.call.PerMethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a call once, however often its client sends it. The first attempt of an id runs,
 * apart from its connection; those that come meanwhile wait for the same answer, and
 * those that come later get it from the store. An attempt that is not the first, and of
 * which nobody here knows whether it ran, is answered ABORTED and does not run.
 * <p>
 * The methods are marked before the services are put behind their interceptors. An id on
 * any other method is passed over.
 */
public final class Deduplication implements PerMethodInterceptor, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Deduplication.class);

	private static final ServerInterceptor UNMARKED = new UnmarkedMethodInterceptor();

	private final DeduplicationStore store;

	private final DeduplicationHost host;

	private final Arrivals arrivals;

	private final Ledger ledger;

	private final FailureLog failures;

	private final DeduplicationThreads threads = new DeduplicationThreads();

	/**
	 * Whether a marked method may run on another instance than the first. Not read by
	 * calls.
	 */
	private final Map<String, Boolean> methods = new HashMap<>();

	/**
	 * Creates a deduplication for one start of a server.
	 * @param store keeps how calls ended
	 * @param host the server
	 * @param maxRunTime how long a call without a deadline may run; above 0
	 */
	public Deduplication(DeduplicationStore store, DeduplicationHost host, Duration maxRunTime) {
		this(store, host, maxRunTime, System::nanoTime);
	}

	Deduplication(DeduplicationStore store, DeduplicationHost host, Duration maxRunTime, LongSupplier nanoTime) {
		this.store = store;
		this.host = host;
		this.failures = new FailureLog(nanoTime);
		this.ledger = new Ledger(store, host.instanceId(), nanoTime);
		this.arrivals = new Arrivals(this.ledger, host, this.threads, maxRunTime);
	}

	/**
	 * Marks a method. Before any method is asked for its interceptor.
	 * @param method a unary method
	 * @param otherInstances whether a later attempt may run although the first one went
	 * to another instance
	 */
	public void mark(MethodDescriptor<?, ?> method, boolean otherInstances) {
		this.methods.put(method.getFullMethodName(), otherInstances);
	}

	/**
	 * Returns which calls of a method run or are recorded here, so that they need no
	 * permit.
	 * @param method what is called
	 * @return decides by the headers of a call alone; may run on the event loop
	 */
	public Predicate<Metadata> known(MethodDescriptor<?, ?> method) {
		return this.methods.containsKey(method.getFullMethodName()) ? this::isKnown : (headers) -> false;
	}

	/**
	 * Returns where a known call of a marked method is answered, whatever has no room for
	 * new ones.
	 * @param headers the headers of the request
	 * @return the executor; {@code null} if the call is not known and goes the way of all
	 * others
	 */
	public @Nullable Executor executor(Metadata headers) {
		return (isKnown(headers) && this.threads.hasRoom()) ? this.threads.answers() : null;
	}

	/**
	 * Returns what was done since the server was started.
	 * @return a snapshot
	 */
	public DeduplicationStatistics statistics() {
		return this.arrivals.statistics(this.store);
	}

	@Override
	public ServerInterceptor of(MethodDescriptor<?, ?> method) {
		Boolean otherInstances = this.methods.get(method.getFullMethodName());
		return (otherInstances != null)
				? new RunOnceInterceptor(this.arrivals, this.host, this::acknowledge, otherInstances) : UNMARKED;
	}

	/**
	 * Ends the threads. Calls that run still are left to themselves.
	 */
	@Override
	public void close() {
		this.threads.close();
	}

	private boolean isKnown(Metadata headers) {
		RequestKey key = RequestIds.keyIn(headers);
		return key != null && this.ledger.isKnown(key);
	}

	private void acknowledge(RequestKey key) {
		try {
			this.store.acknowledge(key);
		}
		catch (RuntimeException ex) {
			this.failures.log(() -> logger.warn("The store of deduplicated calls did not take an acknowledgement. "
					+ "Further failures are not logged for a minute", ex));
		}
	}

}
