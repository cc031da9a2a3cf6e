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

package io.rpcboot.dispatch;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * Brings the answers of calls from the event loop to the callbacks of users: with one
 * hand-over for a call that has one answer, batch by batch for a stream. For channels
 * whose own executor is direct. A call that brings an executor, as every blocking stub
 * and {@code stub.withExecutor(…)} do, keeps it.
 */
public final class ClientDispatch implements ClientInterceptor {

	private final Executor callbacks;

	private final ScheduledExecutorService timer = DeferredTasks.timer("rpc-client-streams");

	/**
	 * Creates a dispatch.
	 * @param callbacks runs the callbacks; never rejects
	 */
	public ClientDispatch(Executor callbacks) {
		this.callbacks = callbacks;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		if (options.getExecutor() != null) {
			return next.newCall(method, options);
		}
		return switch (method.getType()) {
			case UNARY -> new UnaryReplyCall<>(next.newCall(method, options), this.callbacks);
			case CLIENT_STREAMING -> next.newCall(method, options.withExecutor(this.callbacks));
			default -> StreamReplyCall.of(method, options, next, this.callbacks, this.timer);
		};
	}

}
