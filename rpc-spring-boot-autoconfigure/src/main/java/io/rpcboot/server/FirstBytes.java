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

import java.net.SocketAddress;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNames;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;

/**
 * Looks at the first bytes that a client sends, which tell whether it speaks TLS, and at
 * how its handshake ends. Leaves the connection then: calls never pass through it.
 */
@Sharable
final class FirstBytes extends ChannelInboundHandlerAdapter {

	/** The type of the first record of each handshake (RFC 8446, section 5.1). */
	private static final int HANDSHAKE = 22;

	/** The major version in each record, of TLS 1.3 too. */
	private static final int MAJOR_VERSION = 3;

	private final ConnectionHints hints;

	FirstBytes(ConnectionHints hints) {
		this.hints = hints;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		context.pipeline().remove(this);
		if (message instanceof ByteBuf bytes && bytes.readableBytes() > 1
				&& !this.hints.isOwn(context.channel().remoteAddress())) {
			look(context.channel(), isTls(bytes));
		}
		context.fireChannelRead(message);
	}

	private void look(Channel connection, boolean tls) {
		SocketAddress client = connection.remoteAddress();
		SslHandler ssl = connection.pipeline().get(SslHandler.class);
		if (ssl == null) {
			if (tls) {
				this.hints.onTls(client);
			}
		}
		else if (this.hints.isTls()) {
			if (tls) {
				follow(ssl, client);
			}
			else {
				this.hints.onPlaintext(client);
			}
		}
	}

	private void follow(SslHandler ssl, SocketAddress client) {
		ssl.handshakeFuture().addListener((end) -> {
			if (!end.isSuccess()) {
				this.hints.onHandshakeFailure(client, end.cause());
			}
			else if (!ApplicationProtocolNames.HTTP_2.equals(ssl.applicationProtocol())) {
				this.hints.onNoHttp2(client);
			}
		});
	}

	private static boolean isTls(ByteBuf bytes) {
		return bytes.getUnsignedByte(bytes.readerIndex()) == HANDSHAKE
				&& bytes.getUnsignedByte(bytes.readerIndex() + 1) == MAJOR_VERSION;
	}

	/**
	 * Puts the look at the first bytes into each connection that a listener accepts.
	 */
	@Sharable
	static final class OnAccept extends ChannelInboundHandlerAdapter {

		private final FirstBytes first;

		OnAccept(ConnectionHints hints) {
			this.first = new FirstBytes(hints);
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (message instanceof Channel connection) {
				connection.pipeline().addFirst(this.first);
			}
			context.fireChannelRead(message);
		}

	}

}
