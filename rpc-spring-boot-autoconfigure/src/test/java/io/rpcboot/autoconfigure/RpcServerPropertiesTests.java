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
import java.util.List;
import java.util.Map;

import io.rpcboot.server.RpcServerSettings.OnBlock;
import io.rpcboot.server.connection.ConnectionSettings;
import io.rpcboot.server.stream.StreamSettings;
import io.rpcboot.server.stream.StreamSettings.Limits;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RpcServerProperties}: defaults, all set, without units, wrong values.
 */
class RpcServerPropertiesTests {

	@Test
	void whenNothingIsSetThenTheDefaultsAreThoseOfTheReference() {
		RpcServerProperties properties = BoundServerProperties.bind(Map.of());
		assertThat(properties.getAddress()).isEqualTo("0.0.0.0");
		assertThat(properties.getPort()).isEqualTo(9090);
		assertThat(properties.getMaxInboundMessageSize()).isEqualTo(DataSize.ofMegabytes(4));
		assertThat(properties.getMaxInboundMetadataSize()).isEqualTo(DataSize.ofKilobytes(8));
		assertThat(properties.getAdvertised().getHost()).isNull();
		assertThat(properties.getAdvertised().getPort()).isNull();
		assertThat(properties.getAdvertised().getNetworks()).isEmpty();
		assertThat(properties.getPlainServices().isEnabled()).isTrue();
		assertThat(properties.getReflection().isEnabled()).isTrue();
		assertThat(properties.getKeepalive().getTime()).isEqualTo(Duration.ofHours(2));
		assertThat(properties.getKeepalive().getTimeout()).isEqualTo(Duration.ofSeconds(20));
		assertThat(properties.getKeepalive().getPermitTime()).isEqualTo(Duration.ofSeconds(10));
		assertThat(properties.getKeepalive().isPermitWithoutCalls()).isTrue();
		assertThat(properties.getConnection()).hasAllNullFieldsOrPropertiesExcept("maxConcurrentCalls");
		assertThat(properties.getConnection().getMaxConcurrentCalls()).isEqualTo(1000);
		assertThat(properties.getExecutor().getThreads()).isEqualTo(64);
		assertThat(properties.getExecutor().getQueueCapacity()).isEqualTo(10000);
		assertThat(properties.getNonBlocking().getMaxDelay()).isEqualTo(Duration.ofMillis(20));
		assertThat(properties.getNonBlocking().getOnBlock()).isEqualTo(OnBlock.WARN);
		assertThat(properties.getShutdown().getQuietPeriod()).isEqualTo(Duration.ofSeconds(1));
		assertThat(properties.getShutdown().getQuietPeriodMax()).isEqualTo(Duration.ofSeconds(10));
		assertThat(properties.getShutdown().getGracePeriod()).isEqualTo(Duration.ofSeconds(30));
		assertThat(properties.getStreams().getMaxAge()).isNull();
		assertThat(properties.getStreams().getMaxAgeNotice()).isNull();
		assertThat(properties.getStreams().getSlowConsumerTimeout()).isEqualTo(Duration.ofMinutes(5));
		assertThat(properties.getStreams().getMaxBuffered()).isEqualTo(DataSize.ofKilobytes(256));
		assertThat(properties.getStreams().getMethods()).isEmpty();
		assertThat(properties.getDeduplication().getMethods()).isEmpty();
		assertThat(properties.getDeduplication().getOtherInstances()).isEmpty();
		assertThat(properties.getDeduplication().getMaxBytes()).isEqualTo(DataSize.ofMegabytes(64));
		assertThat(properties.getDeduplication().getRetention()).isEqualTo(Duration.ofSeconds(60));
		assertThat(properties.getDeduplication().getMaxRunTime()).isEqualTo(Duration.ofSeconds(60));
		assertThat(ConnectionChecks.settings(properties.getLimits()))
			.isEqualTo(new ConnectionSettings(10000, 1000, Duration.ofSeconds(10), Duration.ofSeconds(30),
					Duration.ofSeconds(60), Duration.ofSeconds(60), 10000, Duration.ofSeconds(5)));
		assertThat(properties.getAccessLog().isEnabled()).isFalse();
		assertThat(properties.getAccessLog().getSlowThreshold()).isNull();
		assertThat(properties.getAccessLog().getExclude()).containsExactly("grpc.health.v1.Health");
		assertThat(properties.getMdc().isEnabled()).isFalse();
	}

