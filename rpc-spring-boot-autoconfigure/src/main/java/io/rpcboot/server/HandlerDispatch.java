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
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * Chooses the executor of each call: the one its service asks for, else the server's own,
 * which is a bounded pool or virtual threads. Health and reflection, which never block,
 * stay on the event loop, so that a full pool does not make a server look dead.
 * <p>
 * The pool's queue is bounded where calls enter, not where tasks do: gRPC submits several
 * tasks for one call, and a call that lost one of them would hang. A call that finds the
 * queue full is answered RESOURCE_EXHAUSTED, not executed.
 */
final class HandlerDispatch implements ServerCallExecutorSupplier, ServerInterceptor, Ordered, AutoCloseable {

	private static final Metadata.Key<String> FULL = Metadata.Key.of("rpc-internal-queue-full",
			Metadata.ASCII_STRING_MARSHALLER);

	private static final long KEEP_ALIVE_SECONDS = 60;

	private final Map<String, Executor> byService;

	private final Executor handlers;

	private final @Nullable ThreadPoolExecutor pool;

	private final int queueCapacity;

	private HandlerDispatch(Map<String, Executor> byService, Executor handlers, @Nullable ThreadPoolExecutor pool,
			int queueCapacity) {
		this.byService = byService;
		this.handlers = handlers;
		this.pool = pool;
		this.queueCapacity = queueCapacity;
	}

	static HandlerDispatch pool(int threads, int queueCapacity, Map<String, Executor> byService) {
		AtomicInteger count = new AtomicInteger();
		ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), (task) -> {
					Thread thread = new Thread(task, "rpc-handler-" + count.incrementAndGet());
					thread.setDaemon(true);
					return thread;
				});
		pool.allowCoreThreadTimeOut(true);
		return new HandlerDispatch(byService, pool, pool, queueCapacity);
	}

	static HandlerDispatch unbounded(Executor virtualThreads, Map<String, Executor> byService) {
		return new HandlerDispatch(byService, virtualThreads, null, Integer.MAX_VALUE);
	}

	@Override
	public int getOrder() {
		return ServerInterceptorOrder.ADMISSION;
	}

	@Override
	public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
		headers.discardAll(FULL);
		if (CallTracker.isInfrastructure(call.getMethodDescriptor().getFullMethodName())) {
			return Runnable::run;
		}
		Executor own = this.byService.get(call.getMethodDescriptor().getServiceName());
		if (own != null) {
			return own;
		}
		if (this.pool != null && this.pool.getQueue().size() >= this.queueCapacity) {
			headers.put(FULL, "1");
			return Runnable::run;
		}
		return this.handlers;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		if (!headers.containsKey(FULL)) {
			return next.startCall(call, headers);
		}
		call.close(Refusal.overloaded(
				"The server's queue of calls is full: " + this.queueCapacity + " (rpc.server.executor.queue-capacity)"),
				new Metadata());
		return new ServerCall.Listener<>() {
		};
	}

	@Override
	public void close() {
		if (this.handlers instanceof ExecutorService service) {
			service.shutdown();
		}
	}

}
