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

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose peer begins a frame, or the headers of a request, and takes
 * too long to end it, byte by byte or not at all; and lets {@link RequestWatch} look for
 * requests that do not come to an end and answers that are not taken. A connection
 * without calls is not slow: it may stay.
 * <p>
 * Two looks in the time allowed, instead of a timer for each frame: what is found at
 * three looks in a row was begun at least that long ago, and at most half as long again.
 * Belongs to the connection's event loop.
 */
final class ConnectionWatch extends ChannelInboundHandlerAdapter {

	private final ConnectionLimits limits;

	private final ConnectionStart start;

	private final FrameBoundaries frames = new FrameBoundaries();

	private @Nullable RequestWatch requests;

	private @Nullable ScheduledFuture<?> frameLooks;

	private @Nullable ScheduledFuture<?> requestLooks;

	private @Nullable ScheduledFuture<?> answerLooks;

	/** What was whole at the last look, if there was something amid; else -1. */
	private long wholeBefore = -1;

	private boolean foundBefore;

	ConnectionWatch(ConnectionLimits limits, ConnectionStart start) {
		this.limits = limits;
		this.start = start;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.frameLooks = schedule(ctx, this.limits.settings().frameTimeout(), () -> lookAtFrames(ctx));
		this.requestLooks = schedule(ctx, this.limits.settings().requestTimeout(),
				() -> look(RequestWatch::lookAtRequests));
		this.answerLooks = schedule(ctx, this.limits.settings().answerTimeout(),
				() -> look(RequestWatch::lookAtAnswers));
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		cancel(this.frameLooks);
		cancel(this.requestLooks);
		cancel(this.answerLooks);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (this.requests == null) {
			this.requests = RequestWatch.install(ctx.pipeline(), this.limits, this.start);
		}
		if (message instanceof ByteBuf bytes) {
			this.frames.follow(bytes);
		}
		ctx.fireChannelRead(message);
	}

	private void lookAtFrames(ChannelHandlerContext ctx) {
		long whole = this.frames.isAmid() ? this.frames.whole() : -1;
		boolean found = whole >= 0 && whole == this.wholeBefore;
		if (found && this.foundBefore) {
			this.limits.reached().add(Limit.FRAME, ctx.channel().remoteAddress());
			ctx.close();
		}
		this.wholeBefore = whole;
		this.foundBefore = found;
	}

	private void look(Consumer<RequestWatch> look) {
		if (this.requests != null) {
			look.accept(this.requests);
		}
	}

	private static @Nullable ScheduledFuture<?> schedule(ChannelHandlerContext ctx, Duration timeout, Runnable look) {
		long nanos = timeout.toNanos() / 2;
		return (nanos > 0) ? ctx.executor().scheduleWithFixedDelay(look, nanos, nanos, TimeUnit.NANOSECONDS) : null;
	}

	private static void cancel(@Nullable ScheduledFuture<?> looks) {
		if (looks != null) {
			looks.cancel(false);
		}
	}

}