	@Test
	void whenLimitsOfConnectionsAreSetThenTheyAreKeptExactly() {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("limits.max-connections", "0");
		values.put("limits.max-connections-per-peer", "7");
		values.put("limits.handshake-timeout", "10ms");
		values.put("limits.frame-timeout", "0s");
		values.put("limits.request-timeout", "1500ms");
		values.put("limits.answer-timeout", "1600ms");
		values.put("limits.max-resets", "8");
		values.put("limits.reset-window", "9");
		assertThat(ConnectionChecks.settings(BoundServerProperties.bind(values).getLimits()))
			.isEqualTo(new ConnectionSettings(0, 7, Duration.ofMillis(10), Duration.ZERO, Duration.ofMillis(1500),
					Duration.ofMillis(1600), 8, Duration.ofSeconds(9)));
	}

	@Test
	void whenLimitsOfStreamsAreSetThenAMethodHasItsOwnAndTheOthersForTheRest() {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("streams.max-age", "1h");
		values.put("streams.max-age-notice", "10ms");
		values.put("streams.slow-consumer-timeout", "30");
		values.put("streams.max-buffered", "1MB");
		values.put("streams.methods[demo.Greeter/Watch].max-age", "0s");
		values.put("streams.methods[demo.Greeter/Watch].max-buffered", "0B");
		values.put("streams.methods[demo.Slow].slow-consumer-timeout", "0s");
		values.put("streams.methods[demo.Slow].max-age-notice", "5m");
		StreamSettings settings = StreamLimits.settings(BoundServerProperties.bind(values).getStreams());
		Duration hour = Duration.ofHours(1);
		Duration notice = Duration.ofMillis(10);
		Duration slow = Duration.ofSeconds(30);
		assertThat(settings.standard()).isEqualTo(new Limits(hour, notice, slow, 1024 * 1024));
		assertThat(settings.methods()).containsOnly(Map.entry("demo.Greeter/Watch", new Limits(null, notice, slow, 0)),
				Map.entry("demo.Slow", new Limits(hour, Duration.ofMinutes(5), null, 1024 * 1024)));
	}

	@Test
	void whenTheNoticeIsNotBeforeTheEndThenTheStartFailsAndNamesBoth() {
		BoundServerProperties.runner()
			.withPropertyValues("rpc.server.streams.max-age=10s", "rpc.server.streams.max-age-notice=10s")
			.run((context) -> assertThat(context.getStartupFailure()).isNotNull()
				.extracting(BoundServerProperties::invalid)
				.satisfies((invalid) -> {
					assertThat(invalid.getName()).isEqualTo("rpc.server.streams.max-age-notice");
					assertThat(invalid.getReason())
						.isEqualTo("Expected: less than rpc.server.streams.max-age, which is PT10S.");
				}));
	}

