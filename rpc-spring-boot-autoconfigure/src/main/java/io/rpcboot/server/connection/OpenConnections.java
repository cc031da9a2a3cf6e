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

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Counts the open connections, in all and by peer. One thread lets connections in, any
 * thread tells that they are closed.
 */
final class OpenConnections {

	/** What is no address of the Internet protocol is one peer. */
	private static final String LOCAL = "local";

	private static final int PREFIX_BYTES = 8;

	private final int max;

	private final int maxPerPeer;

	private final AtomicInteger open = new AtomicInteger();

	private final Map<Object, AtomicInteger> byPeer = new ConcurrentHashMap<>();

	OpenConnections(int max, int maxPerPeer) {
		this.max = max;
		this.maxPerPeer = maxPerPeer;
	}

	/**
	 * Counts a new connection, if it may be.
	 * @return what does not let it in; {@code null} if it is in
	 */
	@Nullable Limit enter(Object peer) {
		if (this.max > 0 && this.open.get() >= this.max) {
			return Limit.CONNECTIONS;
		}
		AtomicInteger ofPeer = this.byPeer.get(peer);
		if (this.maxPerPeer > 0 && ofPeer != null && ofPeer.get() >= this.maxPerPeer) {
			return Limit.PEER_CONNECTIONS;
		}
		this.open.incrementAndGet();
		this.byPeer.compute(peer, (key, count) -> {
			AtomicInteger counted = (count != null) ? count : new AtomicInteger();
			counted.incrementAndGet();
			return counted;
		});
		return null;
	}

	/**
	 * Counts a connection no more.
	 */
	void leave(Object peer) {
		this.open.decrementAndGet();
		AtomicInteger count = this.byPeer.get(peer);
		if (count != null && count.decrementAndGet() <= 0) {
			// Only while nobody has entered meanwhile.
			this.byPeer.computeIfPresent(peer, (key, last) -> (last.get() > 0) ? last : null);
		}
	}

	/**
	 * Returns how many connections are open.
	 */
	int open() {
		return this.open.get();
	}

	/**
	 * Returns from how many peers connections are open.
	 */
	int peers() {
		return this.byPeer.size();
	}

	/**
	 * Returns who a peer is. Whoever has an address of IPv6 has 2<sup>64</sup> of them:
	 * the network counts.
	 */
	static Object peer(@Nullable SocketAddress address) {
		InetAddress host = (address instanceof InetSocketAddress inet) ? inet.getAddress() : null;
		if (host instanceof Inet6Address) {
			return ByteBuffer.wrap(host.getAddress(), 0, PREFIX_BYTES).getLong();
		}
		return (host != null) ? host : LOCAL;
	}

}
