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
import java.util.LinkedHashMap;
import java.util.Map;

import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.autoconfigure.RpcServerProperties.Admission;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.admission.AdmissionSettings;
import io.rpcboot.server.admission.AdmissionSettings.Adaptive;
import io.rpcboot.server.admission.AdmissionSettings.Callers;
import io.rpcboot.server.admission.AdmissionSettings.Limit;
import io.rpcboot.server.admission.AdmissionSettings.Priority;
import io.rpcboot.server.admission.AdmissionSettings.Rate;
import io.rpcboot.server.admission.AdmissionStatistics;
import io.rpcboot.server.admission.CallerIdentity;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.echo.EchoGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code rpc.server.admission}, {@code rpc.server.executors} and
 * {@code rpc.server.services}.
 */
class AdmissionPropertiesTests {

	private static final String ECHO = "rpc.testing.Echo";

	@Test
	void whenNothingIsSetThenNothingIsLimited() {
		AdmissionSettings settings = AdmissionChecks.settings(new RpcServerProperties().getAdmission(),
				CallerIdentity.BY_HEADER);
		assertThat(settings).isEqualTo(new AdmissionSettings(false, Limit.NONE, Map.of(), Map.of(),
				new Adaptive(false, 20, 200, 0.9, Duration.ofMillis(20)),
				new Callers(Map.of(), null, 10_000, CallerIdentity.BY_HEADER)));
		BoundServerProperties.runner().run((context) -> {
			AdmissionStatistics statistics = context.getBean(RpcServerLifecycle.class).admission();
			assertThat(statistics.limits()).isEmpty();
			assertThat(statistics.executors()).containsOnlyKeys("default");
		});
	}

