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

package io.rpcboot.benchmarks.scale;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.resolver.RpcNameResolverProvider;
import io.rpcboot.dispatch.ClientLoops;
import io.rpcboot.registry.ServiceDiscovery;

/**
 * A channel set up as the starter does it, with the starter's resolver and default
 * policy, and a health watch on each connection unless it is measured without.
 */
final class MeasuredChannel {

	private static final long NEVER_IDLE_DAYS = 365_000;

	private static final String BALANCING = "loadBalancingConfig";

	private static final List<?> POLICY = List.of(Map.of("rpc_p2c", Map.of()));

	private final ManagedChannel channel;

	private MeasuredChannel(ManagedChannel channel) {
		this.channel = channel;
	}

	static MeasuredChannel open(String application, ServiceDiscovery discovery, Published published, boolean health) {
		NameResolverRegistry resolvers = new NameResolverRegistry();
		resolvers.register(new MeasuredResolverProvider(
				new RpcNameResolverProvider(discovery, BalancerContext.standard()), published));
		NettyChannelBuilder builder = (NettyChannelBuilder) Grpc
			.newChannelBuilder(RpcNameResolverProvider.SCHEME + ":///" + application,
					InsecureChannelCredentials.create(), resolvers)
			.defaultServiceConfig(health ? Map.of(BALANCING, POLICY, "healthCheckConfig", Map.of("serviceName", ""))
					: Map.of(BALANCING, POLICY))
			.directExecutor()
			.disableRetry()
			.idleTimeout(NEVER_IDLE_DAYS, TimeUnit.DAYS);
		new ClientLoops().applyTo(builder);
		ManagedChannel channel = builder.build();
		channel.getState(true);
		return new MeasuredChannel(channel);
	}

	/**
	 * Makes calls.
	 * @param count how many
	 */
	void call(int count) {
		for (int i = 0; i < count; i++) {
			ServingStatus status = HealthGrpc.newBlockingStub(this.channel)
				.withDeadlineAfter(2, TimeUnit.MINUTES)
				.check(HealthCheckRequest.getDefaultInstance())
				.getStatus();
			if (status != ServingStatus.SERVING) {
				throw new IllegalStateException("a call was answered " + status);
			}
		}
	}

}
