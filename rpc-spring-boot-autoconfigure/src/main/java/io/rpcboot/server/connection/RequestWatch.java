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

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelPipeline;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Connection;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Settings;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the frames of a connection and gRPC. Cancels calls whose one request
 * message does not come to an end or whose one answer is not taken, and says in the log
 * why gRPC closes a connection.
 * <p>
 * A call costs one look into a map, and no timer: stream ids only grow, so those that
 * there were two looks ago are old enough. Belongs to the connection's event loop.
 */
final class RequestWatch extends Http2FrameListenerDecorator {

	private final ConnectionLimits limits;

	private final ConnectionStart start;

	private final Http2ConnectionHandler http2;

	private final ChannelHandlerContext context;

	/** Marks calls with a stream of requests, which may stay open. */
	private final Http2Connection.PropertyKey streaming;

	private final AnswerWatch answers;

	private int lastBefore;

	private int lastTwoBefore;

	private RequestWatch(ConnectionLimits limits, ConnectionStart start, Http2ConnectionHandler http2,
			ChannelHandlerContext context) {
		super(http2.decoder().frameListener());
		this.limits = limits;
		this.start = start;
		this.http2 = http2;
		this.context = context;
		this.streaming = http2.connection().newKey();
		this.answers = new AnswerWatch(http2.connection());
	}

	/**
	 * Watches the calls of a connection, as soon as it speaks HTTP/2.
	 * @return the watch; {@code null} if the connection is not as far yet
	 */
	static @Nullable RequestWatch install(ChannelPipeline pipeline, ConnectionLimits limits, ConnectionStart start) {
		Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
		if (http2 == null) {
			return null;
		}
		RequestWatch watch = new RequestWatch(limits, start, http2, pipeline.context(http2));
		http2.decoder().frameListener(watch);
		return watch;
	}

	@Override
	public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
		this.start.begun();
		super.onSettingsRead(ctx, settings);
	}

	@Override
	public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding,
			boolean endStream) throws Http2Exception {
		if (mark(streamId, headers)) {
			super.onHeadersRead(ctx, streamId, headers, padding, endStream);
			return;
		}
		UnservedPeer.during(ctx.channel().remoteAddress(),
				() -> super.onHeadersRead(ctx, streamId, headers, padding, endStream));
	}

	@Override
	public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int streamDependency,
			short weight, boolean exclusive, int padding, boolean endStream) throws Http2Exception {
		if (mark(streamId, headers)) {
			super.onHeadersRead(ctx, streamId, headers, streamDependency, weight, exclusive, padding, endStream);
			return;
		}
		UnservedPeer.during(ctx.channel().remoteAddress(), () -> super.onHeadersRead(ctx, streamId, headers,
				streamDependency, weight, exclusive, padding, endStream));
	}

	@Override
	public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) throws Http2Exception {
		try {
			super.onRstStreamRead(ctx, streamId, errorCode);
		}
		catch (Http2Exception ex) {
			if (ex.error() == Http2Error.ENHANCE_YOUR_CALM) {
				this.limits.reached().add(Limit.RESETS, ctx.channel().remoteAddress());
			}
			throw ex;
		}
	}

	@Override
	public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
		boolean leaving = this.http2.connection().goAwaySent();
		super.onPingRead(ctx, data);
		if (!leaving && this.http2.connection().goAwaySent()) {
			this.limits.reached().add(Limit.PINGS, ctx.channel().remoteAddress());
		}
	}

	/**
	 * Cancels what has been open since the look before the last one, and whose request
	 * has not come to an end.
	 */
	void lookAtRequests() {
		int last = this.lastTwoBefore;
		this.lastTwoBefore = this.lastBefore;
		this.lastBefore = this.http2.connection().remote().lastStreamCreated();
		cancel(Limit.REQUEST, (stream) -> stream.id() <= last && isIncomplete(stream));
	}

	/**
	 * Cancels what was answered before the look before the last one, and is not taken.
	 */
	void lookAtAnswers() {
		cancel(Limit.ANSWER, this.answers::isOverdue);
	}

	private void cancel(Limit limit, Predicate<Http2Stream> overdue) {
		Http2Connection connection = this.http2.connection();
		if (connection.numActiveStreams() == 0) {
			return;
		}
		List<Http2Stream> found = new ArrayList<>();
		try {
			connection.forEachActiveStream((stream) -> {
				if (overdue.test(stream)) {
					found.add(stream);
				}
				return true;
			});
		}
		catch (Http2Exception ex) {
			this.http2.onError(this.context, false, ex);
		}
		for (Http2Stream stream : found) {
			// The end of one may be the end of the connection, with all others.
			if (stream.state() != Http2Stream.State.CLOSED) {
				cancel(limit, stream);
			}
		}
	}

	/**
	 * A call that the server has answered has nothing to wait for, whatever its kind.
	 */
	private boolean isIncomplete(Http2Stream stream) {
		return switch (stream.state()) {
			case OPEN -> stream.getProperty(this.streaming) == null;
			case HALF_CLOSED_LOCAL -> true;
			default -> false;
		};
	}

	/**
	 * Fails the stream, of which gRPC tells the call and the peer. Not by a reset in the
	 * peer's name: gRPC counts those, and closes the connection of a peer that sends too
	 * many of them.
	 */
	private void cancel(Limit limit, Http2Stream stream) {
		this.limits.reached().add(limit, this.context.channel().remoteAddress());
		this.http2.onError(this.context, false, new OverdueCallException(limit, stream.id()));
	}

	/**
	 * Trailers have no path, nor has a request that gRPC refuses.
	 * @return whether gRPC finds the call that the headers belong to, or begins one: it
	 * does not for a method that is not served
	 */
	private boolean mark(int streamId, Http2Headers headers) {
		if (headers.path() == null) {
			return true;
		}
		MethodType type = this.limits.type(headers.path());
		Http2Stream stream = (type != MethodType.UNARY) ? this.http2.connection().stream(streamId) : null;
		if (stream != null) {
			if (!type.clientSendsOneMessage()) {
				stream.setProperty(this.streaming, Boolean.TRUE);
			}
			if (!type.serverSendsOneMessage()) {
				this.answers.exempt(stream);
			}
		}
		return type != MethodType.UNKNOWN;
	}

}