	@Test
	void whenAllIsSetThenAllIsBound() {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("address", "10.0.0.7");
		values.put("port", "0");
		values.put("max-inbound-message-size", "1MB");
		values.put("max-inbound-metadata-size", "16KB");
		values.put("advertised.host", "echo.example.org");
		values.put("advertised.port", "443");
		values.put("advertised.networks[0]", "10.0.0.0/8");
		values.put("advertised.networks[1]", "172.16.0.0/12");
		values.put("plain-services.enabled", "false");
		values.put("reflection.enabled", "false");
		values.put("keepalive.time", "1m");
		values.put("keepalive.timeout", "2s");
		values.put("keepalive.permit-time", "3s");
		values.put("keepalive.permit-without-calls", "false");
		values.put("connection.max-age", "4m");
		values.put("connection.max-age-grace", "5s");
		values.put("connection.max-idle", "6m");
		values.put("connection.max-concurrent-calls", "7");
		values.put("executor.threads", "8");
		values.put("executor.queue-capacity", "9");
		values.put("non-blocking.max-delay", "50ms");
		values.put("non-blocking.on-block", "move-off-loop");
		values.put("shutdown.quiet-period", "10ms");
		values.put("shutdown.quiet-period-max", "11s");
		values.put("shutdown.grace-period", "12m");
		values.put("deduplication.methods[0]", "demo.Greeter/SayHello");
		values.put("deduplication.other-instances[0]", "demo.Greeter");
		values.put("deduplication.max-bytes", "1MB");
		values.put("deduplication.retention", "1500ms");
		values.put("deduplication.max-run-time", "10ms");
		RpcServerProperties properties = BoundServerProperties.bind(values);
		assertThat(properties.getAddress()).isEqualTo("10.0.0.7");
		assertThat(properties.getPort()).isZero();
		assertThat(properties.getMaxInboundMessageSize()).isEqualTo(DataSize.ofMegabytes(1));
		assertThat(properties.getMaxInboundMetadataSize()).isEqualTo(DataSize.ofKilobytes(16));
		assertThat(properties.getAdvertised().getHost()).isEqualTo("echo.example.org");
		assertThat(properties.getAdvertised().getPort()).isEqualTo(443);
		assertThat(properties.getAdvertised().getNetworks()).isEqualTo(List.of("10.0.0.0/8", "172.16.0.0/12"));
		assertThat(properties.getPlainServices().isEnabled()).isFalse();
		assertThat(properties.getReflection().isEnabled()).isFalse();
		assertThat(properties.getKeepalive().getTime()).isEqualTo(Duration.ofMinutes(1));
		assertThat(properties.getKeepalive().getTimeout()).isEqualTo(Duration.ofSeconds(2));
		assertThat(properties.getKeepalive().getPermitTime()).isEqualTo(Duration.ofSeconds(3));
		assertThat(properties.getKeepalive().isPermitWithoutCalls()).isFalse();
		assertThat(properties.getConnection().getMaxAge()).isEqualTo(Duration.ofMinutes(4));
		assertThat(properties.getConnection().getMaxAgeGrace()).isEqualTo(Duration.ofSeconds(5));
		assertThat(properties.getConnection().getMaxIdle()).isEqualTo(Duration.ofMinutes(6));
		assertThat(properties.getConnection().getMaxConcurrentCalls()).isEqualTo(7);
		assertThat(properties.getExecutor().getThreads()).isEqualTo(8);
		assertThat(properties.getExecutor().getQueueCapacity()).isEqualTo(9);
		assertThat(properties.getNonBlocking().getMaxDelay()).isEqualTo(Duration.ofMillis(50));
		assertThat(properties.getNonBlocking().getOnBlock()).isEqualTo(OnBlock.MOVE_OFF_LOOP);
		assertThat(properties.getShutdown().getQuietPeriod()).isEqualTo(Duration.ofMillis(10));
		assertThat(properties.getShutdown().getQuietPeriodMax()).isEqualTo(Duration.ofSeconds(11));
		assertThat(properties.getShutdown().getGracePeriod()).isEqualTo(Duration.ofMinutes(12));
		assertThat(properties.getDeduplication().getMethods()).containsExactly("demo.Greeter/SayHello");
		assertThat(properties.getDeduplication().getOtherInstances()).containsExactly("demo.Greeter");
		assertThat(properties.getDeduplication().getMaxBytes()).isEqualTo(DataSize.ofMegabytes(1));
		assertThat(properties.getDeduplication().getRetention()).isEqualTo(Duration.ofMillis(1500));
		assertThat(properties.getDeduplication().getMaxRunTime()).isEqualTo(Duration.ofMillis(10));
	}

