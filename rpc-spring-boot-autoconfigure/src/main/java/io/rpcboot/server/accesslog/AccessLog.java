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

package io.rpcboot.server.accesslog;

import java.net.SocketAddress;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line for each call when it has ended, to the logger {@code rpc.access} at
 * INFO, and one for a slow unary call to {@code rpc.slow} at WARN. It sits below every
 * interceptor, so the status is the one that went to the client, also of calls that were
 * refused before any code of the service ran.
 * <p>
 * A line is written by the thread that ends the stream, mostly an event loop: the
 * appender should be asynchronous, and drop lines rather than wait. What is in it is text
 * for people and, for structured logging, key and value: no payload, and of what a client
 * may choose only what is short and printable.
 */
public final class AccessLog extends ServerStreamTracer.Factory {

	static final Logger ACCESS = LoggerFactory.getLogger("rpc.access");

	static final Logger SLOW = LoggerFactory.getLogger("rpc.slow");

	private static final ServerStreamTracer NONE = new ServerStreamTracer() {
	};

	private final AccessLogSettings settings;

	private final Supplier<@Nullable SocketAddress> unservedPeer;

	private final LongSupplier nanoTime;

	private final long slowNanos;

	/**
	 * Creates a log.
	 * @param settings which calls have a line
	 * @param unservedPeer who calls, as a stream tracer is made for a method that is not
	 * served; it may return {@code null} whenever gRPC tells the peer
	 */
	public AccessLog(AccessLogSettings settings, Supplier<@Nullable SocketAddress> unservedPeer) {
		this(settings, unservedPeer, System::nanoTime);
	}

	AccessLog(AccessLogSettings settings, Supplier<@Nullable SocketAddress> unservedPeer, LongSupplier nanoTime) {
		this.settings = settings;
		this.unservedPeer = unservedPeer;
		this.nanoTime = nanoTime;
		this.slowNanos = settings.slowNanos();
	}

	@Override
	public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
		return this.settings.isExcluded(fullMethodName) ? NONE
				: new LoggedCall(this, fullMethodName, headers, this.unservedPeer.get(), this.nanoTime.getAsLong());
	}

	/**
	 * Writes the lines of a call that has ended.
	 */
	void ended(LoggedCall call, String status) {
		long nanos = this.nanoTime.getAsLong() - call.startNanos();
		if (this.settings.enabled() && ACCESS.isInfoEnabled()) {
			call.write(ACCESS.atInfo(), status, nanos);
		}
		if (nanos >= this.slowNanos && call.isUnary() && SLOW.isWarnEnabled()) {
			call.write(SLOW.atWarn(), status, nanos);
		}
	}

}
