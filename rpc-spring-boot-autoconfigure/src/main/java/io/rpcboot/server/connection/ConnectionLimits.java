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

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a peer from taking more of a server than its share: bounds the number of
 * connections, and closes those that stay away from their own handshake, speak too
 * slowly, leave calls half begun or answers untaken, or begin calls to reset them.
 * <p>
 * gRPC itself has limits of the handshake and of resets; the others stand in the way of
 * connections, in Netty's pipelines, before anything of gRPC.
 */
public final class ConnectionLimits {

	private final ConnectionSettings settings;

	private final LongSupplier nanoTime;

	private final ReachedLimits reached;

	private final OpenConnections open;

	private volatile Map<AsciiString, MethodType> types = Map.of();

	/**
	 * Creates the limits of one start of a server.
	 * @param settings what they are
	 */
	public ConnectionLimits(ConnectionSettings settings) {
		this(settings, System::nanoTime);
	}

	ConnectionLimits(ConnectionSettings settings, LongSupplier nanoTime) {
		this.settings = settings;
		this.nanoTime = nanoTime;
		this.reached = new ReachedLimits(nanoTime);
		this.open = new OpenConnections(settings.maxConnections(), settings.maxPerPeer());
	}

	/**
	 * Sets the limits that gRPC keeps itself, of the handshake and of resets. What is set
	 * on the builder later wins.
	 * @param builder builds the server
	 */
	public void applyTo(NettyServerBuilder builder) {
		builder.handshakeTimeout(this.settings.handshakeTimeout().toNanos(), TimeUnit.NANOSECONDS);
		if (this.settings.maxResets() > 0) {
			builder.maxRstFramesPerWindow(this.settings.maxResets(),
					Math.toIntExact(this.settings.resetWindow().toSeconds()));
		}
	}

	/**
	 * Puts all other limits in the way of the connections that a listener accepts.
	 * @param listener does not listen yet
	 */
	public void guard(ServerChannel listener) {
		listener.pipeline()
			.addLast(new ConnectionGate(this.open, this.reached,
					() -> new ConnectionStart(this, this.nanoTime.getAsLong())));
	}

	/**
	 * Tells which methods have one request or answer message: what is not told of may
	 * stay open.
	 * @param services what the server serves; of two methods of one name gRPC serves the
	 * one that comes first
	 */
	public void serve(Collection<ServerServiceDefinition> services) {
		Map<AsciiString, MethodType> paths = new HashMap<>();
		services.forEach((service) -> service.getMethods().forEach((method) -> {
			MethodDescriptor<?, ?> descriptor = method.getMethodDescriptor();
			paths.putIfAbsent(AsciiString.of("/" + descriptor.getFullMethodName()), descriptor.getType());
		}));
		this.types = paths;
	}

	/**
	 * Returns what is open, and what was refused.
	 * @return a snapshot
	 */
	public ConnectionStatistics statistics() {
		return new ConnectionStatistics(this.open.open(), this.reached.counts());
	}

	ConnectionSettings settings() {
		return this.settings;
	}

	ReachedLimits reached() {
		return this.reached;
	}

	/**
	 * Returns the type of a method.
	 * @param path its path, as gRPC's decoder of headers has it; {@code null} for none
	 * @return the type; {@code UNKNOWN} of what is not served
	 */
	MethodType type(@Nullable CharSequence path) {
		return (path instanceof AsciiString name) ? this.types.getOrDefault(name, MethodType.UNKNOWN)
				: MethodType.UNKNOWN;
	}

	/**
	 * Tells that a connection was closed before it spoke HTTP/2, by whomever.
	 */
	void closedInHandshake(long acceptedNanos, @Nullable Object peer) {
		if (this.nanoTime.getAsLong() - acceptedNanos >= this.settings.handshakeTimeout().toNanos()) {
			this.reached.add(Limit.HANDSHAKE, peer);
		}
	}

}
