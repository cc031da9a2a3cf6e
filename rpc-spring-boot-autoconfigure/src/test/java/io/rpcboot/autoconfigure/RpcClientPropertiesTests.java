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
import java.util.List;
import java.util.Map;

import io.rpcboot.client.RpcClientSettings;
import io.rpcboot.client.RpcClientSettings.Callbacks;
import io.rpcboot.client.RpcClientSettings.Method;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.SubsetSettings;
import io.rpcboot.client.routing.RoutingSettings;
import io.rpcboot.testing.RpcApplications;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * From {@code rpc.client.*} to the settings of the client, and what is refused.
 */
@ExtendWith(OutputCaptureExtension.class)
class RpcClientPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withPropertyValues("rpc.registry.type=none");

	@Test
	void defaults() {
		this.runner
			.run((context) -> assertThat(context.getBean(RpcClientSettings.class)).isEqualTo(new RpcClientSettings(null,
					new RpcClientSettings.Defaults(Duration.ofSeconds(5), null, "p2c", 4 * 1024 * 1024), Map.of(),
					Map.of(), new Callbacks(64, null))));
	}

	@Test
	void allSet() {
		this.runner
			.withPropertyValues("spring.application.name=consumer", "rpc.client.defaults.timeout=1s",
					"rpc.client.executor.threads=7", "rpc.client.defaults.stream-timeout=1m",
					"rpc.client.defaults.load-balancing=pick_first", "rpc.client.defaults.max-inbound-message-size=1MB",
					"rpc.client.references.demo-provider.timeout=2s",
					"rpc.client.references.demo-provider.stream-timeout=2m",
					"rpc.client.references.demo-provider.load-balancing=random",
					"rpc.client.references.demo-provider.max-inbound-message-size=2KB",
					"rpc.client.references.demo-provider.authority=demo.example.com",
					"rpc.client.references.demo-provider.addresses=a:1,b:2",
					"rpc.client.references.demo-provider.methods[demo.Greeter/SayHello].timeout=10ms",
					"rpc.client.references.demo-provider.methods[demo.Greeter].timeout=3s",
					"rpc.client.references.demo-provider.methods[demo.Greeter].stream-timeout=3m",
					"rpc.client.references[Demo.Other_1].timeout=4s", "rpc.client.services[demo.Greeter]=demo-provider")
			.run((context) -> assertThat(context.getBean(RpcClientSettings.class)).isEqualTo(new RpcClientSettings(
					"consumer",
					new RpcClientSettings.Defaults(Duration.ofSeconds(1), Duration.ofMinutes(1), "pick_first",
							1024 * 1024),
					Map.of("demo-provider",
							new Reference(Duration.ofSeconds(2), Duration.ofMinutes(2), "random", 2048,
									"demo.example.com", List.of("a:1", "b:2"),
									Map.of("demo.Greeter/SayHello", new Method(Duration.ofMillis(10), null),
											"demo.Greeter", new Method(Duration.ofSeconds(3), Duration.ofMinutes(3)))),
							"Demo.Other_1",
							new Reference(Duration.ofSeconds(4), null, null, null, null, List.of(), Map.of())),
					Map.of("demo.Greeter", "demo-provider"), new Callbacks(7, null))));
	}

	@Test
	void boundOfStreamsIsSetByApplication() {
		this.runner
			.withPropertyValues("rpc.client.defaults.max-buffered=1MB", "rpc.client.references.echo.max-buffered=0",
					"rpc.client.references.other.timeout=1s")
			.run((context) -> {
				RpcClientSettings settings = context.getBean(RpcClientSettings.class);
				assertThat(settings.defaults().maxBuffered()).isEqualTo(1024 * 1024);
				assertThat(settings.reference("echo").maxBuffered()).isZero();
				assertThat(settings.reference("echo").withTimeout(null).maxBuffered()).isZero();
				assertThat(settings.reference("other").maxBuffered()).isNull();
			});
	}

	@Test
	void connectionsAreSetByApplication() {
		this.runner
			.withPropertyValues("rpc.client.defaults.connections=2", "rpc.client.references.echo.connections=16",
					"rpc.client.references.other.timeout=1s")
			.run((context) -> {
				RpcClientSettings settings = context.getBean(RpcClientSettings.class);
				assertThat(settings.defaults().connections()).isEqualTo(2);
				assertThat(settings.reference("echo").connections()).isEqualTo(16);
				assertThat(settings.reference("echo").withTimeout(null).connections()).isEqualTo(16);
				assertThat(settings.reference("other").connections()).isNull();
			});
	}

	@Test
	void subsetsAreOffByDefaultAndSetByApplication() {
		this.runner.run((context) -> assertThat(context.getBean(SubsetSettings.class)).isEqualTo(SubsetSettings.NONE));
		this.runner
			.withPropertyValues("rpc.client.subset.enabled=true", "rpc.client.subset.size=30",
					"rpc.client.references.echo.subset.enabled=false", "rpc.client.references.echo.subset.size=12")
			.run((context) -> assertThat(context.getBean(SubsetSettings.class))
				.isEqualTo(new SubsetSettings(true, 30, Map.of("echo", new SubsetSettings.Reference(false, 12)))));
	}

	@Test
	void allOfRoutingSet() {
		this.runner
			.withPropertyValues("rpc.registry.instance.zone=az1", "rpc.client.routing.zone.min-healthy=50",
					"rpc.client.routing.namespace.min-healthy=40", "rpc.client.routing.lane.tag=swimlane",
					"rpc.client.routing.lane.strict=true", "rpc.client.routing.tenant.tag=customer",
					"rpc.client.routing.tenant.strict=true", "rpc.client.references.echo.namespaces=default,other",
					"rpc.client.references.echo.prefer-namespace=other", "rpc.client.references.echo.version=2.1",
					"rpc.client.references.echo.tags.disk=ssd")
			.run((context) -> {
				RpcClientSettings settings = context.getBean(RpcClientSettings.class);
				assertThat(settings.routing()).isEqualTo(new RoutingSettings(
						new RoutingSettings.Label("swimlane", true), new RoutingSettings.Label("customer", true),
						new RoutingSettings.Preference("az1", 50), new RoutingSettings.Preference(null, 40)));
				assertThat(settings.reference("echo").routing()).isEqualTo(new RpcClientSettings.Routing(
						List.of("default", "other"), "other", "2.1", Map.of("disk", "ssd")));
			});
	}

	@Test
	void balancingOfAMethodIsSet() {
		this.runner
			.withPropertyValues("rpc.client.references.echo.hash-key.header=x-user",
					"rpc.client.references.echo.methods[a.B/C].load-balancing=consistent_hash",
					"rpc.client.references.echo.methods[a.B/C].hash-key.field=user.id")
			.run((context) -> {
				Reference reference = context.getBean(RpcClientSettings.class).reference("echo");
				assertThat(reference.hashKey()).isEqualTo(new RpcClientSettings.HashKeyOrigin(null, "x-user"));
				assertThat(reference.methods().get("a.B/C")).isEqualTo(new Method(null, null, "consistent_hash",
						new RpcClientSettings.HashKeyOrigin("user.id", null)));
			});
	}

	@Test
	void whenAHashKeyHasTwoOriginsThenTheStartFails() {
		this.runner
			.withPropertyValues("rpc.client.references.echo.hash-key.header=x-user",
					"rpc.client.references.echo.hash-key.field=user_id")
			.run((context) -> {
				InvalidConfigurationPropertyValueException cause = invalid(context.getStartupFailure());
				assertThat(cause.getName()).isEqualTo("rpc.client.references[echo].hash-key.field");
				assertThat(cause.getReason()).isEqualTo(
						"Expected: none, as rpc.client.references[echo].hash-key.header is 'x-user'; or remove that.");
			});
	}

	@Test
	void whenZonesAreDisabledThenNoneIsPreferred() {
		this.runner.withPropertyValues("rpc.registry.instance.zone=az1", "rpc.client.routing.zone.enabled=false")
			.run((context) -> assertThat(context.getBean(RpcClientSettings.class).routing())
				.isEqualTo(RoutingSettings.DEFAULT));
	}

	@Test
	void ownZoneMayComeFromAVariable() {
		this.runner
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(new SystemEnvironmentPropertySource(
								StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("RPC_REGISTRY_INSTANCE_ZONE", "az7"))))
			.run((context) -> assertThat(context.getBean(RpcClientSettings.class).routing().zone().own())
				.isEqualTo("az7"));
	}

	@ParameterizedTest
	@CsvSource({ "namespaces,'a,a','Expected: each namespace once.'",
			"prefer-namespace,c,'Expected: one of rpc.client.references[echo].namespaces, which are [a, b].'",
			"addresses,h:1,'Expected: none, as rpc.client.references[echo].addresses bypasses the registry; "
					+ "or remove the addresses.'" })
	void whenNamespacesContradictThenTheStartFails(String key, String value, String reason) {
		this.runner
			.withPropertyValues("rpc.client.references[echo].namespaces=a,b",
					"rpc.client.references[echo]." + key + "=" + value)
			.run((context) -> assertThat(invalid(context.getStartupFailure()).getReason()).isEqualTo(reason));
	}

	@Test
	void whenLaneAndTenantHaveOneTagThenTheStartFails() {
		this.runner.withPropertyValues("rpc.client.routing.tenant.tag=lane").run((context) -> {
			InvalidConfigurationPropertyValueException cause = invalid(context.getStartupFailure());
			assertThat(cause.getName()).isEqualTo("rpc.client.routing.tenant.tag");
			assertThat(cause.getReason()).isEqualTo("Expected: another tag than that of rpc.client.routing.lane.tag.");
		});
	}

	@Test
	void withoutUnitsTimeoutsAreSecondsAndSizesBytes() {
		this.runner
			.withPropertyValues("rpc.client.defaults.timeout=3", "rpc.client.defaults.stream-timeout=4",
					"rpc.client.references.echo.timeout=5", "rpc.client.references.echo.stream-timeout=6",
					"rpc.client.references.echo.methods.[a.B/C].timeout=7",
					"rpc.client.references.echo.methods.[a.B/C].stream-timeout=8",
					"rpc.client.defaults.max-inbound-message-size=2048")
			.run((context) -> {
				RpcClientSettings settings = context.getBean(RpcClientSettings.class);
				RpcClientSettings.Defaults defaults = settings.defaults();
				assertThat(defaults.timeout()).isEqualTo(Duration.ofSeconds(3));
				assertThat(defaults.streamTimeout()).isEqualTo(Duration.ofSeconds(4));
				assertThat(settings.reference("echo").timeout()).isEqualTo(Duration.ofSeconds(5));
				assertThat(settings.reference("echo").streamTimeout()).isEqualTo(Duration.ofSeconds(6));
				assertThat(settings.reference("echo").methods().get("a.B/C"))
					.isEqualTo(new RpcClientSettings.Method(Duration.ofSeconds(7), Duration.ofSeconds(8)));
				assertThat(defaults.maxInboundMessageSize()).isEqualTo(2048);
			});
	}

	@Test
	void namesOfServicesNeedNoBrackets() {
		this.runner.withPropertyValues("rpc.client.services.demo.Greeter=demo-provider")
			.run((context) -> assertThat(context.getBean(RpcClientSettings.class).services())
				.containsExactly(Map.entry("demo.Greeter", "demo-provider")));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					rpc.client.defaults.timeout                          | 0s    | Expected: a duration above 0.
					rpc.client.defaults.timeout                          | -1s   | Expected: a duration above 0.
					rpc.client.defaults.stream-timeout                   | 0s    | Expected: a duration above 0.
					rpc.client.references[echo].timeout                  | 0s    | Expected: a duration above 0.
					rpc.client.references[echo].stream-timeout           | -1ms  | Expected: a duration above 0.
					rpc.client.references[echo].methods[a.B/C].timeout   | 0s    | Expected: a duration above 0.
					rpc.client.references[echo].methods[a.B].stream-timeout | 0s | Expected: a duration above 0.
					rpc.client.references[echo].addresses | host         | address: 'host' (expected: host:port).
					rpc.client.references[echo].addresses | http://a:80  | address: 'http://a:80' (expected: host:port).
					rpc.client.executor.threads           | 0            | Expected: at least 1.
					rpc.client.routing.zone.min-healthy      | 101       | Expected: 0 to 100.
					rpc.client.routing.namespace.min-healthy | -1        | Expected: 0 to 100.
					rpc.client.routing.lane.tag              | ''        | tag: '' (expected: the name of a tag).
					rpc.client.references[echo].namespaces   | -a        | Expected: [A-Za-z0-9][A-Za-z0-9._-]{0,62}.
					rpc.client.references[echo].prefer-namespace | a     | Expected: one of rpc.client.references[echo].namespaces, which are [].
					rpc.client.references[echo].version      | ''        | Expected: a version or the beginning of one, such as 2 or 2.1.
					rpc.client.subset.size                   | 11        | Expected: at least 12.
					rpc.client.references[echo].subset.size  | 0         | Expected: at least 12.
					rpc.client.outlier.interval              | 0s        | Expected: a duration above 0.
					rpc.client.outlier.base-ejection-time    | -1s       | Expected: a duration above 0.
					rpc.client.outlier.max-ejection-time     | 0s        | Expected: a duration above 0.
					rpc.client.outlier.max-ejection-percent  | 0         | Expected: 1 to 100.
					rpc.client.outlier.consecutive-failures  | -1        | Expected: at least 0.
					rpc.client.outlier.panic-percent         | 101       | Expected: 0 to 100.
					rpc.client.slow-start.window             | 0s        | Expected: a duration above 0.
					rpc.client.slow-start.min-weight-percent | 0         | Expected: 1 to 100.
					rpc.client.defaults.connect-timeout      | 0s        | Expected: whole milliseconds, 1ms to 10m.
					rpc.client.defaults.connect-timeout      | 999us     | Expected: whole milliseconds, 1ms to 10m.
					rpc.client.defaults.connect-timeout      | 1500us    | Expected: whole milliseconds, 1ms to 10m.
					rpc.client.references[echo].connect-timeout | 11m    | Expected: whole milliseconds, 1ms to 10m.
					rpc.client.defaults.throttling.k         | 0.9       | Expected: 1 to 100.
					rpc.client.references[echo].throttling.k | NaN       | Expected: 1 to 100.
					rpc.client.defaults.throttling.window    | 999ms     | Expected: 1s to 10m.
					rpc.client.references[echo].methods[a.B/C].throttling.window | 601s | Expected: 1s to 10m.
					rpc.client.references[echo].fallback.bean | ''       | Expected: the name of a bean.
					rpc.client.defaults.max-buffered      | -1B          | Expected: a size of at least 0.
					rpc.client.references[echo].max-buffered | -1KB      | Expected: a size of at least 0.
					rpc.client.defaults.connections         | 0          | Expected: 1 to 16.
					rpc.client.references[echo].connections | 17         | Expected: 1 to 16.
					rpc.client.services[demo.Greeter]     | no name      | Expected: [A-Za-z0-9][A-Za-z0-9._-]{0,62}.
					""")
	void whenValueIsOutOfRangeThenTheKeyIsNamed(String key, String value, String reason) {
		this.runner.withPropertyValues(key + "=" + value).run((context) -> {
			InvalidConfigurationPropertyValueException cause = invalid(context.getStartupFailure());
			assertThat(cause.getName()).isEqualTo(key);
			assertThat(cause.getReason()).isEqualTo(reason);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			OK        | statuses: OK (expected: statuses of calls that have failed).
			CANCELLED | statuses: CANCELLED (expected: statuses of calls that have failed).
			""")
	void whenAFallbackIsForCallsThatHaveNotFailedThenTheKeyIsNamed(String status, String reason) {
		String key = "rpc.client.references[echo].methods[a.B/C].fallback.statuses";
		this.runner.withPropertyValues(key + "=UNAVAILABLE," + status).run((context) -> {
			InvalidConfigurationPropertyValueException cause = invalid(context.getStartupFailure());
			assertThat(cause.getName()).isEqualTo(key);
			assertThat(cause.getReason()).isEqualTo(reason);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					one-hop     | x y           | header: 'x y' (expected: 1 to 64 of a-z0-9._-, not ending in -bin).
					one-hop     | :path         | header: ':path' (expected: 1 to 64 of a-z0-9._-, not ending in -bin).
					one-hop     | x-trace-bin   | header: 'x-trace-bin' (expected: 1 to 64 of a-z0-9._-, not ending in -bin).
					whole-chain | grpc-timeout  | header: 'grpc-timeout' (expected: RESERVED).
					one-hop     | Rpc-Lane      | header: 'rpc-lane' (expected: RESERVED).
					one-hop     | TE            | header: 'te' (expected: RESERVED).
					one-hop     | content-type  | header: 'content-type' (expected: RESERVED).
					whole-chain | connection    | header: 'connection' (expected: RESERVED).
					one-hop     | 'x-a,X-A'     | header: 'X-A' (expected: each header once).
					whole-chain | authorization | header: 'authorization' (expected: only for one hop; whoever is further down the chain is not the one that it was meant for).
					""")
	void whenAHeaderCannotBeCarriedThenTheKeyIsNamed(String list, String names, String reason) {
		String key = "rpc.client.carry." + list;
		this.runner.withPropertyValues(key + "=" + names).run((context) -> {
			InvalidConfigurationPropertyValueException cause = invalid(context.getStartupFailure());
			assertThat(cause.getName()).isEqualTo(key);
			assertThat(cause.getReason()).isEqualTo(reason.replace("RESERVED",
					"a header of your own; names that begin with grpc- or rpc-, and headers of the connection or "
							+ "the message, are not carried"));
		});
	}

	@Test
	void whenAHeaderIsInBothListsThenTheSecondIsNamed() {
		this.runner.withPropertyValues("rpc.client.carry.one-hop=x-a", "rpc.client.carry.whole-chain=x-a")
			.run((context) -> {
				InvalidConfigurationPropertyValueException cause = invalid(context.getStartupFailure());
				assertThat(cause.getName()).isEqualTo("rpc.client.carry.whole-chain");
				assertThat(cause.getReason())
					.isEqualTo("header: 'x-a' (expected: either for one hop or for the whole chain).");
			});
	}

	@ParameterizedTest
	@CsvSource({ "10ms,10000000", "1500us,1500000", "1ns,1", "0.5ms,-1", "PT0.0105S,10500000" })
	void timeoutsBelowASecondAreKeptAsTheyAre(String text, long nanos) {
		this.runner.withPropertyValues("rpc.client.defaults.timeout=" + text).run((context) -> {
			if (nanos < 0) {
				assertThat(context).hasFailed();
			}
			else {
				assertThat(context.getBean(RpcClientSettings.class).defaults().timeout())
					.isEqualTo(Duration.ofNanos(nanos));
			}
		});
	}

	@ParameterizedTest
	@CsvSource({ "rpc.client.references[-echo],-echo,'Expected: [A-Za-z0-9][A-Za-z0-9._-]{0,62}.'",
			"rpc.client.references[echo].methods[a/b/c],a/b/c,'Expected: a method such as [demo.Greeter/SayHello] or "
					+ "a service such as [demo.Greeter], in brackets.'",
			"rpc.client.references[echo].methods[/b],/b,'Expected: a method such as [demo.Greeter/SayHello] or "
					+ "a service such as [demo.Greeter], in brackets.'" })
	void whenKeyOfAMapIsNoNameThenItIsNamed(String key, String value, String reason) {
		this.runner.withPropertyValues(key + ".timeout=1s").run((context) -> {
			InvalidConfigurationPropertyValueException cause = invalid(context.getStartupFailure());
			assertThat(cause.getName()).isEqualTo(key);
			assertThat(cause.getValue()).isEqualTo(value);
			assertThat(cause.getReason()).isEqualTo(reason);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "rpc.client.references.echo.tiemout", "rpc.client.references.echo.methods[a.B/C].retries",
			"rpc.client.defaults.unknown", "rpc.client.references.demo.provider.timeout",
			"rpc.client.references.echo.methods.a.B.timeout" })
	void whenKeyIsUnknownThenTheStartFailsAndPrintsIt(String key, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(key + "=1"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.containsIgnoringCase("Description:\n\nThe property " + key + " is not known (origin: \"" + key
					+ "\" from property source \"commandLineArgs\").\n")
			.contains("Action:\n\nCorrect the name. A name of an application, service or method that has dots or "
					+ "slashes stands in brackets, and YAML wants the brackets in quotes:\n\n"
					+ "    rpc.client.references[demo.provider].methods[demo.Greeter/SayHello].timeout=1s\n");
	}

	@Test
	void whenAKeyIsUnknownThenItsValueIsNotPrintedAsItMayBeASecret(CapturedOutput output) {
		String key = "rpc.client.references.echo.credential.password";
		assertThatException().isThrownBy(() -> run(key + "=s3cret"));
		assertThat(output).contains("The property " + key + " is not known (origin:").doesNotContain("s3cret");
	}

	@Test
	void whenVariablesOfKubernetesLookLikeKeysThenTheStartGoesOn() {
		this.runner
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(new SystemEnvironmentPropertySource(
								StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("RPC_CLIENT_PORT", "tcp://10.0.0.1:80", "RPC_CLIENT_SERVICE_HOST", "10.0.0.1",
										"RPC_CLIENT_PORT_80_TCP", "tcp://10.0.0.1:80"))))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenVariableSetsAKeyThenItHolds() {
		this.runner
			.withInitializer(
					(context) -> context.getEnvironment()
						.getPropertySources()
						.addFirst(new SystemEnvironmentPropertySource(
								StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.of("RPC_CLIENT_DEFAULTS_TIMEOUT", "7s"))))
			.run((context) -> assertThat(context.getBean(RpcClientSettings.class).defaults().timeout())
				.isEqualTo(Duration.ofSeconds(7)));
	}

	private static void run(String property) {
		RpcApplications.run(Empty.class, "rpc.registry.type=none", property).close();
	}

	private static InvalidConfigurationPropertyValueException invalid(Throwable failure) {
		Throwable cause = failure;
		while (cause != null && !(cause instanceof InvalidConfigurationPropertyValueException)) {
			cause = cause.getCause();
		}
		assertThat(cause).as("InvalidConfigurationPropertyValueException in").isNotNull();
		return (InvalidConfigurationPropertyValueException) cause;
	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

}
