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

import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
				ConfigurableApplicationContext consumer = RpcApplications.run(Consumer.class,
						"spring.application.name=consumer", this.etcd)) {
			EchoGrpc.EchoBlockingStub echo = consumer.getBean(Caller.class).echo();
			Set<String> answered = new TreeSet<>();
			Awaitility.await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
				answered.add(echo.unary(Ping.newBuilder().setText("hello").build()).getServer());
				return answered.size() == 2;
			});
			assertThat(answered).containsExactly("one", "two");
		}
	}

	private ConfigurableApplicationContext provider(String name) {
		return RpcApplications.run(Provider.class, "spring.application.name=echo", "echo.name=" + name, this.etcd);
	}

	@Configuration(proxyBeanMethods = false)
	static class Provider {

		@Bean
		@RpcService
		EchoService echoService(@Value("${echo.name}") String name) {
			return new EchoService(name);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		@Bean
		Caller caller(@RpcReference("echo") EchoGrpc.EchoBlockingStub echo) {
			return new Caller(echo);
		}

	}

	record Caller(EchoGrpc.EchoBlockingStub echo) {

	}

}
