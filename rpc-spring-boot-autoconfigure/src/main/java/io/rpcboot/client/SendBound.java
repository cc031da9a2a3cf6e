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

import java.util.function.BooleanSupplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;

/**
 * How far those who send a stream of requests may be ahead of its transport.
 *
 * @param maxBytes how many bytes they may have sent before they wait, above 0
 * @param callbackThread whether the current thread is one that callbacks share
 */
record SendBound(long maxBytes, BooleanSupplier callbackThread) {

	/**
	 * Makes a call whose sender waits.
	 */
	<Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options, Channel channel) {
		if (options.getExecutor() == null) {
			return new BoundedStream<>(channel.newCall(method, options), this, options.getDeadline(), null);
		}
		OpenStream stream = new OpenStream();
		return new BoundedStream<>(channel.newCall(method, options.withStreamTracerFactory(stream)), this,
				options.getDeadline(), stream);
	}

}
