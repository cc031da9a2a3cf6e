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

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.balancer.policy.Policies;
import io.rpcboot.client.resolver.RpcNameResolverProvider;
import io.rpcboot.client.routing.CallRoute;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.PacedCalls;
import io.rpcboot.testing.PacedCalls.Call;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance that says NOT_SERVING gets no call from the moment when the balancer knows,
 * by every policy. The network between is so slow that a round trip is long beside what
 * threads need, for the note of how soon that is.
 */
class NotServingTests {

	private static final Duration ONE_WAY = Duration.ofMillis(150);

	private static final int MANY = 100;

	private final EchoServer[] servers = { EchoServer.start("0"), EchoServer.start("1"), EchoServer.start("2") };

	private final List<TcpProxy> networks = new ArrayList<>();

	private final InMemoryDiscovery discovery = new InMemoryDiscovery();

	private final BalancerContext context = BalancerContext.standard();

	private final List<ManagedChannel> channels = new ArrayList<>();

	@BeforeEach
	void announce() {
		ServiceInstance[] instances = new ServiceInstance[this.servers.length];
		for (int i = 0; i < instances.length; i++) {
			TcpProxy network = new TcpProxy(URI.create("http://" + this.servers[i].address()));
			network.delay(ONE_WAY);
			this.networks.add(network);
			instances[i] = ServiceInstance.of("id-" + i, "echo", "127.0.0.1", network.endpoint().getPort());
		}
		this.discovery.set("echo", instances);
	}

	@AfterEach
	void close() throws InterruptedException {
		for (ManagedChannel channel : this.channels) {
			channel.shutdownNow();
			assertThat(channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		}
		this.networks.forEach(TcpProxy::close);
		for (EchoServer server : this.servers) {
			server.close();
		}
	}

	static Set<String> policies() {
		return Policies.builtIn().keySet();
	}

	/**
	 * The instance is the one that {@code pick_first} uses.
	 */
	@ParameterizedTest
	@MethodSource("policies")
	void whenInstanceSaysNotServingThenNoCallGoesThereOnceTheBalancerKnows(String policy) {
		ManagedChannel channel = channel(policy);
		Awaitility.await().ignoreExceptions().until(() -> everybodyServes(channel));
		try (PacedCalls calls = PacedCalls.start(Duration.ofMillis(5), () -> anyKey(channel))) {
			Awaitility.await().until(() -> calls.ended().size() >= MANY);
			calls.awaitAnswerOf("0");
			long roundTrip = calls.ended().stream().mapToLong(Call::nanos).max().orElseThrow();
			this.servers[0].health(ServingStatus.NOT_SERVING);
			long said = System.nanoTime();
			awaitLeftOut(0);
			long known = System.nanoTime();
			Awaitility.await().until(() -> calls.answersSince(known, "1") + calls.answersSince(known, "2") >= MANY);
			List<Call> all = calls.stop();
			Measured
				.note("NOT_SERVING with " + policy + ": left out after " + TimeUnit.NANOSECONDS.toMillis(known - said)
						+ " ms, a round trip took up to " + TimeUnit.NANOSECONDS.toMillis(roundTrip) + " ms");
			assertThat(all).filteredOn((call) -> call.began() >= known).extracting(Call::server).doesNotContain("0");
			assertThat(all).as("calls").allMatch(Call::isAnswered);
		}
	}

	/**
	 * Until picks go by it: gRPC takes the new picker before it comes to a question that
	 * is put after the first such answer.
	 */
	private void awaitLeftOut(int instance) {
		Awaitility.await().until(() -> !explain().instances().get(instance).candidate());
		explain();
	}

	private BalancingExplanation explain() {
		return this.context.explain("echo", CallRoute.NONE, null).get(0).join();
	}

	private boolean everybodyServes(ManagedChannel channel) {
		for (int i = 0; i < this.servers.length; i++) {
			PickHints there = new PickHints("id-" + i, Set.of(), (long) i);
			if (!EchoGrpc.newBlockingStub(channel)
				.withOption(PickOptions.HINTS, there)
				.unary(Ping.getDefaultInstance())
				.getServer()
				.equals(String.valueOf(i))) {
				return false;
			}
		}
		return true;
	}

	private static EchoGrpc.EchoStub anyKey(ManagedChannel channel) {
		return EchoGrpc.newStub(channel)
			.withOption(PickOptions.HINTS, PickHints.NONE.withKey(ThreadLocalRandom.current().nextLong()));
	}

	private ManagedChannel channel(String policy) {
		NameResolverRegistry resolvers = new NameResolverRegistry();
		resolvers.register(new RpcNameResolverProvider(this.discovery, this.context));
		ManagedChannel channel = Grpc.newChannelBuilder("rpc:///echo", InsecureChannelCredentials.create(), resolvers)
			.defaultServiceConfig(Map.of("loadBalancingConfig", List.of(Map.of("rpc_" + policy, Map.of())),
					"healthCheckConfig", Map.of("serviceName", "")))
			.build();
		this.channels.add(channel);
		return channel;
	}

}