	@Test
	void whenThereAreNoUnitsThenTimesAreSecondsAndSizesAreBytes() {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("max-inbound-message-size", "100");
		values.put("max-inbound-metadata-size", "200");
		values.put("keepalive.time", "1");
		values.put("keepalive.timeout", "2");
		values.put("keepalive.permit-time", "3");
		values.put("connection.max-age", "4");
		values.put("connection.max-age-grace", "5");
		values.put("connection.max-idle", "6");
		values.put("shutdown.quiet-period", "7");
		values.put("shutdown.quiet-period-max", "8");
		values.put("shutdown.grace-period", "9");
		values.put("non-blocking.max-delay", "10");
		values.put("deduplication.max-bytes", "300");
		values.put("deduplication.retention", "11");
		values.put("deduplication.max-run-time", "12");
		RpcServerProperties properties = BoundServerProperties.bind(values);
		assertThat(properties.getMaxInboundMessageSize()).isEqualTo(DataSize.ofBytes(100));
		assertThat(properties.getMaxInboundMetadataSize()).isEqualTo(DataSize.ofBytes(200));
		assertThat(properties.getKeepalive().getTime()).isEqualTo(Duration.ofSeconds(1));
		assertThat(properties.getKeepalive().getTimeout()).isEqualTo(Duration.ofSeconds(2));
		assertThat(properties.getKeepalive().getPermitTime()).isEqualTo(Duration.ofSeconds(3));
		assertThat(properties.getConnection().getMaxAge()).isEqualTo(Duration.ofSeconds(4));
		assertThat(properties.getConnection().getMaxAgeGrace()).isEqualTo(Duration.ofSeconds(5));
		assertThat(properties.getConnection().getMaxIdle()).isEqualTo(Duration.ofSeconds(6));
		assertThat(properties.getShutdown().getQuietPeriod()).isEqualTo(Duration.ofSeconds(7));
		assertThat(properties.getShutdown().getQuietPeriodMax()).isEqualTo(Duration.ofSeconds(8));
		assertThat(properties.getShutdown().getGracePeriod()).isEqualTo(Duration.ofSeconds(9));
		assertThat(properties.getNonBlocking().getMaxDelay()).isEqualTo(Duration.ofSeconds(10));
		assertThat(properties.getDeduplication().getMaxBytes()).isEqualTo(DataSize.ofBytes(300));
		assertThat(properties.getDeduplication().getRetention()).isEqualTo(Duration.ofSeconds(11));
		assertThat(properties.getDeduplication().getMaxRunTime()).isEqualTo(Duration.ofSeconds(12));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			rpc.server.port                             | 70000 | 0 to 65535, or -1 for no server
			rpc.server.port                             | -2    | 0 to 65535, or -1 for no server
			rpc.server.advertised.port                  | 0     | 1 to 65535
			rpc.server.advertised.port                  | 65536 | 1 to 65535
			rpc.server.executor.threads                 | 0     | at least 1
			rpc.server.executor.queue-capacity          | 0     | at least 1
			rpc.server.max-inbound-message-size         | 0B    | 1B to 2047MB
			rpc.server.max-inbound-message-size         | -1B   | 1B to 2047MB
			rpc.server.max-inbound-message-size         | 2GB   | 1B to 2047MB
			rpc.server.max-inbound-metadata-size        | 0B    | 1B to 2047MB
			rpc.server.keepalive.time                   | 0s    | a duration above 0
			rpc.server.keepalive.timeout                | -1s   | a duration above 0
			rpc.server.keepalive.permit-time            | -1s   | a duration of at least 0
			rpc.server.connection.max-age               | 0s    | a duration above 0
			rpc.server.connection.max-age-grace         | -1s   | a duration above 0
			rpc.server.connection.max-idle              | 0s    | a duration above 0
			rpc.server.connection.max-concurrent-calls  | 0     | at least 1
			rpc.server.non-blocking.max-delay           | 0s    | a duration above 0
			rpc.server.shutdown.quiet-period            | -1s   | a duration of at least 0
			rpc.server.shutdown.quiet-period-max        | -1s   | a duration of at least 0
			rpc.server.shutdown.grace-period            | -1s   | a duration of at least 0
			rpc.server.streams.max-age                  | 0s    | a duration above 0
			rpc.server.streams.max-age-notice           | -1s   | a duration of at least 0
			rpc.server.streams.slow-consumer-timeout    | -1s   | a duration of at least 0
			rpc.server.streams.max-buffered             | -1B   | a size of at least 0
			rpc.server.streams.methods[demo.A].max-age  | -1s   | a duration of at least 0
			rpc.server.limits.max-connections           | -1    | at least 0
			rpc.server.limits.max-connections-per-peer  | -1    | at least 0
			rpc.server.limits.handshake-timeout         | 0s    | at least 1ms
			rpc.server.limits.frame-timeout             | -1s   | a duration of at least 0
			rpc.server.limits.request-timeout           | -1s   | a duration of at least 0
			rpc.server.limits.answer-timeout            | -1s   | a duration of at least 0
			rpc.server.limits.max-resets                | -1    | at least 0
			rpc.server.limits.reset-window              | 1500ms | whole seconds, at least 1s
			rpc.server.limits.reset-window              | 0s    | whole seconds, at least 1s
			rpc.server.deduplication.max-bytes          | 0B    | a size above 0
			rpc.server.deduplication.retention          | 0s    | a duration above 0
			rpc.server.deduplication.max-run-time       | -1s   | a duration above 0
			""")
	void whenAValueIsOutOfRangeThenTheStartFailsAndNamesTheKey(String key, String value, String expected) {
		BoundServerProperties.runner()
			.withPropertyValues(key + "=" + value)
			.run((context) -> assertThat(context.getStartupFailure()).isNotNull()
				.extracting(BoundServerProperties::invalid)
				.satisfies((invalid) -> {
					assertThat(invalid.getName()).isEqualTo(key);
					assertThat(invalid.getReason()).isEqualTo("Expected: " + expected + ".");
				}));
	}

	@ParameterizedTest
	@CsvSource({ "rpc.server.port, eighty", "rpc.server.executor.threads, many",
			"rpc.server.shutdown.grace-period, soon", "rpc.server.max-inbound-message-size, large" })
	void whenAValueCannotBeReadThenTheStartFailsAndNamesTheKey(String key, String value) {
		BoundServerProperties.runner()
			.withPropertyValues(key + "=" + value)
			.run((context) -> assertThat(context.getStartupFailure()).isNotNull()
				.rootCause()
				.satisfies((root) -> assertThat(context.getStartupFailure()).hasStackTraceContaining(key)));
	}

	@Test
	void whenAValueCannotBeReadThenBindingFails() {
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> BoundServerProperties.bind(Map.of("port", "eighty")))
			.extracting((ex) -> ex.getProperty().getName().toString())
			.asInstanceOf(InstanceOfAssertFactories.STRING)
			.isEqualTo("rpc.server.port");
	}

}
