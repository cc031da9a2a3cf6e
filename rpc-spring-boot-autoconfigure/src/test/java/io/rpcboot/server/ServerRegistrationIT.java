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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.rpcboot.call.RpcMetadata;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoServiceConfiguration;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What consumers see in etcd of one start of a server.
 */
@EtcdTest
class ServerRegistrationIT {

	private final String etcd;

	ServerRegistrationIT(EtcdServer etcd) {
		this.etcd = "rpc.registry.etcd.endpoints=" + etcd.endpoint();
	}

	@Test
	void whenAServerStartsAndStopsThenConsumersSeeItUpThenDrainingThenGone() {
		Seen seen = new Seen();
		try (ConfigurableApplicationContext consumer = RpcApplications.run(Nothing.class, this.etcd);
				InstanceWatch watch = consumer.getBean(ServiceDiscovery.class).watch("echo", seen)) {
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> seen.sets.contains(List.of()));
			String id;
			int port;
			try (ConfigurableApplicationContext provider = RpcApplications.run(EchoServiceConfiguration.class,
					"spring.application.name=echo", "rpc.server.shutdown.quiet-period=1s", this.etcd)) {
				port = RpcApplications.port(provider);
				try (EchoClient client = new EchoClient(port)) {
					id = String.valueOf(client.unary("hello").headers().get(RpcMetadata.INSTANCE));
				}
				Awaitility.await()
					.atMost(Duration.ofSeconds(10))
					.until(() -> seen.sets.stream().anyMatch((set) -> !set.isEmpty()));
			}
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> seen.sets.size() >= 4);
			assertThat(seen.sets).extracting((set) -> set.stream().map(ServiceInstance::state).toList())
				.containsExactly(List.of(), List.of(InstanceState.UP), List.of(InstanceState.DRAINING), List.of());
			assertThat(seen.sets.get(1)).singleElement().satisfies((instance) -> {
				assertThat(instance.id()).isEqualTo(id);
				assertThat(instance.address()).isEqualTo("127.0.0.1:" + port);
				assertThat(instance.services()).containsExactly("rpc.testing.Echo");
			});
		}
	}

	private static final class Seen implements InstanceListener {

		private final List<List<ServiceInstance>> sets = new CopyOnWriteArrayList<>();

		@Override
		public void onInstances(List<ServiceInstance> instances) {
			this.sets.add(instances);
		}

		@Override
		public void onUnavailable(RegistryException reason) {
			throw reason;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

}
