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

package io.rpcboot.actuate;

import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.grpc.stub.StreamObserver;
import io.grpc.testing.StreamRecorder;
import io.rpcboot.actuate.RpcDescriptor.Application;
import io.rpcboot.actuate.RpcDescriptor.Channel;
import io.rpcboot.actuate.RpcDescriptor.Instance;
import io.rpcboot.actuate.RpcDescriptor.Placement;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcEndpointAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.client.RpcCallOptions;
import io.rpcboot.client.RpcReference;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.EchoGrpc.EchoStub;
import io.rpcboot.testing.echo.Ping;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the endpoint tells of a hash key is where calls of that key go.
 */
class HashKeyExplanationTests {

	/** By their addresses. */
	private final Map<String, EchoServer> callees = Stream.of("a", "b", "c")
		.map(EchoServer::start)
		.collect(Collectors.toMap(EchoServer::address, Function.identity()));

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class,
				RpcEndpointAutoConfiguration.class))
		.withUserConfiguration(Caller.class)
		.withPropertyValues("management.endpoints.web.exposure.include=rpc",
				"management.endpoint.rpc.show-values=always", "rpc.registry.type=none",
				"rpc.client.references.[echo].load-balancing=consistent_hash",
				"rpc.client.references.[echo].addresses=" + String.join(",", this.callees.keySet()));

	@AfterEach
	void close() {
		this.callees.values().forEach(EchoServer::close);
	}

	@ParameterizedTest
	@ValueSource(strings = { "user-1", "user-2", "user-3", "42", "Jürgen" })
	void aCallOfTheKeyGoesWhereTheExplanationSays(String key) {
		this.runner.run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			awaitConnected(endpoint);
			Placement placement = placement(endpoint, null, key);
			assertThat(placement.key()).isEqualTo(key);
			assertThat(placement.instance()).isNotNull().isEqualTo(placement.owner());
			assertThat(placement.reason()).isNull();
			assertThat(context.getBean(Caller.class).server(key))
				.isEqualTo(callee(endpoint, placement.instance()).name());
		});
	}

	@Test
	void whenTheOwnerCannotBeCalledThenItIsToldWhyAndWhoTakesOver() {
		this.runner.run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			awaitConnected(endpoint);
			String owner = placement(endpoint, null, "user-1").owner();
			callee(endpoint, owner).close();
			Awaitility.await().until(() -> !Objects.equals(placement(endpoint, null, "user-1").instance(), owner));
			Placement placement = placement(endpoint, null, "user-1");
			assertThat(placement.owner()).as("it has the key all the same").isEqualTo(owner);
			assertThat(placement.reason()).startsWith("the owner cannot be called: ");
			assertThat(context.getBean(Caller.class).server("user-1"))
				.isEqualTo(callee(endpoint, placement.instance()).name());
		});
	}

	@Test
	void whenTheOwnerHasMoreThanItsShareThenItIsToldThatItIsPassedOver() {
		this.runner.run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			awaitConnected(endpoint);
			String owner = placement(endpoint, null, "user-1").owner();
			StreamObserver<Ping> stream = context.getBean(Caller.class).asynchronous
				.withOption(RpcCallOptions.HASH_KEY, "user-1")
				.bidi(StreamRecorder.create());
			Awaitility.await().until(() -> !Objects.equals(placement(endpoint, null, "user-1").instance(), owner));
			Placement placement = placement(endpoint, null, "user-1");
			assertThat(placement.owner()).isEqualTo(owner);
			assertThat(placement.reason()).isEqualTo("the policy passes over the owner, whose calls in flight are 1");
			stream.onCompleted();
		});
	}

	@Test
	void whenThePolicyPlacesNothingThenThatIsTold() {
		this.runner.run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			awaitConnected(endpoint);
			assertThat(placement(endpoint, "p2c", "user-1"))
				.isEqualTo(new Placement("user-1", null, null, "the policy 'p2c' does not place by key"));
			assertThat(channel(endpoint, null, null).placement()).as("nobody asked for a key").isNull();
		});
	}

	@Test
	void whenNobodyIsOnTheRouteThenThatIsTold() {
		this.runner.run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			awaitConnected(endpoint);
			Application echo = endpoint.application("echo", null, null, null, "7", null, "user-1");
			assertThat(echo).isNotNull();
			assertThat(echo.channels().get(0).placement())
				.isEqualTo(new Placement("user-1", null, null, "no known instance is on the route"));
		});
	}

	@Test
	void anEmptyKeyIsRefused() {
		this.runner.run((context) -> assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> placement(context.getBean(RpcEndpoint.class), null, ""))
			.satisfies(
					(ex) -> assertThat(ex.getReason()).isEqualTo("hashKey: '' (expected: a text that is not empty)")));
	}

	private static void awaitConnected(RpcEndpoint endpoint) {
		Awaitility.await()
			.until(() -> endpoint.rpc()
				.references()
				.get(0)
				.channels()
				.stream()
				.flatMap((channel) -> channel.instances().stream())
				.filter(Instance::candidate)
				.count() == 3);
	}

	private static Placement placement(RpcEndpoint endpoint, @Nullable String policy, String key) {
		Placement placement = channel(endpoint, policy, key).placement();
		assertThat(placement).isNotNull();
		return placement;
	}

	private static Channel channel(RpcEndpoint endpoint, @Nullable String policy, @Nullable String key) {
		Application echo = endpoint.application("echo", policy, null, null, null, null, key);
		assertThat(echo).isNotNull();
		assertThat(echo.channels()).hasSize(1);
		return echo.channels().get(0);
	}

	private EchoServer callee(RpcEndpoint endpoint, @Nullable String id) {
		String address = channel(endpoint, null, null).instances()
			.stream()
			.filter((instance) -> instance.instance().id().equals(id))
			.findFirst()
			.orElseThrow()
			.instance()
			.address();
		return Objects.requireNonNull(this.callees.get(address));
	}

	@Configuration(proxyBeanMethods = false)
	static class Caller {

		private final EchoBlockingStub blocking;

		private final EchoStub asynchronous;

		Caller(@RpcReference("echo") EchoBlockingStub blocking, @RpcReference("echo") EchoStub asynchronous) {
			this.blocking = blocking;
			this.asynchronous = asynchronous;
		}

		String server(String key) {
			return this.blocking.withOption(RpcCallOptions.HASH_KEY, key).unary(Ping.getDefaultInstance()).getServer();
		}

	}

}
