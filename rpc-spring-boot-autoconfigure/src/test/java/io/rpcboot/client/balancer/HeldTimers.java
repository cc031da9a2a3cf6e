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

package io.rpcboot.client.balancer;

import java.util.concurrent.TimeUnit;

import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.ScheduledFuture;

/**
 * An event loop for a channel, on which a test can keep a back-off from ever ending: what
 * connects all the same has not waited for it.
 */
final class HeldTimers extends MultiThreadIoEventLoopGroup {

	/** More than gRPC's first back-off of 1.2 s at most, less than deadlines of tests. */
	private static final long SHORT_SECONDS = 4;

	private volatile boolean held;

	HeldTimers() {
		super(1, NioIoHandler.newFactory());
	}

	void applyTo(NettyChannelBuilder builder) {
		builder.eventLoopGroup(this).channelType(NioSocketChannel.class);
	}

	/**
	 * Lets no timer of less than {@value #SHORT_SECONDS} seconds fire that is set from
	 * now on.
	 */
	void hold() {
		this.held = true;
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
		return (this.held && unit.toSeconds(delay) < SHORT_SECONDS) ? super.schedule(command, 1, TimeUnit.HOURS)
				: super.schedule(command, delay, unit);
	}

}
