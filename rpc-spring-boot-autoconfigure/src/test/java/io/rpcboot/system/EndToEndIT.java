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

import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Providers that register in etcd, and a consumer that finds and balances over them.
 */
@EtcdTest
class EndToEndIT {

	private final String etcd;

	EndToEndIT(EtcdServer etcd) {
		this.etcd = "rpc.registry.etcd.endpoints=" + etcd.endpoint();
	}

	@Test
	void whenTwoProvidersAreRegisteredThenCallsGoToBoth() {
		try (ConfigurableApplicationContext one = provider("one");
				ConfigurableApplicationContext two = provider("two");
				ConfigurableApplicationContext consumer = RpcApplications.run(EchoConsumer.class,
						"spring.application.name=consumer", this.etcd)) {
			EchoGrpc.EchoBlockingStub echo = consumer.getBean(EchoGrpc.EchoBlockingStub.class);
			Set<String> answered = new TreeSet<>();
			Awaitility.await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
				answered.add(echo.unary(Ping.newBuilder().setText("hello").build()).getServer());
				return answered.size() == 2;
			});
			assertThat(answered).containsExactly("one", "two");
		}
	}

	private ConfigurableApplicationContext provider(String name) {
		return RpcApplications.run(EchoProvider.class, "spring.application.name=echo", "echo.name=" + name, this.etcd);
	}

}
