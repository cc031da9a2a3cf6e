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
import java.util.Locale;

import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.rpcboot.call.CallContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Follows one call, for its line in the log. The sizes are plain fields: the thread that
 * writes replies hands them to the one that ends the stream.
 */
final class LoggedCall extends ServerStreamTracer {

	/** How an interceptor finds the call, to tell what is known further in only. */
	static final Context.Key<LoggedCall> KEY = Context.key("rpc-logged-call");

	private static final String NONE = "-";

	private static final double NANOS_PER_MILLI = 1_000_000.0;

	private final AccessLog log;

	private final String method;

	private @Nullable String caller;

	private final long startNanos;

	private volatile @Nullable String traceId;

	private @Nullable String peer;

	private boolean unary;

	private long sent;

	private long received;

	/**
	 * Creates the record of a call.
	 * @param log writes its lines
	 * @param method what is called, in the words of the client
	 * @param headers the request's headers, which are not kept
	 * @param unservedPeer who calls, if the method is not served; else it is told later
	 * @param startNanos when it began
	 */
	LoggedCall(AccessLog log, String method, Metadata headers, @Nullable SocketAddress unservedPeer, long startNanos) {
		this.log = log;
		this.method = method;
		this.startNanos = startNanos;
		this.peer = PrintableText.address(unservedPeer);
		this.traceId = TraceId.of(headers);
	}

	/** The server's own tracer, which comes first, has put the caller there. */
	@Override
	public Context filterContext(Context context) {
		this.caller = CallContext.CALLER.get(context);
		return context.withValue(KEY, this);
	}

	/** Not called for a method that is not served. */
	@Override
	public void serverCallStarted(ServerCallInfo<?, ?> call) {
		this.unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
		this.peer = PrintableText.address(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
	}

	@Override
	public void outboundWireSize(long bytes) {
		this.sent += bytes;
	}

	@Override
	public void inboundWireSize(long bytes) {
		this.received += bytes;
	}

	@Override
	public void streamClosed(Status status) {
		this.log.ended(this, status.getCode().name());
	}

	/**
	 * Tells in which trace the call is served, which wins over what its client said.
	 */
	void traceId(String newTraceId) {
		this.traceId = newTraceId;
	}

	long startNanos() {
		return this.startNanos;
	}

	boolean isUnary() {
		return this.unary;
	}

	void write(LoggingEventBuilder line, String status, long nanos) {
		String name = PrintableText.of(this.method);
		double millis = nanos / NANOS_PER_MILLI;
		LoggingEventBuilder event = line.addKeyValue("rpc.method", name)
			.addKeyValue("rpc.status", status)
			.addKeyValue("rpc.millis", millis)
			.addKeyValue("rpc.received", this.received)
			.addKeyValue("rpc.sent", this.sent);
		event = add(event, "rpc.peer", this.peer);
		event = add(event, "rpc.caller", this.caller);
		event = add(event, LogContext.TRACE_ID, this.traceId);
		event.log("method={} status={} millis={} received={} sent={} peer={} caller={} trace={}", name, status,
				String.format(Locale.ROOT, "%.3f", millis), this.received, this.sent, text(this.peer),
				text(this.caller), text(this.traceId));
	}

	private static LoggingEventBuilder add(LoggingEventBuilder event, String key, @Nullable String value) {
		return (value != null) ? event.addKeyValue(key, value) : event;
	}

	private static String text(@Nullable String value) {
		return (value != null) ? value : NONE;
	}

}
