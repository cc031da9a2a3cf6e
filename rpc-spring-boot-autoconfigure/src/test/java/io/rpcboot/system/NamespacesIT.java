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

package io.rpcboot.system;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application whose instances stand in two namespaces of one etcd, called as one.
 */
@EtcdTest
class NamespacesIT {

	private final String etcd;

	NamespacesIT(EtcdServer etcd) {
		this.etcd = "rpc.registry.etcd.endpoints=" + etcd.endpoint();
	}

	@Test
	void whenAReferenceNamesTwoNamespacesThenCallsGoToBothAndFollowTheirChanges() {
		try (ConfigurableApplicationContext one = provider("default", "one");
				ConfigurableApplicationContext consumer = RpcApplications.run(EchoConsumer.class,
						"spring.application.name=consumer", this.etcd,
						"rpc.client.references.echo.namespaces=default,other")) {
			EchoGrpc.EchoBlockingStub echo = consumer.getBean(EchoGrpc.EchoBlockingStub.class);
			assertThat(call(echo.withWaitForReady())).isEqualTo("one");
			try (ConfigurableApplicationContext two = provider("other", "two")) {
				Set<String> answered = new TreeSet<>();
				await().until(() -> {
					answered.add(call(echo));
					return answered.size() == 2;
				});
				assertThat(answered).containsExactly("one", "two");
				assertThat(consumer.getBean(ServiceDiscovery.class).watches()).containsOnlyKeys("echo", "other/echo");
			}
			for (int i = 0; i < 10; i++) {
				assertThat(call(echo)).isEqualTo("one");
			}
		}
	}

	@Test
	void whenAReferenceNamesAnotherNamespaceThenTheOwnIsNotCalled() {
		try (ConfigurableApplicationContext one = provider("blue", "one");
				ConfigurableApplicationContext two = provider("green", "two");
				ConfigurableApplicationContext consumer = RpcApplications.run(EchoConsumer.class,
						"spring.application.name=consumer", this.etcd, "rpc.registry.namespace=blue",
						"rpc.client.references.echo.namespaces=green")) {
			EchoGrpc.EchoBlockingStub echo = consumer.getBean(EchoGrpc.EchoBlockingStub.class);
			for (int i = 0; i < 10; i++) {
				assertThat(call(echo.withWaitForReady())).isEqualTo("two");
			}
		}
	}

	private ConfigurableApplicationContext provider(String namespace, String name) {
		return RpcApplications.run(EchoProvider.class, "spring.application.name=echo", "echo.name=" + name, this.etcd,
				"rpc.registry.namespace=" + namespace);
	}

	private static String call(EchoGrpc.EchoBlockingStub echo) {
		return echo.unary(Ping.getDefaultInstance()).getServer();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(15)).pollInterval(Duration.ofMillis(20));
	}

}
