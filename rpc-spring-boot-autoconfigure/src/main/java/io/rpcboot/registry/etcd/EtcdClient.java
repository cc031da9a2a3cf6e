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

package io.rpcboot.registry.etcd;

import java.io.Closeable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;

/**
 * jetcd's client for one member, over a channel of ours. The channel that jetcd makes for
 * itself never connects: it would bring a second Netty, whose classes take a good part of
 * a consumer's start, and whose buffers and threads stay.
 *
 * @param jetcd the client
 * @param channel what its calls go through
 */
record EtcdClient(Client jetcd, ManagedChannel channel) implements Closeable {

	/** Pages of records, and the events of a busy moment, may pass gRPC's 4 MiB. */
	private static final int MAX_INBOUND_BYTES = 32 * 1024 * 1024;

	private static final long KEEP_ALIVE_SECONDS = 30;

	private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 10;

	private static final String RENEWAL = "etcdserverpb.Lease/LeaseKeepAlive";

	/**
	 * Opens a client, which connects with its first request if not before.
	 * @param settings where etcd is
	 * @param member the member to talk to
	 * @param timeoutNanos the deadline of each request
	 * @param executor begins requests, and is not shut down with the client; jetcd's own
	 * would have a thread for each that begins at the same time
	 * @return the client
	 */
	static EtcdClient open(EtcdSettings settings, URI member, long timeoutNanos, ExecutorService executor) {
		String target = target(member);
		NettyChannelBuilder channel = NettyChannelBuilder.forTarget(target)
			.maxInboundMessageSize(MAX_INBOUND_BYTES)
			.keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
			.keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
			// A ping on a connection without calls makes etcd cut it: too_many_pings.
			.keepAliveWithoutCalls(false)
			.withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.requestTimeout().toMillis());
		EtcdTls.applyTo(channel, settings);
		ManagedChannel opened = channel.build();
		ClientBuilder builder = Client.builder()
			.target(target)
			.interceptor(
					new Redirection(opened, timeoutNanos, Math.min(timeoutNanos, settings.leaseTtl().toNanos() / 6)))
			.executorService(executor)
			// A refused connection is known at once; the next member may do.
			.waitForReady(false)
			// Once, for an authentication token that has expired.
			.retryMaxAttempts(1);
		if (settings.username() != null && settings.password() != null) {
			builder.user(ByteSequence.from(settings.username(), StandardCharsets.UTF_8))
				.password(ByteSequence.from(settings.password(), StandardCharsets.UTF_8));
		}
		return new EtcdClient(builder.build(), opened);
	}

	/**
	 * Connects before there is a request, and makes ready what requests are read with.
	 */
	void connect() {
		this.channel.getState(true);
		this.jetcd.getKVClient();
	}

	/**
	 * As jetcd would name it, which forgets that the brackets of IPv6 have no place
	 * there.
	 */
	private static String target(URI member) {
		String host = member.getHost().replace("[", "%5B").replace("]", "%5D");
		return "ip:///" + host + ":" + member.getPort();
	}

	@Override
	public void close() {
		this.jetcd.close();
		this.channel.shutdownNow();
	}

	/**
	 * Sends calls through another channel than jetcd's, and gives a deadline to each
	 * request, of which jetcd has none of its own. The single renewal of a lease is a
	 * stream to gRPC, and gets one too, short enough for another attempt while the lease
	 * lasts; watches do not.
	 */
	private record Redirection(Channel channel, long timeoutNanos, long renewalNanos) implements ClientInterceptor {

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			boolean renewal = method.getFullMethodName().equals(RENEWAL);
			if (!renewal && method.getType() != MethodType.UNARY) {
				return this.channel.newCall(method, options);
			}
			return this.channel.newCall(method,
					options.withDeadlineAfter(renewal ? this.renewalNanos : this.timeoutNanos, TimeUnit.NANOSECONDS));
		}

	}

}
