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

package io.rpcboot.client.resolver;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.BDDMockito;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The targets of {@link RpcNameResolverProvider}, and its use from plain gRPC channels.
 */
class RpcNameResolverProviderTests {

	private final InMemoryDiscovery discovery = new InMemoryDiscovery();

	private final RpcNameResolverProvider provider = new RpcNameResolverProvider(this.discovery,
			BalancerContext.standard());

	private final NameResolver.Args args = Mockito.mock();

	@ParameterizedTest
	@ValueSource(strings = { "rpc:///echo", "rpc:/echo", "rpc:///demo-provider", "rpc:///Demo.Provider_2" })
	void whenTargetNamesAnApplicationThenItIsTheAuthority(String target) {
		BDDMockito.given(this.args.getSynchronizationContext()).willReturn(Mockito.mock());
		NameResolver resolver = this.provider.newNameResolver(URI.create(target), this.args);
		assertThat(resolver).isNotNull();
		assertThat(resolver.getServiceAuthority()).isEqualTo(target.substring(target.lastIndexOf('/') + 1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "rpc:echo", "rpc:///", "rpc://echo", "rpc://host/echo", "rpc:///a/b", "rpc:///-a",
			"rpc:///a%20b", "rpc:///echo?tag=1", "rpc:///echo#part" })
	void whenTargetHasAnotherFormThenItIsRefused(String target) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.provider.newNameResolver(URI.create(target), this.args))
			.withMessage("target: '" + target
					+ "' (expected: rpc:///application with a name of [A-Za-z0-9][A-Za-z0-9._-]{0,62})");
	}

	@Test
	void whenNameIsTooLongThenItIsRefused() {
		String target = "rpc:///" + "a".repeat(64);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.provider.newNameResolver(URI.create(target), this.args))
			.withMessageStartingWith("target: '" + target + "'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "dns:///echo", "etcd:///echo", "echo" })
	void whenTargetHasAnotherSchemeThenItIsLeftToOthers(String target) {
		assertThat(this.provider.newNameResolver(URI.create(target), this.args)).isNull();
	}

	@Test
	void targetsWithoutASchemeStayWithDns() {
		NameResolverRegistry registry = NameResolverRegistry.getDefaultRegistry();
		assertThat(this.provider.priority()).isLessThan(5);
		assertThat(this.provider.getDefaultScheme()).isEqualTo("rpc");
		assertThat(registry.getDefaultScheme()).isEqualTo("dns");
	}

	@ParameterizedTest
	@ValueSource(strings = { "round_robin", "pick_first" })
	void plainChannelUsesItWithPoliciesOfGrpc(String policy) throws InterruptedException {
		NameResolverRegistry resolvers = new NameResolverRegistry();
		resolvers.register(this.provider);
		ManagedChannel channel = Grpc.newChannelBuilder("rpc:///echo", InsecureChannelCredentials.create(), resolvers)
			.defaultLoadBalancingPolicy(policy)
			.build();
		try (EchoServer a = EchoServer.start("a"); EchoServer b = EchoServer.start("b")) {
			this.discovery.set("echo", a.instance("1"), b.instance("2"));
			Set<String> expected = policy.equals("round_robin") ? Set.of("a", "b") : Set.of("a");
			Set<String> answered = new TreeSet<>();
			Awaitility.await().until(() -> {
				answered.add(call(channel));
				return answered.equals(expected);
			});
			this.discovery.set("echo", b.instance("2"));
			Awaitility.await().until(() -> call(channel).equals("b"));
		}
		finally {
			channel.shutdownNow();
			assertThat(channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(this.discovery.openWatches()).isZero();
	}

	private static String call(ManagedChannel channel) {
		return EchoGrpc.newBlockingStub(channel)
			.withDeadlineAfter(Duration.ofSeconds(10))
			.unary(Ping.getDefaultInstance())
			.getServer();
	}

}
