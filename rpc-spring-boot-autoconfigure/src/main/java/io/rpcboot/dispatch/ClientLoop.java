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
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelPromise;
import io.grpc.netty.shaded.io.netty.channel.IoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.SingleThreadIoEventLoop;

/**
 * An event loop that knows how many connections it has.
 */
final class ClientLoop extends SingleThreadIoEventLoop {

	private final AtomicInteger connections = new AtomicInteger();

	ClientLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory handlers) {
		super(parent, executor, handlers);
	}

	/**
	 * Counts a connection, at once and in the thread that opens it, until it is closed.
	 */
	@Override
	public ChannelFuture register(ChannelPromise promise) {
		this.connections.incrementAndGet();
		promise.channel().closeFuture().addListener((closed) -> this.connections.decrementAndGet());
		return super.register(promise);
	}

	int connections() {
		return this.connections.get();
	}

}
