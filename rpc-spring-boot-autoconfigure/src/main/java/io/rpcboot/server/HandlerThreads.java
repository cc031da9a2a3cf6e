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

import java.util.concurrent.Executor;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.dispatch.Admission;
import io.rpcboot.dispatch.WakeOnePool;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the handlers that ask for no executor of their own: virtual ones, or a
 * bounded pool with a bounded queue of calls. A call that finds the queue full is
 * answered RESOURCE_EXHAUSTED, not executed.
 */
final class HandlerThreads implements Admission, AutoCloseable {

	private final @Nullable WakeOnePool pool;

	private final Executor executor;

	private final int queueCapacity;

	private HandlerThreads(@Nullable WakeOnePool pool, Executor executor, int queueCapacity) {
		this.pool = pool;
		this.executor = executor;
		this.queueCapacity = queueCapacity;
	}

	static HandlerThreads pool(int threads, int queueCapacity) {
		WakeOnePool pool = new WakeOnePool("rpc-handler-", threads);
		return new HandlerThreads(pool, pool, queueCapacity);
	}

	static HandlerThreads virtual(Executor virtualThreads) {
		return new HandlerThreads(null, virtualThreads, Integer.MAX_VALUE);
	}

	Executor executor() {
		return this.executor;
	}

	@Override
	public @Nullable Status admit(MethodDescriptor<?, ?> method, int waiting) {
		if (waiting < this.queueCapacity) {
			return null;
		}
		return Refusal.overloaded(
				"The server's queue of calls is full: " + this.queueCapacity + " (rpc.server.executor.queue-capacity)");
	}

	@Override
	public Status rejected(MethodDescriptor<?, ?> method) {
		return Refusal.overloaded("The executor of " + method.getServiceName() + " has no room for the call");
	}

	@Override
	public void close() {
		if (this.pool != null) {
			this.pool.close();
		}
	}

}
