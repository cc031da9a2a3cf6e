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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import org.springframework.core.Ordered;

/**
 * Records what the calls with the header {@code recorded} are told, on which threads, and
 * runs what a test wants to happen just before that.
 */
@GlobalServerInterceptor
final class RecordingInterceptor implements ServerInterceptor, Ordered {

	static final Metadata.Key<String> RECORDED = Metadata.Key.of("recorded", Metadata.ASCII_STRING_MARSHALLER);

	final List<String> events = new CopyOnWriteArrayList<>();

	final Set<String> threads = ConcurrentHashMap.newKeySet();

	final AtomicInteger overlaps = new AtomicInteger();

	private final Map<String, Runnable> actions = new ConcurrentHashMap<>();

	private final AtomicInteger running = new AtomicInteger();

	private final int order;

	RecordingInterceptor(int order) {
		this.order = order;
	}

	static Metadata recorded() {
		Metadata headers = new Metadata();
		headers.put(RECORDED, "1");
		return headers;
	}

	/**
	 * Sets what happens on the event's thread before the event is passed on.
	 */
	RecordingInterceptor on(String event, Runnable action) {
		this.actions.put(event, action);
		return this;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		if (!headers.containsKey(RECORDED)) {
			return next.startCall(call, headers);
		}
		ServerCall.Listener<?>[] listener = new ServerCall.Listener<?>[1];
		record("startCall", (unused) -> listener[0] = next.startCall(call, headers), null);
		@SuppressWarnings("unchecked")
		ServerCall.Listener<Q> started = (ServerCall.Listener<Q>) listener[0];
		return new Recorder<>(started);
	}

	private <M> void record(String event, Consumer<M> delegate, M message) {
		this.threads.add(Thread.currentThread().getName());
		if (this.running.getAndIncrement() > 0) {
			this.overlaps.incrementAndGet();
		}
		try {
			this.events.add(event);
			this.actions.getOrDefault(event, () -> {
			}).run();
			delegate.accept(message);
		}
		finally {
			this.running.decrementAndGet();
		}
	}

	private final class Recorder<Q> extends ServerCall.Listener<Q> {

		private final ServerCall.Listener<Q> delegate;

		private boolean failed;

		Recorder(ServerCall.Listener<Q> delegate) {
			this.delegate = delegate;
		}

		/**
		 * Passes an event on, but nothing after one that failed: gRPC has answered by
		 * then, and an answer of the handler after that would end the connection.
		 */
		private <M> void tell(String event, Consumer<M> next, M message) {
			if (this.failed) {
				return;
			}
			this.failed = true;
			record(event, next, message);
			this.failed = false;
		}

		@Override
		public void onReady() {
			tell("onReady", (unused) -> this.delegate.onReady(), null);
		}

		@Override
		public void onMessage(Q message) {
			tell("onMessage", this.delegate::onMessage, message);
		}

		@Override
		public void onHalfClose() {
			tell("onHalfClose", (unused) -> this.delegate.onHalfClose(), null);
		}

		@Override
		public void onCancel() {
			tell("onCancel", (unused) -> this.delegate.onCancel(), null);
		}

		@Override
		public void onComplete() {
			tell("onComplete", (unused) -> this.delegate.onComplete(), null);
		}

	}

}
