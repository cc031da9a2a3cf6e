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

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.actuate.GrpcHealthGroups;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoServiceConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Boot's health groups and {@code grpc.health.v1}, asked over the wire.
 */
@ExtendWith(OutputCaptureExtension.class)
class RpcHealthGroupsAutoConfigurationTests {

	private final AtomicReference<Status> database = new AtomicReference<>(Status.UP);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcClientAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class,
				HealthEndpointAutoConfiguration.class, RpcHealthContributorAutoConfiguration.class,
				RpcHealthGroupsAutoConfiguration.class))
		.withUserConfiguration(EchoServiceConfiguration.class)
		.withBean("databaseHealthIndicator", HealthIndicator.class,
				() -> () -> Health.status(this.database.get()).build())
		.withPropertyValues("rpc.registry.type=none", "rpc.server.port=0", "rpc.server.address=127.0.0.1",
				"rpc.server.shutdown.quiet-period=0s", "rpc.health.interval=20ms",
				"management.endpoint.health.group.storage.include=database");

	@Test
	void whenTheGroupOfAServiceIsDownThenOnlyItsNameIsNotServing() {
		this.runner.withPropertyValues("rpc.health.services.[rpc.testing.Echo]=storage").run((context) -> {
			try (EchoClient client = accepting(context)) {
				awaitHealth(client, "rpc.testing.Echo", ServingStatus.SERVING);
				this.database.set(Status.DOWN);
				awaitHealth(client, "rpc.testing.Echo", ServingStatus.NOT_SERVING);
				assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
				this.database.set(Status.UP);
				awaitHealth(client, "rpc.testing.Echo", ServingStatus.SERVING);
			}
		});
	}

	@Test
	void whenTheGroupOfTheServerIsDownThenTheServerIsNotServing() {
		this.database.set(Status.OUT_OF_SERVICE);
		this.runner.withPropertyValues("rpc.health.group=storage").run((context) -> {
			try (EchoClient client = accepting(context)) {
				assertThat(client.health("rpc.testing.Echo")).isEqualTo(ServingStatus.SERVING);
				assertThat(client.health("")).isEqualTo(ServingStatus.NOT_SERVING);
				this.database.set(Status.UP);
				awaitHealth(client, "", ServingStatus.SERVING);
			}
		});
	}

	@Test
	void whenAStatusIsMappedForHttpThenTheMappingDecides() {
		this.runner
			.withPropertyValues("rpc.health.services.storage=storage",
					"management.endpoint.health.group.storage.status.order=degraded,slow",
					"management.endpoint.health.group.storage.status.http-mapping.degraded=500")
			.run((context) -> {
				try (EchoClient client = accepting(context)) {
					this.database.set(new Status("SLOW"));
					awaitHealth(client, "storage", ServingStatus.SERVING);
					this.database.set(new Status("DEGRADED"));
					awaitHealth(client, "storage", ServingStatus.NOT_SERVING);
				}
			});
	}

	@Test
	void whenANameIsNoServiceThenReadinessDoesNotCountForIt() {
		this.runner.withPropertyValues("rpc.health.services.storage=storage").run((context) -> {
			try (EchoClient client = new EchoClient(context.getBean(RpcServerLifecycle.class).port())) {
				awaitHealth(client, "storage", ServingStatus.SERVING);
				assertThat(client.health("")).isEqualTo(ServingStatus.NOT_SERVING);
			}
		});
	}

	@Test
	void whenAGroupHasNoMembersThenItsNameIsNotServing() {
		this.runner
			.withPropertyValues("rpc.health.services.storage=broken",
					"management.endpoint.health.group.broken.include=*",
					"management.endpoint.health.group.broken.exclude=database,rpcServer,rpcRegistry,rpcReferences")
			.run((context) -> {
				try (EchoClient client = accepting(context)) {
					assertThat(client.health("storage")).isEqualTo(ServingStatus.NOT_SERVING);
				}
			});
	}

	@Test
	void whenThereIsNoSuchGroupThenTheStartFailsAndNamesIt() {
		this.runner.withPropertyValues("rpc.health.services.[rpc.testing.Echo]=strage")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("rpc.health.services[rpc.testing.Echo]")
				.hasMessageContaining("strage"));
	}

	@Test
	void whenTheHealthEndpointIsNotExposedThenGroupsThatAreNamedFailTheStart() {
		this.runner.withPropertyValues("rpc.health.group=storage", "management.endpoints.web.exposure.exclude=health")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("rpc.health.group")
				.hasMessageContaining("management.endpoints.web.exposure.include"));
		this.runner.withPropertyValues("management.endpoints.web.exposure.exclude=health")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenLivenessIncludesEverythingThenItLeavesOursOut(CapturedOutput output) {
		this.runner
			.withPropertyValues("management.endpoint.health.group.liveness.include=*",
					"management.endpoint.health.group.readiness.include=rpcServer")
			.run((context) -> {
				HealthEndpointGroups groups = context.getBean(HealthEndpointGroups.class);
				assertThat(groups.get("liveness").isMember("rpcServer")).isFalse();
				assertThat(groups.get("liveness").isMember("rpcReferences")).isFalse();
				assertThat(groups.get("liveness").isMember("rpcRegistry")).isFalse();
				assertThat(groups.get("liveness").isMember("database")).isTrue();
				assertThat(groups.get("readiness").isMember("rpcServer")).isTrue();
				assertThat(output)
					.contains("[rpcServer, rpcRegistry, rpcReferences] are left out of the health group 'liveness'");
			});
	}

	@Test
	void whenTheActuatorIsNotOnTheClassPathThenThereIsNothing() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RpcHealthGroupsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(Endpoint.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(RpcHealthGroupsAutoConfiguration.class));
	}

	@Test
	void whenTheServerStopsThenTheGroupsAreNotAskedUntilItStartsAgain() {
		this.runner.withPropertyValues("rpc.health.services.storage=storage").run((context) -> {
			RpcServerLifecycle server = context.getBean(RpcServerLifecycle.class);
			server.stop();
			Awaitility.await().until(RpcHealthGroupsAutoConfigurationTests::noThread);
			this.database.set(Status.DOWN);
			server.start();
			try (EchoClient client = new EchoClient(server.port())) {
				awaitHealth(client, "storage", ServingStatus.NOT_SERVING);
			}
			assertThat(context).hasSingleBean(GrpcHealthGroups.class);
		});
	}

	private static boolean noThread() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.noneMatch((thread) -> thread.getName().equals("rpc-health"));
	}

	private static EchoClient accepting(ApplicationContext context) {
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
		return new EchoClient(context.getBean(RpcServerLifecycle.class).port());
	}

	private static void awaitHealth(EchoClient client, String name, ServingStatus status) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(client.health(name)).isEqualTo(status));
	}

}
