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

import java.net.SocketAddress;

import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Who calls a method that is not served. gRPC makes stream tracers for such a call, too,
 * but tells them nothing of its connection.
 */
public final class UnservedPeer {

	private static final FastThreadLocal<@Nullable SocketAddress> CURRENT = new FastThreadLocal<>();

	private UnservedPeer() {
	}

	/**
	 * Returns who calls, while the current thread hands the headers of such a call to
	 * gRPC, which makes its stream tracers then.
	 * @return the address of the peer; {@code null} at any other time
	 */
	public static @Nullable SocketAddress current() {
		return CURRENT.getIfExists();
	}

	static void during(@Nullable SocketAddress peer, HeadersRead read) throws Http2Exception {
		CURRENT.set(peer);
		try {
			read.run();
		}
		finally {
			CURRENT.remove();
		}
	}

	/**
	 * Hands headers to gRPC.
	 */
	interface HeadersRead {

		void run() throws Http2Exception;

	}

}