	@Test
	void whenAllIsSetThenAllIsBoundExactly() {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("admission.dry-run", "true");
		values.put("admission.defaults.max-concurrent", "7");
		values.put("admission.services.[demo.Greeter].max-concurrent", "4");
		values.put("admission.services.[demo.Greeter].queue-capacity", "8");
		values.put("admission.services.[demo.Greeter].max-queue-time", "10ms");
		values.put("admission.methods.[demo.Greeter/SayHello].priority", "high");
		values.put("admission.adaptive.enabled", "true");
		values.put("admission.adaptive.min-limit", "5");
		values.put("admission.adaptive.max-limit", "50");
		values.put("admission.adaptive.cpu-percent", "80");
		values.put("admission.adaptive.max-queue-delay", "15ms");
		values.put("admission.callers.defaults.rate", "2.5");
		values.put("admission.callers.named.[batch].rate", "100");
		values.put("admission.callers.named.[batch].burst", "10");
		values.put("admission.callers.max-tracked", "20");
		values.put("executors.slow.threads", "3");
		values.put("executors.slow.queue-capacity", "30");
		values.put("services.[demo.Greeter].executor", "slow");
		RpcServerProperties properties = BoundServerProperties.bind(values);
		Admission admission = properties.getAdmission();
		AdmissionSettings settings = AdmissionChecks.settings(admission, CallerIdentity.BY_HEADER);
		assertThat(settings).isEqualTo(new AdmissionSettings(true, new Limit(7, null, null, null),
				Map.of("demo.Greeter", new Limit(4, 8, Duration.ofMillis(10), null)),
				Map.of("demo.Greeter/SayHello", new Limit(null, null, null, Priority.HIGH)),
				new AdmissionSettings.Adaptive(true, 5, 50, 0.8, Duration.ofMillis(15)), new AdmissionSettings.Callers(
						Map.of("batch", new Rate(100, 10)), new Rate(2.5, 3), 20, CallerIdentity.BY_HEADER)));
		assertThat(AdmissionChecks.executors(properties.getExecutors(), properties.getServices()).pools().get("slow"))
			.hasToString("Pool[threads=3, queueCapacity=30]");
		assertThat(AdmissionChecks.executors(properties.getExecutors(), properties.getServices()).services())
			.isEqualTo(Map.of("demo.Greeter", "slow"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					defaults.max-concurrent                  | 0   | at least 1
					services.[rpc.testing.Echo].max-concurrent | -1 | at least 1
					services.[rpc.testing.Echo].queue-capacity | -1 | 0 to 1000000
					services.[rpc.testing.Echo].queue-capacity | 5 | none without a limit; set max-concurrent as well, or rpc.server.admission.adaptive.enabled=true
					services.[rpc.testing.Echo].max-queue-time | 0s | a duration above 0
					services.[rpc.testing.Echo].max-queue-time | 1s | none without a limit; set max-concurrent as well, or rpc.server.admission.adaptive.enabled=true
					methods.[rpc.testing.Echo/Unary].priority | high | none without a limit; set max-concurrent as well, or rpc.server.admission.adaptive.enabled=true
					adaptive.min-limit                       | 0   | at least 1
					adaptive.max-limit                       | 19  | at least rpc.server.admission.adaptive.min-limit, which is 20
					adaptive.cpu-percent                     | 0   | 1 to 100
					adaptive.cpu-percent                     | 101 | 1 to 100
					adaptive.max-queue-delay                 | 0s  | a duration above 0
					callers.max-tracked                      | 0   | 1 to 10000000
					callers.defaults.rate                    | 0   | calls a second, above 0 and up to 1000000000
					callers.defaults.rate                    | NaN | calls a second, above 0 and up to 1000000000
					callers.defaults.burst                   | 5   | none without rpc.server.admission.callers.defaults.rate
					callers.named.[batch].rate               | -1  | calls a second, above 0 and up to 1000000000
					""")
	void whenAValueMakesNoSenseThenTheStartFailsAndNamesTheKey(String key, String value, String expected) {
		assertThatStartFails("rpc.server.admission." + key, expected, "rpc.server.admission." + key + "=" + value);
	}

	@Test
	void whenSettingsContradictEachOtherThenTheStartFailsAndNamesTheKey() {
		String service = "rpc.server.admission.services.[rpc.testing.Echo].";
		assertThatStartFails(service + "max-queue-time", "none, as queue-capacity is 0; or a queue-capacity above 0",
				service + "max-concurrent=4", service + "queue-capacity=0", service + "max-queue-time=1s");
		String method = "rpc.server.admission.methods.[rpc.testing.Echo/Unary].";
		assertThatStartFails(method + "queue-capacity",
				"none without rpc.server.admission.methods.[rpc.testing.Echo/Unary].max-concurrent: the method shares the"
						+ " queue of its service",
				service + "max-concurrent=4", method + "queue-capacity=5");
		assertThatStartFails("rpc.server.executors.[default]",
				"another name; the server's own executor is set by rpc.server.executor",
				"rpc.server.executors.default.threads=2");
		assertThatStartFails("rpc.server.executors.[slow].threads", "at least 1",
				"rpc.server.executors.slow.threads=0");
	}

	@Test
	void whenAServiceOfTheLimitsIsNotServedThenTheStartFails() {
		BoundServerProperties.runner()
			.withPropertyValues("rpc.server.admission.services.[demo.Greeter].max-concurrent=1")
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining(
					"rpc.server.admission.services.[demo.Greeter]: 'demo.Greeter' is not served here (expected: one of"
							+ " [rpc.testing.Echo])"));
	}

	@Test
	void whenLimitsAndPoolsAreSetThenTheServerHasThem() {
		BoundServerProperties.runner()
			.withPropertyValues("rpc.server.admission.services.[rpc.testing.Echo].max-concurrent=4",
					"rpc.server.executors.slow.threads=2", "rpc.server.executors.slow.queue-capacity=5",
					"rpc.server.services.[rpc.testing.Echo].executor=slow")
			.run((context) -> {
				RpcServerLifecycle server = context.getBean(RpcServerLifecycle.class);
				try (EchoClient client = new EchoClient(server.port())) {
					assertThat(client.unary("one").code()).isEqualTo(Status.Code.OK);
				}
				AdmissionStatistics statistics = server.admission();
				assertThat(statistics.limits().get(ECHO).limit()).isEqualTo(4);
				// What is left to do after the answer may have started the second one.
				assertThat(statistics.executors().get("slow").threads()).isBetween(1, 2);
				assertThat(statistics.executors().get("slow").maxThreads()).isEqualTo(2);
				assertThat(statistics.executors().get("default").threads()).isZero();
			});
	}

	@Test
	void whenThereIsABeanForTheIdentityThenItNamesTheCallers() {
		BoundServerProperties.runner()
			.withBean(CallerIdentity.class, () -> (call, headers) -> "everybody")
			.withPropertyValues("rpc.server.admission.callers.named.[everybody].rate=0.001",
					"rpc.server.admission.callers.named.[everybody].burst=1")
			.run((context) -> {
				try (EchoClient client = new EchoClient(context.getBean(RpcServerLifecycle.class).port())) {
					assertThat(client.unary("first").code()).isEqualTo(Status.Code.OK);
					Metadata headers = new Metadata();
					headers.put(RpcMetadata.CALLER, "somebody-else");
					assertThat(client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("second")).join().code())
						.isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
				}
			});
	}

	private static void assertThatStartFails(String key, String expected, String... values) {
		BoundServerProperties.runner()
			.withPropertyValues(values)
			.run((context) -> assertThat(context.getStartupFailure()).isNotNull()
				.extracting(BoundServerProperties::invalid)
				.satisfies((invalid) -> {
					assertThat(invalid.getName()).isEqualTo(key);
					assertThat(invalid.getReason()).isEqualTo("Expected: " + expected + ".");
				}));
	}

}
