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

package io.rpcboot.quickstart;

import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.RestClient;

/**
 * The quick start does what the README says, with the files that the README shows; only
 * the registry is the one that needs no etcd.
 */
class QuickStartTests {

	@TempDir
	private Path registry;

	@Test
	void whenTheProviderRunsThenTheConsumerGreets() {
		try (ConfigurableApplicationContext provider = run(Provider.class, WebApplicationType.NONE, "provider.yml");
				ConfigurableApplicationContext consumer = run(Consumer.class, WebApplicationType.SERVLET,
						"consumer.yml")) {
			RestClient http = RestClient
				.create("http://127.0.0.1:" + consumer.getEnvironment().getProperty("local.server.port"));
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.ignoreExceptions()
				.until(() -> http.get().uri("/hello?name=Ada").retrieve().body(String.class), "Hello, Ada"::equals);
		}
	}

	private ConfigurableApplicationContext run(Class<?> application, WebApplicationType type, String file) {
		return new SpringApplicationBuilder(application).web(type)
			.run("--spring.config.location=classpath:/quickstart/" + file, "--rpc.registry.type=local",
					"--rpc.registry.local.directory=" + this.registry.resolve("instances"), "--rpc.server.port=0",
					"--rpc.server.address=127.0.0.1", "--rpc.server.shutdown.quiet-period=0s", "--server.port=0",
					"--server.address=127.0.0.1");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(GreeterService.class)
	static class Provider {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(HelloController.class)
	static class Consumer {

	}

}
