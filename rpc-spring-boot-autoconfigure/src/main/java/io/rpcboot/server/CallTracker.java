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

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Counts the calls of users, unknown methods included. Health checks and reflection are
 * left out: they never end by themselves and are no work that a drain has to wait for.
 */
final class CallTracker extends ServerStreamTracer.Factory {

	private final LongSupplier nanoTime;

	private final LongAdder begun = new LongAdder();

	private final LongAdder ended = new LongAdder();

	private final LongAdder unattended = new LongAdder();

	private final ServerStreamTracer uncounted = new ServerStreamTracer() {
	};

	private final ServerStreamTracer counting = new ServerStreamTracer() {
		@Override
		public void streamClosed(Status status) {
			CallTracker.this.ended.increment();
		}
	};

	private volatile boolean draining;

	private volatile long lastBegunNanos;

	CallTracker(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	@Override
	public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
		if (isInfrastructure(fullMethodName)) {
			return this.uncounted;
		}
		this.begun.increment();
		if (this.draining) {
			this.lastBegunNanos = this.nanoTime.getAsLong();
		}
		return this.counting;
	}

	/**
	 * From now on replies say that this instance leaves, and new calls are timed.
	 */
	void beginDrain() {
		this.lastBegunNanos = this.nanoTime.getAsLong();
		this.draining = true;
	}

	boolean isDraining() {
		return this.draining;
	}

	/**
	 * Returns for how long no call has begun; never longer than the drain takes.
	 */
	long quietNanos() {
		return this.nanoTime.getAsLong() - this.lastBegunNanos;
	}

	long begun() {
		return this.begun.sum();
	}

	long inFlight() {
		long done = this.ended.sum();
		return this.begun.sum() - done + this.unattended.sum();
	}

	/**
	 * Counts calls that go on although their connections were cut.
	 */
	void unattended(int change) {
		this.unattended.add(change);
	}

	static boolean isInfrastructure(String method) {
		return method.startsWith("grpc.health.v1.") || method.startsWith("grpc.reflection.");
	}

}
