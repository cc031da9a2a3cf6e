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

package io.rpcboot.client;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;

/**
 * The channel that stubs hold: it stays the same when the application context is stopped
 * and started again, which needs a new connection underneath.
 */
final class ReferenceChannel extends Channel {

	private final Supplier<ManagedChannel> opener;

	private volatile ManagedChannel delegate;

	ReferenceChannel(Supplier<ManagedChannel> opener) {
		this.opener = opener;
		this.delegate = open();
	}

	@Override
	public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
		return this.delegate.newCall(method, options);
	}

	@Override
	public String authority() {
		return this.delegate.authority();
	}

	ConnectivityState state() {
		return this.delegate.getState(false);
	}

	void reopen() {
		if (this.delegate.isShutdown()) {
			this.delegate = open();
		}
	}

	void shutdown() {
		this.delegate.shutdown();
	}

	void shutdownNow() {
		this.delegate.shutdownNow();
	}

	/**
	 * Waits for calls in flight, then cuts what is left.
	 */
	void awaitTermination(long nanos) throws InterruptedException {
		if (!this.delegate.awaitTermination(Math.max(0, nanos), TimeUnit.NANOSECONDS)) {
			this.delegate.shutdownNow();
		}
	}

	private ManagedChannel open() {
		ManagedChannel channel = this.opener.get();
		// Connects now rather than at the first call.
		channel.getState(true);
		return channel;
	}

}
