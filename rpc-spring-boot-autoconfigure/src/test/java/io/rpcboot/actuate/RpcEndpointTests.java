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

package io.rpcboot.actuate;

import java.util.List;
import java.util.Map;

import io.rpcboot.actuate.RpcDescriptor.Application;
import io.rpcboot.actuate.RpcDescriptor.Instance;
import io.rpcboot.actuate.RpcDescriptor.Reference;
import io.rpcboot.actuate.RpcDescriptor.Service;
import io.rpcboot.actuate.RpcDescriptor.Setting;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcEndpointAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerAutoConfiguration;
import io.rpcboot.client.RpcReference;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.EchoServiceConfiguration;
import io.rpcboot.testing.RecordingRegistry;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.Ping;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What the endpoint {@code rpc} tells and does, with a real server and a real callee.
 */
class RpcEndpointTests {

	private final EchoServer callee = EchoServer.start("a");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcClientAutoConfiguration.class, RpcEndpointAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=rpc",
				"management.endpoint.rpc.show-values=always", "spring.application.name=caller",
				"rpc.registry.type=none", "rpc.registry.instance.tags.lane=blue", "rpc.server.port=0",
				"rpc.server.address=127.0.0.1", "rpc.server.shutdown.quiet-period=0s",
				"rpc.client.references.[echo].addresses=" + this.callee.address(),
				"rpc.client.references.[echo].stream-timeout=1500ms",
				"rpc.client.references.[echo].methods.[rpc.testing.Echo/Unary].retry.max-attempts=2",
				"rpc.client.defaults.timeout=7s");

	@AfterEach
	void close() {
		this.callee.close();
	}

	@Test
	void tellsServicesWithMethodsAndStatus() {
		this.runner.withUserConfiguration(EchoServiceConfiguration.class).run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			assertThat(services(endpoint)).extracting(Service::name, Service::status)
				.containsExactly(tuple("grpc.health.v1.Health", null),
						tuple("grpc.reflection.v1.ServerReflection", null), tuple("rpc.testing.Echo", "NOT_SERVING"));
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			Service echo = services(endpoint).get(2);
			assertThat(echo.status()).isEqualTo("SERVING");
			assertThat(echo.methods()).extracting(RpcDescriptor.Method::name, RpcDescriptor.Method::type)
				.containsExactly(tuple("Bidi", "BIDI_STREAMING"), tuple("ClientStream", "CLIENT_STREAMING"),
						tuple("ServerStream", "SERVER_STREAMING"), tuple("Unary", "UNARY"));
		});
	}

	@Test
	void whenNothingIsServedThenThereIsNoServer() {
		this.runner.run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			assertThat(endpoint.rpc().server()).isNull();
			assertInvalid(() -> endpoint.online(false),
					"The RPC server does not run: there is no instance to register");
		});
	}

	@Test
	void tellsEffectiveSettingsAndWhereEachWasSet() {
		this.runner.withUserConfiguration(Consumer.class).run((context) -> {
			Reference reference = echo(context.getBean(RpcEndpoint.class)).injected().get(0);
			assertThat(reference.service()).isEqualTo("rpc.testing.Echo");
			assertThat(reference.where()).contains("Consumer");
			assertThat(reference.settings()).containsEntry("timeout",
					new Setting("3s", "@RpcReference(timeout)", null));
			assertThat(reference.settings().get("stream-timeout"))
				.isEqualTo(new Setting("1500ms", "rpc.client.references[echo].stream-timeout",
						"\"rpc.client.references.[echo].stream-timeout\" from property source \"test\""));
			assertThat(reference.settings().get("addresses").source()).contains("property source \"test\"");
			assertThat(reference.settings()).containsEntry("load-balancing",
					new Setting("p2c", "rpc.client.defaults.load-balancing", null));
			assertThat(reference.settings()).containsEntry("retry.max-attempts",
					new Setting(3, "the starter's default", null));
			assertThat(reference.methods()).containsOnlyKeys("rpc.testing.Echo/Bidi", "rpc.testing.Echo/ClientStream",
					"rpc.testing.Echo/ServerStream", "rpc.testing.Echo/Unary");
			Map<String, Setting> unary = reference.methods().get("rpc.testing.Echo/Unary");
			assertThat(unary).containsOnlyKeys("timeout", "retry.max-attempts");
			assertThat(unary.get("timeout").value()).isEqualTo("3s");
			assertThat(unary.get("retry.max-attempts").value()).isEqualTo(2);
			assertThat(unary.get("retry.max-attempts").origin())
				.isEqualTo("rpc.client.references[echo].methods[rpc.testing.Echo/Unary].retry.max-attempts");
			assertThat(unary.get("retry.max-attempts").source()).contains("property source \"test\"");
			assertThat(reference.methods().get("rpc.testing.Echo/Bidi").get("timeout").value()).isEqualTo("1500ms");
		});
	}

	@Test
	void tellsWhatStandsBetweenAReferenceAndItsCalls() {
		this.runner.withUserConfiguration(Consumer.class)
			.withPropertyValues("rpc.client.defaults.throttling.enabled=true",
					"rpc.client.references.[echo].throttling.k=3", "rpc.client.references.[echo].connect-timeout=250ms")
			.run((context) -> {
				Map<String, Setting> settings = settings(context.getBean(RpcEndpoint.class));
				assertThat(settings.get("connect-timeout").value()).isEqualTo("250ms");
				assertThat(settings.get("connect-timeout").source()).contains("property source \"test\"");
				assertThat(settings.get("throttling.enabled").origin())
					.isEqualTo("rpc.client.defaults.throttling.enabled");
				assertThat(settings.get("throttling.k"))
					.satisfies((setting) -> assertThat(setting.value()).isEqualTo(3.0))
					.satisfies((setting) -> assertThat(setting.origin())
						.isEqualTo("rpc.client.references[echo].throttling.k"));
				assertThat(settings)
					.containsEntry("throttling.window", new Setting("10s", "the starter's default", null))
					.containsEntry("subset.enabled", new Setting(false, "rpc.client.subset.enabled", null))
					.doesNotContainKeys("fallback.bean", "fallback.statuses");
			});
	}

	@Test
	void whatIsSetForAMethodIsToldThere() {
		this.runner.withUserConfiguration(Consumer.class)
			.withPropertyValues("rpc.client.references.[echo].methods.[rpc.testing.Echo].throttling.k=4",
					"rpc.client.references.[echo].methods.[rpc.testing.Echo/Unary].throttling.k=5",
					"rpc.client.references.[echo].methods.[rpc.testing.Echo/Unary].throttling.enabled=true")
			.run((context) -> {
				Reference reference = echo(context.getBean(RpcEndpoint.class)).injected().get(0);
				assertThat(reference.settings().get("throttling.k").value()).isEqualTo(2.0);
				assertThat(reference.methods().get("rpc.testing.Echo/Bidi").get("throttling.k"))
					.satisfies((setting) -> assertThat(setting.value()).isEqualTo(4.0))
					.satisfies((setting) -> assertThat(setting.origin())
						.isEqualTo("rpc.client.references[echo].methods[rpc.testing.Echo].throttling.k"))
					.satisfies((setting) -> assertThat(setting.source()).contains("property source \"test\""));
				assertThat(reference.methods().get("rpc.testing.Echo/Unary").get("throttling.k").value())
					.isEqualTo(5.0);
				assertThat(reference.methods().get("rpc.testing.Echo/Unary")).containsKey("throttling.enabled");
			});
	}

	@Test
	void whenATimeoutIsChangedThenItHoldsAndSaysSoUntilItIsReset() {
		this.runner.withUserConfiguration(Consumer.class).run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			endpoint.change("echo", "250ms", null, null, null, null);
			assertThat(settings(endpoint)).containsEntry("timeout", new Setting("250ms", "changed at run time", null));
			assertThat(settings(endpoint).get("stream-timeout").origin())
				.isEqualTo("rpc.client.references[echo].stream-timeout");
			endpoint.change("echo", "9", null, "rpc.testing.Echo/Unary", null, null);
			assertThat(echo(endpoint).injected().get(0).methods().get("rpc.testing.Echo/Unary"))
				.containsEntry("timeout", new Setting("9s", "changed at run time", null))
				.containsKey("retry.max-attempts");
			endpoint.reset("echo");
			assertThat(settings(endpoint)).containsEntry("timeout", new Setting("3s", "@RpcReference(timeout)", null));
		});
	}

	@Test
	void tellsInstancesWithConnectionWeightAndLatency() {
		this.runner.withUserConfiguration(Consumer.class).run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			context.getBean(Consumer.class).echo.unary(Ping.getDefaultInstance());
			Instance instance = instance(endpoint);
			assertThat(instance.connection()).isEqualTo("READY");
			assertThat(instance.candidate()).isTrue();
			assertThat(instance.reason()).isNull();
			assertThat(instance.instance().address()).isEqualTo(this.callee.address());
			assertThat(instance.instance().weight()).isEqualTo(100);
			assertThat(instance.inFlight()).isZero();
			assertThat(instance.ewmaMillis()).isPositive();
			assertThat(instance.ejectedUntil()).isNull();
		});
	}

	@Test
	void whenAWeightIsChangedThenItHoldsUntilItIsReset() {
		this.runner.withUserConfiguration(Consumer.class).run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			context.getBean(Consumer.class).echo.unary(Ping.getDefaultInstance());
			String id = instance(endpoint).instance().id();
			endpoint.change("echo", null, null, null, id, 7);
			assertThat(instance(endpoint).instance().weight()).isEqualTo(7);
			assertThat(instance(endpoint).share()).isEqualTo(7);
			endpoint.reset("echo");
			assertThat(instance(endpoint).instance().weight()).isEqualTo(100);
			assertThat(instance(endpoint).share()).isEqualTo(100);
		});
	}

	@Test
	void whenAChangeCannotBeRightThenItIsRefusedAndNothingChanges() {
		this.runner.withUserConfiguration(Consumer.class).run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			context.getBean(Consumer.class).echo.unary(Ping.getDefaultInstance());
			assertInvalid(() -> endpoint.change("other", "1s", null, null, null, null),
					"application: 'other' (expected: one of [echo])");
			assertInvalid(() -> endpoint.change("echo", "-1s", null, null, null, null),
					"timeout: '-1s' (expected: a duration above 0, such as 500ms)");
			assertInvalid(() -> endpoint.change("echo", null, "soon", null, null, null),
					"streamTimeout: 'soon' (expected: a duration above 0, such as 500ms)");
			assertInvalid(() -> endpoint.change("echo", "1s", null, "rpc.testing.Echo/None", null, null),
					"method: 'rpc.testing.Echo/None' (expected: one of [rpc.testing.Echo/Bidi, "
							+ "rpc.testing.Echo/ClientStream, rpc.testing.Echo/ServerStream, rpc.testing.Echo/Unary], "
							+ "or the service)");
			assertInvalid(() -> endpoint.change("echo", null, null, null, null, null),
					"nothing to change (expected: timeout, streamTimeout, or instance and weight)");
			assertInvalid(() -> endpoint.change("echo", "1s", null, null, "x", null),
					"instance: x, weight: null (expected: both or none)");
			assertInvalid(() -> endpoint.change("echo", "1s", null, null, "x", 5),
					"instance: 'x' (expected: the id of a known instance of echo)");
			assertInvalid(() -> endpoint.change("echo", "1s", null, null, instance(endpoint).instance().id(), 0),
					"weight: 0 (expected: at least 1)");
			assertThat(settings(endpoint).get("timeout").value()).isEqualTo("3s");
		});
	}

	@Test
	void explainsTheCallOfARoute() {
		this.runner.withUserConfiguration(Consumer.class).run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			context.getBean(Consumer.class).echo.unary(Ping.getDefaultInstance());
			Application explained = endpoint.application("echo", "round_robin", null, null, "2", List.of("disk=ssd"),
					null);
			assertThat(explained).isNotNull();
			assertThat(explained.channels()).first().satisfies((channel) -> {
				assertThat(channel.policy()).isEqualTo("round_robin");
				assertThat(channel.failure()).contains("version '2'", "disk=ssd");
				assertThat(channel.instances()).extracting(Instance::candidate).containsExactly(false);
			});
			assertThat(endpoint.application("other", null, null, null, null, null, null)).isNull();
			assertInvalid(() -> endpoint.application("echo", null, null, null, null, List.of("ssd"), null),
					"tags: 'ssd' (expected: name=value)");
		});
	}

	@Test
	void whenTakenOfflineThenTheRegistrationSaysSoUntilItIsBack() {
		this.runner.withUserConfiguration(EchoServiceConfiguration.class, OwnRegistry.class).run((context) -> {
			RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			Awaitility.await().until(() -> registration(endpoint).state().equals("REGISTERED"));
			assertThat(registration(endpoint).instance()).satisfies((instance) -> {
				assertThat(instance.application()).isEqualTo("caller");
				assertThat(instance.tags()).containsExactly(Map.entry("lane", "blue"));
			});
			assertThat(endpoint.online(false)).extracting(RpcDescriptor.Registration::state).isEqualTo("DEREGISTERED");
			assertThat(registration(endpoint).state()).isEqualTo("DEREGISTERED");
			assertThat(endpoint.online(true)).extracting(RpcDescriptor.Registration::state).isEqualTo("REGISTERED");
			assertThat(context.getBean(RecordingRegistry.class).log()).startsWith("register UP", "update DRAINING",
					"deregister", "register UP");
		});
	}

	@Test
	void whenValuesAreNotShownThenTheirOriginsAre() {
		this.runner.withUserConfiguration(Consumer.class, EchoServiceConfiguration.class, OwnRegistry.class)
			.withPropertyValues("management.endpoint.rpc.show-values=never")
			.run((context) -> {
				RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
				assertThat(settings(endpoint)).allSatisfy((name, setting) -> {
					assertThat(setting.value()).isEqualTo("******");
					assertThat(setting.origin()).isNotEmpty();
				});
				assertThat(registration(endpoint).instance())
					.satisfies((instance) -> assertThat(instance.tags()).containsEntry("lane", "******"));
			});
	}

	@Test
	void whenAFunctionSanitizesThenItHasTheLastWord() {
		this.runner.withUserConfiguration(Consumer.class)
			.withBean(SanitizingFunction.class,
					() -> SanitizingFunction.sanitizeValue().ifKeyEquals("rpc.client.references[echo].timeout"))
			.run((context) -> {
				RpcEndpoint endpoint = context.getBean(RpcEndpoint.class);
				assertThat(settings(endpoint).get("timeout").value()).isEqualTo("******");
				assertThat(settings(endpoint).get("load-balancing").value()).isEqualTo("p2c");
			});
	}

	private static void assertInvalid(ThrowingCallable operation, String reason) {
		assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(operation)
			.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(reason));
	}

	private static List<Service> services(RpcEndpoint endpoint) {
		RpcDescriptor.Server server = endpoint.rpc().server();
		assertThat(server).isNotNull();
		return server.services();
	}

	private static RpcDescriptor.Registration registration(RpcEndpoint endpoint) {
		RpcDescriptor.Server server = endpoint.rpc().server();
		assertThat(server).isNotNull();
		RpcDescriptor.Registration registration = server.registration();
		assertThat(registration).isNotNull();
		return registration;
	}

	private static Application echo(RpcEndpoint endpoint) {
		assertThat(endpoint.rpc().references()).extracting(Application::application).containsExactly("echo");
		return endpoint.rpc().references().get(0);
	}

	private static Map<String, Setting> settings(RpcEndpoint endpoint) {
		return echo(endpoint).injected().get(0).settings();
	}

	private static Instance instance(RpcEndpoint endpoint) {
		return echo(endpoint).channels().get(0).instances().get(0);
	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		private final EchoBlockingStub echo;

		Consumer(@RpcReference(value = "echo", timeout = "3s") EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRegistry {

		@Bean
		RecordingRegistry registry() {
			return new RecordingRegistry();
		}

	}

}
