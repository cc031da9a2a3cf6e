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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rpcboot.client.balancer.outlier.OutlierSettings;
import io.rpcboot.client.balancer.policy.LoadBalancingPolicy;
import io.rpcboot.client.balancer.policy.Policies;
import io.rpcboot.client.balancer.policy.SlowStart;
import io.rpcboot.client.resolver.RpcNameResolverProvider;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.client.routing.InstanceFilter;
import io.rpcboot.client.routing.InstanceFilters;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What the tests of balancing share: three real servers, and a real channel that chooses
 * among those that a test tells it.
 */
abstract class AbstractBalancingTests {

	private static final Ping PING = Ping.newBuilder().setText("hello").build();

	final InMemoryDiscovery discovery = new InMemoryDiscovery();

	final AtomicLong nanos = new AtomicLong(System.nanoTime());

	final List<InstanceFilter> filters = new ArrayList<>(InstanceFilters.standard("demo"));

	final Map<String, LoadBalancingPolicy> policies = new TreeMap<>(Policies.builtIn());

	final EchoServer a = EchoServer.start("a");

	final EchoServer b = EchoServer.start("b");

	final EchoServer c = EchoServer.start("c");

	@Nullable BalancerContext context;

	private @Nullable ManagedChannel channel;

	@AfterEach
	void close() throws InterruptedException {
		if (this.channel != null) {
			this.channel.shutdownNow();
			assertThat(this.channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		}
		this.a.close();
		this.b.close();
		this.c.close();
	}

	final EchoGrpc.EchoBlockingStub connect(String policy, ServiceDiscovery instances) {
		this.context = new BalancerContext(this.policies, (application) -> this.filters, OutlierSettings.DEFAULTS,
				new SlowStart(Duration.ofSeconds(30), 0.1), this.nanos::get);
		NameResolverRegistry resolvers = new NameResolverRegistry();
		resolvers.register(new RpcNameResolverProvider(instances, this.context));
		this.channel = Grpc.newChannelBuilder("rpc:///echo", InsecureChannelCredentials.create(), resolvers)
			.defaultServiceConfig(Map.of("loadBalancingConfig", List.of(Map.of("rpc_p2c", Map.of("policy", policy))),
					"healthCheckConfig", Map.of("serviceName", "")))
			.disableRetry()
			.build();
		this.channel.getState(true);
		return EchoGrpc.newBlockingStub(this.channel);
	}

	final BalancingExplanation explain() {
		return explain(CallRoute.NONE);
	}

	final BalancingExplanation explain(CallRoute route) {
		assertThat(this.context).isNotNull();
		return this.context.explain("echo", route, null).get(0).join();
	}

	final void advance(int seconds) {
		this.nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
	}

	final void awaitConnected() {
		Awaitility.await()
			.until(() -> explain().instances()
				.stream()
				.noneMatch((instance) -> "not connected yet".equals(instance.reason())));
	}

	static @Nullable String outcome(EchoGrpc.EchoBlockingStub echo) {
		try {
			return echo.withDeadlineAfter(Duration.ofSeconds(10)).unary(PING).getServer();
		}
		catch (StatusRuntimeException ex) {
			return null;
		}
	}

	static Map<String, Integer> call(EchoGrpc.EchoBlockingStub echo, int times) {
		Map<String, Integer> answers = new TreeMap<>();
		for (int i = 0; i < times; i++) {
			answers.merge(echo.withDeadlineAfter(Duration.ofSeconds(10)).unary(PING).getServer(), 1, Integer::sum);
		}
		return answers;
	}

	static Status failure(EchoGrpc.EchoBlockingStub echo) {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
				() -> echo.withDeadlineAfter(Duration.ofSeconds(10)).unary(PING));
		assertThat(failure).as("failure of a call").isNotNull();
		return failure.getStatus();
	}

	static void awaitAnswersOf(EchoGrpc.EchoBlockingStub echo, String... names) {
		Awaitility.await()
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(call(echo, 4 * names.length).keySet()).containsExactlyInAnyOrder(names));
	}

	static ServiceInstance tagged(EchoServer server, String id, String tag, String value) {
		return new ServiceInstance(id, "echo", "127.0.0.1", server.port(), List.of(), InstanceState.UP, 100, null, null,
				Map.of(tag, value), null, Map.of());
	}

}
