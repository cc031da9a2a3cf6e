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
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.rpcboot.actuate.RpcReferencesHealthIndicator;
import io.rpcboot.actuate.RpcRegistryHealthIndicator;
import io.rpcboot.actuate.RpcServerHealthIndicator;
import io.rpcboot.client.RpcReference;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.registry.WatchStatus;
import io.rpcboot.registry.WatchStatus.State;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.EchoServiceConfiguration;
import io.rpcboot.testing.FixedWatches;
import io.rpcboot.testing.ForeignPolicy;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
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
 * The health contributors of the registry, the server and the references.
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
		this.runner.withUserConfiguration(EchoServiceConfiguration.class)
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
		this.runner.withUserConfiguration(EchoServiceConfiguration.class, OwnRegistry.class)
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
	void whenTheServerServesThenItIsUpAndWhenItStopsOutOfService() {
		this.runner.withUserConfiguration(EchoServiceConfiguration.class)
			.withPropertyValues("rpc.registry.type=none")
			.run((context) -> {
				HealthIndicator health = context.getBean(RpcServerHealthIndicator.class);
				RpcServerLifecycle server = context.getBean(RpcServerLifecycle.class);
				assertThat(health.health().getStatus()).as("the application starts").isEqualTo(Status.OUT_OF_SERVICE);
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				assertThat(health.health().getStatus()).isEqualTo(Status.UP);
				assertThat(health.health().getDetails())
					.isEqualTo(Map.of("port", server.port(), "accepting", true, "draining", false, "activeCalls", 0L));
				AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
				assertThat(health.health().getStatus()).as("it refuses traffic").isEqualTo(Status.OUT_OF_SERVICE);
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				server.stopRequested();
				assertThat(health.health().getStatus()).as("it drains").isEqualTo(Status.OUT_OF_SERVICE);
				assertThat(health.health().getDetails()).containsEntry("draining", true);
				server.stop();
				assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
				assertThat(health.health().getDetails()).isEqualTo(Map.of("server", "does not listen"));
			});
	}

	@Test
	void whenThereIsNothingToServeThenTheServerTakesNobodyOutOfTraffic() {
		this.runner.withPropertyValues("rpc.registry.type=none")
			.run((context) -> assertThat(context.getBean(RpcServerHealthIndicator.class).health().getStatus())
				.isEqualTo(Status.UNKNOWN));
	}

	@Test
	void whenACalledApplicationHasNoInstanceThenReferencesAreDegradedUntilItHas() {
		InMemoryDiscovery discovery = new InMemoryDiscovery();
		discovery.set("echo");
		consumer(discovery).run((context) -> {
			HealthIndicator health = context.getBean(RpcReferencesHealthIndicator.class);
			awaitStatus(health, RpcReferencesHealthIndicator.DEGRADED);
			assertThat(health.health().getDetails()).isEqualTo(Map.of("called", 1, "withoutInstance", 1L,
					"applications", Map.of("echo", Map.of("state", "DOWN", "required", false))));
			try (EchoServer callee = EchoServer.start("a")) {
				discovery.set("echo", callee.instance("1"));
				awaitStatus(health, Status.UP);
				Awaitility.await()
					.untilAsserted(() -> assertThat(health.health().getDetails().get("applications"))
						.isEqualTo(Map.of("echo", Map.of("state", "UP", "required", false, "usable", 1, "ejected", 0,
								"connecting", 0, "other", 0))));
			}
			awaitStatus(health, RpcReferencesHealthIndicator.DEGRADED);
			Awaitility.await()
				.untilAsserted(() -> assertThat(health.health().getDetails().get("applications")).asString()
					.contains("other=1"));
		});
	}

	@Test
	void whenARequiredApplicationHasNoInstanceThenReferencesAreOutOfService() {
		InMemoryDiscovery discovery = new InMemoryDiscovery();
		discovery.set("echo");
		for (String required : new String[] { "echo", "*" }) {
			consumer(discovery).withPropertyValues("rpc.health.required-references=" + required).run((context) -> {
				HealthIndicator health = context.getBean(RpcReferencesHealthIndicator.class);
				awaitStatus(health, Status.OUT_OF_SERVICE);
			});
		}
		consumer(discovery).withPropertyValues("rpc.health.required-references=stock").run((context) -> {
			HealthIndicator health = context.getBean(RpcReferencesHealthIndicator.class);
			awaitStatus(health, RpcReferencesHealthIndicator.DEGRADED);
		});
	}

	@Test
	void whenTheRegistryHasSaidNothingYetThenNobodyIsKnown() {
		InMemoryDiscovery silent = new InMemoryDiscovery();
		this.runner.withConfiguration(AutoConfigurations.of(RpcClientAutoConfiguration.class))
			.withUserConfiguration(Consumer.class)
			.withBean(ServiceDiscovery.class, () -> new Watched(silent, State.PENDING))
			.run((context) -> assertThat(context.getBean(RpcReferencesHealthIndicator.class).health().getStatus())
				.isEqualTo(RpcReferencesHealthIndicator.DEGRADED));
	}

	@Test
	void whenThePolicyIsOfGrpcThenItsChannelTells() {
		InMemoryDiscovery discovery = new InMemoryDiscovery();
		try (ForeignPolicy policy = ForeignPolicy.register(); EchoServer callee = EchoServer.start("a")) {
			discovery.set("echo", ServiceInstance.of("gone", "echo", "127.0.0.1", EchoServer.unusedPort()));
			consumer(discovery)
				.withPropertyValues("rpc.client.references.echo.load-balancing=" + policy.getPolicyName())
				.run((context) -> {
					HealthIndicator health = context.getBean(RpcReferencesHealthIndicator.class);
					awaitStatus(health, RpcReferencesHealthIndicator.DEGRADED);
					discovery.set("echo", callee.instance("1"));
					Awaitility.await()
						.untilAsserted(() -> assertThat(health.health().getDetails().get("applications"))
							.isEqualTo(Map.of("echo", Map.of("state", "UP", "required", false))));
					assertThat(health.health().getStatus()).isEqualTo(Status.UP);
				});
		}
	}

	@Test
	void whenTheRegistryGoesAwayThenReferencesAreUpWhileTheLastSetServes() {
		InMemoryDiscovery discovery = new InMemoryDiscovery();
		try (EchoServer callee = EchoServer.start("a")) {
			discovery.set("echo", callee.instance("1"));
			this.runner.withConfiguration(AutoConfigurations.of(RpcClientAutoConfiguration.class))
				.withUserConfiguration(Consumer.class)
				.withBean(ServiceDiscovery.class, () -> new Watched(discovery, State.STALE))
				.run((context) -> {
					HealthIndicator health = context.getBean(RpcReferencesHealthIndicator.class);
					Awaitility.await()
						.untilAsserted(() -> assertThat(health.health().getDetails().get("applications")).asString()
							.contains("state=UP"));
					assertThat(health.health().getStatus()).isEqualTo(Status.UP);
				});
		}
	}

	@Test
	void whenTheOthersAreSwitchedOffThenThereAreNone() {
		this.runner.withConfiguration(AutoConfigurations.of(RpcClientAutoConfiguration.class))
			.withPropertyValues("rpc.registry.type=none", "management.health.rpc-server.enabled=false",
					"management.health.rpc-references.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RpcServerHealthIndicator.class)
				.doesNotHaveBean(RpcReferencesHealthIndicator.class));
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

	private ApplicationContextRunner consumer(ServiceDiscovery discovery) {
		return this.runner.withConfiguration(AutoConfigurations.of(RpcClientAutoConfiguration.class))
			.withUserConfiguration(Consumer.class)
			.withBean(ServiceDiscovery.class, () -> discovery);
	}

	private static void awaitStatus(HealthIndicator health, Status status) {
		Awaitility.await().untilAsserted(() -> assertThat(health.health().getStatus()).isEqualTo(status));
	}

	/**
	 * A registry that does not answer.
	 *
	 * @param last what it said last
	 * @param state how the watch stands
	 */
	private record Watched(InMemoryDiscovery last, State state) implements ServiceDiscovery {

		@Override
		public InstanceWatch watch(String application, InstanceListener listener) {
			return this.last.watch(application, listener);
		}

		@Override
		public Map<String, WatchStatus> watches() {
			return Map.of("echo", new WatchStatus(this.state, 1, Set.of()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		Consumer(@RpcReference("echo") EchoBlockingStub echo) {
			assertThat(echo).isNotNull();
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
