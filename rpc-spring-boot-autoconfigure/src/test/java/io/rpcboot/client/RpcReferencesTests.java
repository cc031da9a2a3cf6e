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

package io.rpcboot.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.grpc.Metadata;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.client.RpcClientSettings.Method;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.Ping;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Settings that are changed while the application runs, against a real server.
 */
class RpcReferencesTests {

	private static final Metadata.Key<String> GRPC_TIMEOUT = Metadata.Key.of("grpc-timeout",
			Metadata.ASCII_STRING_MARSHALLER);

	private final EchoServer server = EchoServer.start("a");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withUserConfiguration(Consumer.class)
		.withPropertyValues("rpc.registry.type=none",
				"rpc.client.references.[echo].addresses=127.0.0.1:" + this.server.port());

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void theNextCallHasTheNewTimeout() {
		this.runner.run((context) -> {
			Consumer consumer = context.getBean(Consumer.class);
			RpcReferences references = context.getBean(RpcReferences.class);
			assertThat(secondsOfCall(consumer)).isBetween(1L, 5L);
			references.change("echo", (settings) -> settings.withTimeout(Duration.ofSeconds(60)));
			assertThat(secondsOfCall(consumer)).isBetween(50L, 60L);
			references.change("echo", (settings) -> settings.withMethod("rpc.testing.Echo/Unary",
					new Method(Duration.ofSeconds(90), null)));
			assertThat(secondsOfCall(consumer)).isBetween(80L, 90L);
			assertThat(references.settings("echo").timeout()).isEqualTo(Duration.ofSeconds(60));
		});
	}

	@Test
	void whatAnOpenChannelCannotChangeIsRefusedAndTheOldStays() {
		this.runner.run((context) -> {
			RpcReferences references = context.getBean(RpcReferences.class);
			assertThatIllegalArgumentException()
				.isThrownBy(() -> references.change("echo", (settings) -> withAddress(settings, "127.0.0.1:1")))
				.withMessageStartingWith("The settings of echo: ")
				.withMessageEndingWith("(expected: the addresses, namespaces, authority, connections and "
						+ "max-inbound-message-size that its channel has)");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> references.change("echo",
						(settings) -> settings.withMethod("rpc.testing.Echo", new Method(null, null, "none", null))))
				.withMessageStartingWith("load balancing policy: 'none'");
			assertThat(references.settings("echo").methods()).isEmpty();
			assertThat(secondsOfCall(context.getBean(Consumer.class))).isBetween(1L, 5L);
		});
	}

	@Test
	void theRegistryIsPreparedBeforeTheChannelIsOpened() {
		PreparedDiscovery discovery = new PreparedDiscovery(new ArrayList<>());
		this.runner.withPropertyValues("rpc.client.references.[echo].addresses=")
			.withBean(ServiceDiscovery.class, () -> discovery)
			.run((context) -> assertThat(discovery.asked()).startsWith("prepare", "watch echo"));
	}

	@Test
	void aRegistryThatAReferencePassesByIsLeftAlone() {
		PreparedDiscovery discovery = new PreparedDiscovery(new ArrayList<>());
		this.runner.withBean(ServiceDiscovery.class, () -> discovery).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(discovery.asked()).isEmpty();
		});
	}

	private static Reference withAddress(Reference settings, String address) {
		return new Reference(settings.timeout(), null, null, null, null, List.of(address), settings.methods());
	}

	/**
	 * The timeout that a call has on the wire.
	 */
	private long secondsOfCall(Consumer consumer) {
		consumer.echo.unary(Ping.getDefaultInstance());
		String timeout = this.server.nextHeaders().get(GRPC_TIMEOUT);
		assertThat(timeout).endsWith("u");
		return Long.parseLong(timeout.substring(0, timeout.length() - 1)) / 1_000_000;
	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		private final EchoBlockingStub echo;

		Consumer(@RpcReference("echo") EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	private record PreparedDiscovery(List<String> asked) implements ServiceDiscovery {

		@Override
		public void prepare() {
			this.asked.add("prepare");
		}

		@Override
		public InstanceWatch watch(String application, InstanceListener listener) {
			this.asked.add("watch " + application);
			return new InMemoryDiscovery().watch(application, listener);
		}

	}

}
