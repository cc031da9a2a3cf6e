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

package io.rpcboot.dispatch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoEventLoop;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.NettyRuntime;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.ScheduledFuture;

/**
 * The event loops of outgoing channels, one for each processor. gRPC sets a timer for the
 * deadline of each call, on a loop that is hardly ever the one of the call's connection,
 * and wakes it for that: two thread switches for a timer that is nearly always cancelled.
 * Here timers of {@value #COARSE_MILLIS} ms and more go to a wheel instead, which hardly
 * anybody has to wake, and fire {@value #TICK_MILLIS} ms late at most.
 * <p>
 * A new connection goes to the loop that has the fewest, so several connections to one
 * instance are on as many loops as there are.
 */
public final class ClientLoops implements AutoCloseable {

	private static final long COARSE_MILLIS = 100;

	private static final long TICK_MILLIS = 10;

	/** Longer ones would not fit beside the clock. */
	private static final long MAX_DELAY_NANOS = TimeUnit.DAYS.toNanos(36_500);

	/** Where users set the number of Netty's event loops, as gRPC reads it. */
	private static final String COUNT_PROPERTY = "io.grpc.netty.shaded.io.netty.eventLoopThreads";

	private static final long CLOSE_SECONDS = 1;

	private final EventLoopGroup loops;

	private final TimerWheel timer;

	/**
	 * Creates loops, one for each processor unless Netty's property says otherwise.
	 */
	public ClientLoops() {
		this(Math.max(1, Integer.getInteger(COUNT_PROPERTY, NettyRuntime.availableProcessors())));
	}

	/**
	 * Creates loops.
	 * @param count how many, at least 1
	 */
	ClientLoops(int count) {
		this.loops = new Loops(count, new DefaultThreadFactory("rpc-client-loop", true),
				Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
		this.timer = new TimerWheel(new DefaultThreadFactory("rpc-client-timer", true),
				TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS), this.loops);
	}

	/**
	 * Makes a channel run on these loops. What is set on the builder later wins.
	 * @param builder builds the channel
	 */
	public void applyTo(NettyChannelBuilder builder) {
		builder.eventLoopGroup(this.loops)
			.channelType(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class);
	}

	/**
	 * Runs a task once, on an event loop.
	 * @param task the task, which must not block
	 * @param delayNanos when; {@value #TICK_MILLIS} ms late at most
	 * @return cancels it
	 * @throws RejectedExecutionException after the end; what is scheduled then is dropped
	 * if the end is not told in time
	 */
	public Future<?> schedule(Runnable task, long delayNanos) {
		return this.loops.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * Ends the loops. Does not block.
	 */
	@Override
	public void close() {
		this.timer.stop();
		this.loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
	}

	private final class Loops extends MultiThreadIoEventLoopGroup {

		private final List<ClientLoop> all;

		Loops(int count, ThreadFactory threads, IoHandlerFactory handlers) {
			super(count, threads, handlers);
			List<ClientLoop> each = new ArrayList<>(count);
			forEach((loop) -> each.add((ClientLoop) loop));
			this.all = List.copyOf(each);
		}

		@Override
		protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... args) {
			return new ClientLoop(this, executor, handlers);
		}

		/**
		 * Asked by gRPC for each connection it opens.
		 */
		@Override
		public IoEventLoop next() {
			return Collections.min(this.all, Comparator.comparingInt(ClientLoop::connections));
		}

		@Override
		public void execute(Runnable command) {
			super.next().execute(command);
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
			if (unit.toMillis(delay) < COARSE_MILLIS) {
				return super.next().schedule(command, delay, unit);
			}
			WheelTask task = new WheelTask(ClientLoops.this.timer, command,
					System.nanoTime() + Math.min(unit.toNanos(delay), MAX_DELAY_NANOS));
			ClientLoops.this.timer.add(task);
			return task;
		}

	}

}
