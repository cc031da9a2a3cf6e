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
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpcboot.actuate.RpcRegistryMeters;
import io.rpcboot.registry.RegistrationStatistics;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.registry.WatchStatus.State;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.testing.EchoServiceConfiguration;
import io.rpcboot.testing.FixedWatches;
import io.rpcboot.testing.RecordingRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcRegistryMetersAutoConfiguration}.
 */
class RpcRegistryMetersAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcRegistryMetersAutoConfiguration.class))
		.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc.server"))
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.registry.type=none",
				"rpc.server.shutdown.quiet-period=0s", "spring.application.name=echo");

	@Test
	void whenAnInstanceIsTakenOfflineThenTheMeterSaysSo() {
		this.runner.withUserConfiguration(Provider.class).run((context) -> {
			MeterRegistry registry = bind(context);
			assertThat(registered(registry)).as("not yet").isZero();
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			Awaitility.await().until(() -> registered(registry) == 1);
			context.getBean(RpcServerLifecycle.class).offline().join();
			assertThat(registered(registry)).isZero();
		});
	}

	@Test
	void whenApplicationsAreWatchedThenTheirInstancesAreCounted() {
		this.runner.withBean(FixedWatches.class, () -> new FixedWatches().with("stock", State.STALE, 3, "id-1"))
			.run((context) -> {
				MeterRegistry registry = bind(context);
				assertThat(registry.get("rpc.discovery.instances")
					.tag("rpc.application", "stock")
					.tag("rpc.state", "live")
					.gauge()
					.value()).isEqualTo(2);
				assertThat(registry.get("rpc.discovery.stale").tag("rpc.application", "stock").gauge().value()).isOne();
			});
	}

	@Test
	void whenThereIsNoServerThenDiscoveryIsMeasuredAndNothingIsRegistered() {
		this.runner.withPropertyValues("rpc.server.port=-1").run((context) -> {
			MeterRegistry registry = bind(context);
			assertThat(registry.get("rpc.discovery.applications").gauge().value()).isZero();
			assertThat(registered(registry)).isNaN();
		});
	}

	@Test
	void whenMicrometerIsNotOnTheClassPathThenThereAreNone() {
		this.runner.withClassLoader(new FilteredClassLoader(MeterBinder.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcRegistryMeters"));
	}

	@Test
	void whenThereIsNoDiscoveryThenThereAreNone() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RpcRegistryMetersAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RpcRegistryMeters.class));
	}

	@Test
	void whenAUserBringsTheirOwnThenThatOneStays() {
		this.runner.withUserConfiguration(OwnMeters.class)
			.run((context) -> assertThat(context).hasSingleBean(RpcRegistryMeters.class).hasBean("ownMeters"));
	}

	private static MeterRegistry bind(ApplicationContext context) {
		MeterRegistry registry = new SimpleMeterRegistry();
		context.getBean(RpcRegistryMeters.class).bindTo(registry);
		return registry;
	}

	private static double registered(MeterRegistry registry) {
		return registry.get("rpc.registration.registered").gauge().value();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(EchoServiceConfiguration.class)
	static class Provider {

		@Bean
		ServiceRegistry registry() {
			return new RecordingRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMeters {

		@Bean
		RpcRegistryMeters ownMeters(ServiceDiscovery discovery) {
			return new RpcRegistryMeters(discovery, () -> null, () -> RegistrationStatistics.NONE);
		}

	}

}
