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

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.NettyRuntime;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of one start of the server: one that accepts connections, and one for
 * each processor that serves them, as in gRPC's own groups. Those are shared with the
 * channels of clients in the same process; these are not, so a handler that blocks one
 * does not hold up outgoing calls.
 */
final class EventLoops implements AutoCloseable {

	private static final String THREAD_PREFIX = "rpc-server-loop-";

	/** Where users set the number of Netty's event loops, as gRPC reads it. */
	private static final String COUNT_PROPERTY = "io.grpc.netty.shaded.io.netty.eventLoopThreads";

	/**
	 * How long a loop may take to close what is still open before tasks are rejected.
	 */
	private static final long CLOSE_SECONDS = 1;

	private final EventLoopGroup boss;

	private final EventLoopGroup workers;

	private volatile @Nullable LoopWatch watch;

	EventLoops() {
		AtomicInteger names = new AtomicInteger();
		ThreadFactory threads = (task) -> new LoopThread(task, THREAD_PREFIX + names.incrementAndGet());
		this.boss = group(1, threads);
		this.workers = group(Math.max(1, Integer.getInteger(COUNT_PROPERTY, NettyRuntime.availableProcessors())),
				threads);
	}

	/**
	 * Makes a server run on these loops. What is set on the builder later wins.
	 * @param builder builds the server
	 * @param prepare sees each listener before it listens
	 */
	void applyTo(NettyServerBuilder builder, Consumer<ServerChannel> prepare) {
		builder.bossEventLoopGroup(this.boss)
			.workerEventLoopGroup(this.workers)
			.channelFactory(() -> listener(prepare));
	}

	/**
	 * Looks after the loops from now on until they are closed.
	 */
	void watch(LoopWatch newWatch) {
		this.watch = newWatch;
		newWatch.start(workers());
	}

	/**
	 * Ends the loops. What they have to do at that moment is done; what comes later is
	 * rejected.
	 */
	@Override
	public void close() {
		LoopWatch current = this.watch;
		if (current != null) {
			current.close();
		}
		this.boss.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
		this.workers.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
	}

	private static ServerChannel listener(Consumer<ServerChannel> prepare) {
		ServerChannel listener = Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
		prepare.accept(listener);
		return listener;
	}

	private List<EventExecutor> workers() {
		return StreamSupport.stream(this.workers.spliterator(), false).toList();
	}

	@SuppressWarnings("deprecation") // The successor is not in every Netty that gRPC
										// shades.
	private static EventLoopGroup group(int loops, ThreadFactory threads) {
		return Epoll.isAvailable() ? new EpollEventLoopGroup(loops, threads) : new NioEventLoopGroup(loops, threads);
	}

}
