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

package io.rpcboot.client.throttle;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * Throttles the calls to one application. Outside of its attempts, so that all of a call
 * count once, and what it does not send is not retried.
 */
final class ThrottlingInterceptor implements ClientInterceptor {

	private final Function<MethodDescriptor<?, ?>, Optional<ThrottledMethod>> factory;

	/** By full method name; empty for a method that is not throttled. */
	private final Map<String, Optional<ThrottledMethod>> methods = new ConcurrentHashMap<>();

	/**
	 * Creates the interceptor.
	 * @param factory makes the throttle of a method
	 */
	ThrottlingInterceptor(Function<MethodDescriptor<?, ?>, Optional<ThrottledMethod>> factory) {
		this.factory = factory;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		Optional<ThrottledMethod> throttle = this.methods.get(method.getFullMethodName());
		if (throttle == null) {
			throttle = this.methods.computeIfAbsent(method.getFullMethodName(), (name) -> this.factory.apply(method));
		}
		if (throttle.isEmpty()) {
			return next.newCall(method, options);
		}
		return throttle.get().admit() ? new CountedCall<>(next.newCall(method, options), throttle.get())
				: new RefusedCall<>(throttle.get().refusal(), options.getExecutor());
	}

	/**
	 * A call that tells the throttle how it ends.
	 */
	private static final class CountedCall<Q, A> extends SimpleForwardingClientCall<Q, A> {

		private final ThrottledMethod throttle;

		CountedCall(ClientCall<Q, A> delegate, ThrottledMethod throttle) {
			super(delegate);
			this.throttle = throttle;
		}

		@Override
		public void start(Listener<A> listener, Metadata headers) {
			super.start(new SimpleForwardingClientCallListener<>(listener) {
				@Override
				public void onClose(Status status, Metadata trailers) {
					CountedCall.this.throttle.onEnd(status, trailers);
					super.onClose(status, trailers);
				}
			}, headers);
		}

	}

}
