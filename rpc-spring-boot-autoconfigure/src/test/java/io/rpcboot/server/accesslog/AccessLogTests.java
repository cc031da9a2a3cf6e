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

package io.rpcboot.server.accesslog;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.rpcboot.call.CallContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AccessLog}, without a server: of calls that no service has.
 */
class AccessLogTests {

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private final AtomicLong nanos = new AtomicLong(100);

	private final CapturedLines lines = new CapturedLines("rpc.access");

	private final AccessLog log = new AccessLog(
			new AccessLogSettings(true, null, Set.of("demo.Health", "demo.A/Quiet")), () -> null, this.nanos::get);

	@AfterEach
	void close() {
		this.lines.close();
	}

	@Test
	void aLineHasWhatIsKnownAsTextAndAsKeysWithValues() {
		Metadata headers = new Metadata();
		headers.put(key("traceparent"), "00-" + TRACE + "-00f067aa0ba902b7-01");
		ServerStreamTracer call = this.log.newServerStreamTracer("demo.A/Do", headers);
		call.filterContext(Context.ROOT.withValue(CallContext.CALLER, "shop"));
		call.inboundWireSize(3);
		call.inboundWireSize(4);
		call.outboundWireSize(5);
		this.nanos.addAndGet(TimeUnit.MICROSECONDS.toNanos(1234));
		call.streamClosed(Status.UNAVAILABLE.withDescription("a secret of the service"));
		assertThat(this.lines.events()).singleElement().satisfies((line) -> {
			assertThat(line.getLevel()).isEqualTo(Level.INFO);
			assertThat(line.getFormattedMessage()).isEqualTo("method=demo.A/Do status=UNAVAILABLE millis=1.234"
					+ " received=7 sent=5 peer=- caller=shop trace=" + TRACE);
			assertThat(line.getKeyValuePairs()).extracting((pair) -> pair.key)
				.containsExactly("rpc.method", "rpc.status", "rpc.millis", "rpc.received", "rpc.sent", "rpc.caller",
						"traceId");
			assertThat(value(line, "rpc.millis")).isEqualTo(1.234);
			assertThat(value(line, "rpc.received")).isEqualTo(7L);
		});
	}

	@Test
	void whenAClientChoosesWhatIsLoggedThenItCannotForgeALine() {
		Metadata headers = new Metadata();
		headers.put(key("traceparent"), "00-" + "x".repeat(32) + "-00f067aa0ba902b7-01");
		this.log.newServerStreamTracer("a\nb=c \"" + "x".repeat(1000), headers).streamClosed(Status.OK);
		assertThat(this.lines.events()).singleElement()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.isEqualTo("method=a?b?c??" + "x".repeat(193)
					+ " status=OK millis=0.000 received=0 sent=0 peer=- caller=- trace=-");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "00", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
			"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
			"00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
			"00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01" })
	void whenTheTraceParentIsNotOfTheStandardThenThereIsNoTrace(String parent) {
		Metadata headers = new Metadata();
		headers.put(key("traceparent"), parent);
		this.log.newServerStreamTracer("demo.A/Do", headers).streamClosed(Status.OK);
		assertThat(this.lines.events()).singleElement()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.endsWith(" trace=-");
	}

	@Test
	void whenAServiceOrMethodIsExcludedThenItHasNoLine() {
		this.log.newServerStreamTracer("demo.Health/Check", new Metadata()).streamClosed(Status.OK);
		this.log.newServerStreamTracer("demo.A/Quiet", new Metadata()).streamClosed(Status.OK);
		assertThat(this.lines.events()).isEmpty();
		this.log.newServerStreamTracer("demo.A/Loud", new Metadata()).streamClosed(Status.OK);
		assertThat(this.lines.events()).hasSize(1);
	}

	@Test
	void whenOnlySlowCallsAreLoggedThenACallOfNoKnownKindIsNone() {
		AccessLog slow = new AccessLog(new AccessLogSettings(false, Duration.ofMillis(1), Set.of()), () -> null,
				this.nanos::get);
		try (CapturedLines slowLines = new CapturedLines("rpc.slow")) {
			ServerStreamTracer call = slow.newServerStreamTracer("demo.A/Do", new Metadata());
			this.nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
			call.streamClosed(Status.OK);
			assertThat(slowLines.events()).isEmpty();
			assertThat(this.lines.events()).isEmpty();
		}
	}

	private static Object value(ILoggingEvent line, String key) {
		return line.getKeyValuePairs()
			.stream()
			.filter((pair) -> pair.key.equals(key))
			.map((KeyValuePair pair) -> pair.value)
			.findFirst()
			.orElseThrow();
	}

	private static Metadata.Key<String> key(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

}
