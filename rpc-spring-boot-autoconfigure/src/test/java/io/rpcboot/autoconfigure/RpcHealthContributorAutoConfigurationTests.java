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

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.rpcboot.actuate.RpcRegistryHealthIndicator;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.registry.WatchStatus.State;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.FixedWatches;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The health contributor of the registry.
 */
class RpcHealthContributorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcHealthContributorAutoConfiguration.class))
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.server.shutdown.quiet-period=0s",
				"spring.application.name=echo");

	@Test
	void whenNothingIsServedThenThereIsNoRegistration() {
		this.runner.run((context) -> assertThat(context.getBean(RpcRegistryHealthIndicator.class).health().getDetails())
			.isEqualTo(Map.of("registry", "etcd [http://127.0.0.1:2379] namespace 'default'")));
	}

	@Test
	void whenTheRegistryIsAwayThenTheRegistrationIsPendingAndTheHealthUp() {
		this.runner.withUserConfiguration(Provider.class)
			.withPropertyValues("rpc.registry.etcd.endpoints=http://127.0.0.1:1")
			.run((context) -> {
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				HealthIndicator health = context.getBean(RpcRegistryHealthIndicator.class);
				assertThat(health.health().getStatus()).isEqualTo(Status.UP);
				assertThat(health.health().getDetails()).containsEntry("registration", "PENDING");
			});
	}

	@Test
	void whenTheInstanceIsRegisteredThenTheDetailSaysSo() {
		this.runner.withUserConfiguration(Provider.class, OwnRegistry.class)
			.withPropertyValues("rpc.registry.type=none")
			.run((context) -> {
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				HealthIndicator health = context.getBean(RpcRegistryHealthIndicator.class);
				Awaitility.await()
					.untilAsserted(
							() -> assertThat(health.health().getDetails()).containsEntry("registration", "REGISTERED"));
			});
	}

	@Test
	void whenApplicationsAreWatchedThenTheDetailSaysHowTheyStand() {
		this.runner.withBean(FixedWatches.class, () -> new FixedWatches().with("stock", State.SNAPSHOT, 3))
			.run((context) -> {
				HealthIndicator health = context.getBean(RpcRegistryHealthIndicator.class);
				assertThat(health.health().getStatus()).isEqualTo(Status.UP);
				assertThat(health.health().getDetails()).containsEntry("discovery",
						Map.of("states", Map.of("SNAPSHOT", 1), "quarantined", 0, "applications",
								Map.of("stock", Map.of("state", "SNAPSHOT", "instances", 3, "quarantined", 0))));
			});
	}

	@Test
	void whenSwitchedOffThenThereIsNone() {
		this.runner.withPropertyValues("management.health.rpc-registry.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RpcRegistryHealthIndicator.class));
	}

	@Test
	void whenHealthIsNotOnTheClassPathThenThereIsNone() {
		this.runner.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcRegistryHealthIndicator"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Provider {

		@Bean
		@RpcService
		EchoService echo() {
			return new EchoService("one");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRegistry {

		@Bean
		ServiceRegistry registry() {
			return Registered::new;
		}

	}

	private record Registered(ServiceInstance instance) implements Registration {

		@Override
		public RegistrationState state() {
			return RegistrationState.REGISTERED;
		}

		@Override
		public CompletableFuture<Void> update(ServiceInstance newInstance) {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletableFuture<Void> deregister() {
			return CompletableFuture.completedFuture(null);
		}

	}

}
