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

import java.util.function.BiConsumer;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.SynchronizationContext;

/**
 * Calls a listener in order though two call it: the one who started the call, and gRPC
 * once the call inside is there. Who comes second leaves his event to the first.
 *
 * @param <A> the type of response messages
 */
final class InOrderListener<A> extends ClientCall.Listener<A> {

	private final ClientCall.Listener<A> delegate;

	private final SynchronizationContext order;

	InOrderListener(ClientCall.Listener<A> delegate, BiConsumer<String, Throwable> cancel) {
		this.delegate = delegate;
		this.order = new SynchronizationContext((thread, failure) -> cancel.accept("A callback failed", failure));
	}

	@Override
	public void onHeaders(Metadata headers) {
		this.order.execute(() -> this.delegate.onHeaders(headers));
	}

	@Override
	public void onMessage(A message) {
		this.order.execute(() -> this.delegate.onMessage(message));
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		this.order.execute(() -> this.delegate.onClose(status, trailers));
	}

	@Override
	public void onReady() {
		this.order.execute(this.delegate::onReady);
	}

}
