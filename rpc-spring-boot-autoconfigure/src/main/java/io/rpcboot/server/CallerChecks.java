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

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServiceDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.rpcboot.dispatch.ServerDispatch;
import io.rpcboot.server.ServiceCollector.BoundService;
import io.rpcboot.server.authentication.ServerAuthentication;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the event loops free of what finds out who calls: that may ask a database, or
 * compute a hash that is meant to take long.
 */
final class CallerChecks {

	private static final Logger logger = LoggerFactory.getLogger(CallerChecks.class);

	private static final int THREADS = 2;

	private static final int QUEUE_CAPACITY = 100;

	private static final long IDLE_SECONDS = 10;

	private final @Nullable ServerAuthentication interceptor;

	private final boolean blocking;

	CallerChecks(@Nullable ServerAuthentication interceptor) {
		this.interceptor = interceptor;
		this.blocking = interceptor != null && interceptor.isBlocking();
	}

	void addTo(List<ServerInterceptor> interceptors) {
		if (this.interceptor != null) {
			interceptors.add(this.interceptor);
		}
	}

	/**
	 * Asks the callers of methods that customizers have added, too.
	 * @param builder the server
	 * @param guard marks refusals
	 * @param asks says of the full name of a method whether its interceptors ask already
	 */
	void askForOthers(NettyServerBuilder builder, ServerInterceptor guard, Predicate<String> asks) {
		ServerAuthentication asking = this.interceptor;
		if (asking == null) {
			return;
		}
		builder.intercept(new ServerInterceptor() {
			@Override
			public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
					ServerCallHandler<Q, A> next) {
				return asks.test(call.getMethodDescriptor().getFullMethodName()) ? next.startCall(call, headers)
						: guard.interceptCall(call, headers,
								(guarded, guardedHeaders) -> asking.interceptCall(guarded, guardedHeaders, next));
			}
		});
	}

	/**
	 * Takes a service off the event loop if its callers cannot be checked there.
	 */
	BoundService checked(String name, BoundService service) {
		if (!service.nonBlocking() || !this.blocking) {
			return service;
		}
		logger.info("The non-blocking service {} runs on the handlers' threads, as authentication may block", name);
		return service.onHandlers();
	}

	/**
	 * Says where a service of the server's own runs: on the event loop, unless a method
	 * of it asks for credentials.
	 */
	void route(ServerDispatch dispatch, ServiceDescriptor service) {
		ServerAuthentication asking = this.interceptor;
		if (asking != null && this.blocking && service.getMethods().stream().anyMatch(asking::asks)) {
			dispatch.route(service.getName(), threads(service.getName()));
		}
		else {
			dispatch.routeOnEventLoop(service.getName(), Runnable::run);
		}
	}

	/**
	 * A few threads apart from the handlers, so that health is answered while those are
	 * busy. They end by themselves.
	 */
	private static Executor threads(String service) {
		ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(QUEUE_CAPACITY), (task) -> {
					Thread thread = new Thread(task, "rpc-checked-" + service);
					thread.setDaemon(true);
					return thread;
				});
		threads.allowCoreThreadTimeOut(true);
		return threads;
	}

}
