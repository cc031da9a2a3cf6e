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

package io.rpcboot.server.connection;

import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelPipeline;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * The first handler of a connection, until something comes over it: only then can it be
 * seen where the plain text will be, here or behind TLS. Belongs to the connection's
 * event loop.
 */
final class ConnectionStart extends ChannelInboundHandlerAdapter {

	private final ConnectionLimits limits;

	private final long acceptedNanos;

	private boolean begun;

	ConnectionStart(ConnectionLimits limits, long acceptedNanos) {
		this.limits = limits;
		this.acceptedNanos = acceptedNanos;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		ChannelPipeline pipeline = ctx.pipeline();
		SslHandler tls = pipeline.get(SslHandler.class);
		if (tls == null) {
			pipeline.addAfter(ctx.name(), null, new ConnectionWatch(this.limits, this));
		}
		else {
			// Told before anything that was encrypted goes on.
			tls.handshakeFuture().addListener((handshake) -> {
				if (handshake.isSuccess()) {
					pipeline.addAfter(pipeline.context(tls).name(), null, new ConnectionWatch(this.limits, this));
				}
			});
		}
		pipeline.remove(this);
		ctx.fireChannelRead(message);
	}

	/**
	 * Tells that the peer speaks HTTP/2: the handshake is over.
	 */
	void begun() {
		this.begun = true;
	}

	/**
	 * Tells that the connection is closed.
	 */
	void closed(@Nullable Object peer) {
		if (!this.begun) {
			this.limits.closedInHandshake(this.acceptedNanos, peer);
		}
	}

}
