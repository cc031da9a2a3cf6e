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

package io.rpcboot.benchmarks.budget;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.rpcboot.benchmarks.v1.BenchGrpc;
import io.rpcboot.benchmarks.v1.Message;
import io.rpcboot.server.RpcServerCustomizer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a server calls for a method: all interceptors and the service behind them.
 */
final class CapturedHandler implements RpcServerCustomizer, ServerInterceptor {

	private volatile @Nullable ServerCallHandler<Message, Message> handler;

	@Override
	public void customize(NettyServerBuilder builder) {
		builder.intercept(this);
	}

	@Override
	@SuppressWarnings("unchecked") // The method says so.
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		if (call.getMethodDescriptor().getFullMethodName().equals(BenchGrpc.getCallMethod().getFullMethodName())) {
			this.handler = (ServerCallHandler<Message, Message>) next;
		}
		return next.startCall(call, headers);
	}

	ServerCallHandler<Message, Message> handler() {
		ServerCallHandler<Message, Message> captured = this.handler;
		if (captured == null) {
			throw new IllegalStateException("there was no call");
		}
		return captured;
	}

}
