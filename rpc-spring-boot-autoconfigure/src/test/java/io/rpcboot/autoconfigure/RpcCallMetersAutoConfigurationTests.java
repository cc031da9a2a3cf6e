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

package io.rpcboot.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpcboot.actuate.call.ClientCallMeters;
import io.rpcboot.actuate.call.ServerCallMeters;
import io.rpcboot.client.CallObservation;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.mockito.BDDMockito;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcCallMetersAutoConfiguration}, with Spring Boot's own registries.
 */
class RpcCallMetersAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RpcCallMetersAutoConfiguration.class, RpcServerMetersAutoConfiguration.class,
						RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class))
		.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc.server"))
		.withBean(EchoService.class, "one")
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.registry.type=none",
				"rpc.server.shutdown.quiet-period=0s");

	private final ApplicationContextRunner withBoot = this.runner
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class));

	@Test
	void whenBootMakesTheRegistryThenCallsAndTheRestAreInIt() {
		this.withBoot.run((context) -> {
			call(context.getBean(RpcServerLifecycle.class));
			awaitCall(context.getBean(MeterRegistry.class));
			assertThat(context.getBean(MeterRegistry.class).get("rpc.server.draining").gauge().value()).isZero();
		});
	}

	@Test
	void whenThereAreSeveralRegistriesThenCallsAreInEach() {
		this.withBoot.withBean("first", SimpleMeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("second", SimpleMeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				assertThat(context.getBean(MeterRegistry.class)).isInstanceOf(CompositeMeterRegistry.class);
				call(context.getBean(RpcServerLifecycle.class));
				awaitCall(context.getBean("first", MeterRegistry.class));
				awaitCall(context.getBean("second", MeterRegistry.class));
			});
	}

	@Test
	void whenMicrometerIsNotOnTheClassPathThenThereAreNone() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc.server", "io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("rpcServerCallMeters")
				.doesNotHaveBean("rpcClientCallMeters"));
	}

	@Test
	void whenAUserBringsTheirOwnThenThoseStay() {
		this.withBoot.withBean("mine", ServerCallMeters.class, () -> new ServerCallMeters(new SimpleMeterRegistry()))
			.withBean("observation", CallObservation.class, () -> BDDMockito.mock(CallObservation.class))
			.run((context) -> assertThat(context).hasSingleBean(ServerCallMeters.class)
				.hasBean("mine")
				.hasSingleBean(CallObservation.class)
				.doesNotHaveBean(ClientCallMeters.class));
	}

	private static void call(RpcServerLifecycle server) {
		try (EchoClient client = new EchoClient(server.port())) {
			assertThat(client.unary("x").status().isOk()).isTrue();
		}
	}

	private static void awaitCall(MeterRegistry registry) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(registry.find("grpc.server.call.duration")
				.tags("grpc.method", "rpc.testing.Echo/Unary", "grpc.status", "OK")
				.timers()
				.stream()
				.mapToLong(Timer::count)
				.sum()).isOne());
	}

}
