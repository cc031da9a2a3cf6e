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

import java.util.function.Supplier;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Stands between a listening socket and gRPC: a connection over a limit is closed before
 * it costs an event loop anything. Runs on the loop that accepts connections.
 */
final class ConnectionGate extends ChannelInboundHandlerAdapter {

	private final OpenConnections open;

	private final ReachedLimits reached;

	private final Supplier<ConnectionStart> starts;

	ConnectionGate(OpenConnections open, ReachedLimits reached, Supplier<ConnectionStart> starts) {
		this.open = open;
		this.reached = reached;
		this.starts = starts;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (!(message instanceof Channel connection) || admit(connection)) {
			ctx.fireChannelRead(message);
		}
	}

	private boolean admit(Channel connection) {
		Object peer = OpenConnections.peer(connection.remoteAddress());
		Limit limit = this.open.enter(peer);
		if (limit != null) {
			this.reached.add(limit, connection.remoteAddress());
			// It belongs to no event loop yet, which is what close() would need.
			connection.unsafe().closeForcibly();
			return false;
		}
		ConnectionStart start = this.starts.get();
		connection.closeFuture().addListener((closed) -> {
			this.open.leave(peer);
			start.closed(connection.remoteAddress());
		});
		connection.pipeline().addLast(start);
		return true;
	}

}
