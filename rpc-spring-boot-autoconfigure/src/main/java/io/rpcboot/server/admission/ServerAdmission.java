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

package io.rpcboot.server.admission;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.rpcboot.dispatch.ServerDispatch;
import io.rpcboot.server.admission.AdmissionSettings.Adaptive;
import io.rpcboot.server.admission.AdmissionSettings.Limit;
import io.rpcboot.server.admission.AdmissionSettings.Priority;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one start of a server. Services without limits do not notice it.
 */
public final class ServerAdmission implements AutoCloseable {

	private static final long DEFAULT_QUEUE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long IDLE_SECONDS = 10;

	private final AdmissionSettings settings;

	private final LongSupplier nanoTime;

	private final CallerRates rates;

	private final Map<String, Bulkhead> bulkheads = new LinkedHashMap<>();

	private final Map<String, LongAdder> refusedByRate = new ConcurrentHashMap<>();

	private final Map<String, RefusalLog> rateLogs = new ConcurrentHashMap<>();

	/** One for all limits. */
	private final ProcessLoad processLoad;

	private final ScheduledThreadPoolExecutor timer;

	/**
	 * Creates the limits.
	 * @param settings what is limited
	 * @param nanoTime the time in nanoseconds
	 */
	public ServerAdmission(AdmissionSettings settings, LongSupplier nanoTime) {
		this.settings = settings;
		this.nanoTime = nanoTime;
		this.processLoad = ProcessLoad.ofThisProcess(nanoTime);
		this.rates = new CallerRates(settings.callers(), nanoTime);
		this.timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "rpc-admission");
			thread.setDaemon(true);
			return thread;
		});
		this.timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
	}

	/**
	 * Limits the methods of a service. Before the server starts.
	 * @param service its definition
	 * @param queued whether its calls may wait; those that run on the event loop cannot,
	 * as they would run elsewhere after that
	 * @param dispatch where the limits stand
	 */
	public void limit(ServerServiceDefinition service, boolean queued, ServerDispatch dispatch) {
		Collection<? extends MethodDescriptor<?, ?>> methods = service.getServiceDescriptor().getMethods();
		String name = service.getServiceDescriptor().getName();
		Limit ofService = this.settings.services().getOrDefault(name, Limit.NONE).or(this.settings.defaults());
		Bulkhead shared = bulkhead(name, ofService, queued);
		for (MethodDescriptor<?, ?> method : methods) {
			Limit own = this.settings.methods().getOrDefault(method.getFullMethodName(), Limit.NONE);
			Bulkhead bulkhead = (own.maxConcurrent() != null)
					? bulkhead(method.getFullMethodName(), own.or(withoutQueue(ofService)), queued) : shared;
			if (bulkhead != null) {
				dispatch.limit(method.getFullMethodName(), limited(method, own.or(ofService), bulkhead));
			}
		}
	}

	/**
	 * Tells whether there are rates of callers.
	 * @return whether each call has to be shown to {@link #admitCaller}
	 */
	public boolean limitsCallers() {
		return this.rates.isEnabled();
	}

	/**
	 * Takes a token of the caller of a call.
	 * @param call the call, authenticated
	 * @param headers the request's headers
	 * @return {@code null} to let it pass, else the status to answer with
	 */
	public @Nullable Status admitCaller(ServerCall<?, ?> call, Metadata headers) {
		String caller = this.settings.callers().identity().nameOf(call, headers);
		long missingNanos = this.rates.take(caller);
		if (missingNanos == 0) {
			return null;
		}
		String service = String.valueOf(call.getMethodDescriptor().getServiceName());
		this.refusedByRate.computeIfAbsent(service, (key) -> new LongAdder()).increment();
		String description = "The caller " + ((caller != null) ? caller : "(unknown)")
				+ " is over its rate (rpc.server.admission.callers)";
		this.rateLogs.computeIfAbsent(service, (key) -> new RefusalLog(this.nanoTime))
			.log(service, this.settings.dryRun(), () -> description);
		return this.settings.dryRun() ? null : Refusal.overloaded(description, missingNanos);
	}

	/**
	 * Reads the counters. From any thread.
	 * @param executors those of the executors
	 * @return what they are now
	 */
	public AdmissionStatistics statistics(Map<String, AdmissionStatistics.Executor> executors) {
		Map<String, AdmissionStatistics.Limit> limits = new LinkedHashMap<>();
		this.bulkheads.forEach((name, bulkhead) -> limits.put(name, bulkhead.statistics()));
		Map<String, Long> overRate = new TreeMap<>();
		this.refusedByRate.forEach((service, count) -> overRate.put(service, count.sum()));
		return new AdmissionStatistics(this.settings.dryRun(), limits, executors, this.rates.size(), overRate);
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

	/**
	 * Leaves the capacity of the service's queue out: it was chosen for another limit.
	 */
	private static Limit withoutQueue(Limit limit) {
		return new Limit(limit.maxConcurrent(), null, limit.maxQueueTime(), limit.priority());
	}

	private @Nullable Bulkhead bulkhead(String name, Limit limit, boolean queued) {
		Integer max = limit.maxConcurrent();
		if (max == null && !this.settings.adaptive().enabled()) {
			return null;
		}
		// As many as may run: the last one waits about as long as one call takes.
		int capacity = (limit.queueCapacity() != null) ? limit.queueCapacity() : (max != null) ? max : 0;
		Bulkhead bulkhead = new Bulkhead(name, (max != null) ? max : Integer.MAX_VALUE, queued ? capacity : 0,
				adaptive(), this.settings.dryRun(), this.nanoTime, this::schedule);
		this.bulkheads.put(name, bulkhead);
		return bulkhead;
	}

	private @Nullable AdaptiveLimit adaptive() {
		Adaptive adaptive = this.settings.adaptive();
		return adaptive.enabled() ? new AdaptiveLimit(new GradientLimit(adaptive.minLimit(), adaptive.maxLimit()),
				new OverloadSignal(adaptive.cpuThreshold(), adaptive.maxQueueDelay().toNanos(), this.processLoad),
				this.nanoTime.getAsLong()) : null;
	}

	private static LimitedMethod limited(MethodDescriptor<?, ?> method, Limit limit, Bulkhead bulkhead) {
		long maxQueueNanos = (limit.maxQueueTime() != null) ? limit.maxQueueTime().toNanos() : DEFAULT_QUEUE_NANOS;
		bulkhead.expect(maxQueueNanos);
		return new LimitedMethod(bulkhead, maxQueueNanos, limit.priority() == Priority.HIGH,
				method.getType() == MethodDescriptor.MethodType.UNARY);
	}

	private void schedule(Runnable task, long delayNanos) {
		try {
			this.timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// The server is closed, and with it all that waits.
		}
	}

}
