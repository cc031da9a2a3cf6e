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

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerLogAutoConfiguration;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.GlobalServerInterceptor;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.ServerInterceptorOrder;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the log says of calls of a real server.
 */
class AccessLogOnServerTests {

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final String ON = "rpc.server.access-log.enabled=true";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcServerLogAutoConfiguration.class))
		.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc.server"))
		.withBean(TalkingEcho.class)
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.registry.type=none",
				"rpc.server.shutdown.quiet-period=0s");

	@Test
	void byDefaultNothingIsLogged() {
		run((client, echo, access, slow) -> {
			assertThat(client.unary("log").status().isOk()).isTrue();
			assertThat(client.unary("throw").code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
			assertThat(echo.contexts).singleElement().isEqualTo(Map.of());
			assertThat(access.events()).isEmpty();
			assertThat(slow.events()).isEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "one-hop", "grpc" })
	void whenItIsOnThenEachCallHasOneLineWithTheStatusThatTheClientGot(String dispatch) {
		run((client, echo, access, slow) -> {
			client.call(EchoGrpc.getUnaryMethod(), caller("shop"), EchoClient.ping("hello")).join();
			client.call(EchoGrpc.getUnaryMethod(), caller("shop status=OK"), EchoClient.ping("throw")).join();
			client.call(PlainGrpc.getSayMethod(), caller("shop"), Ping.getDefaultInstance()).join();
			client.call(EchoGrpc.getServerStreamMethod(), Ping.newBuilder().setText("x").setCount(3).build()).join();
			Awaitility.await().until(() -> access.events().size() >= 4);
			assertThat(access.events()).extracting(ILoggingEvent::getFormattedMessage)
				.satisfiesExactlyInAnyOrder(
						(line) -> assertThat(line).matches("method=rpc\\.testing\\.Echo/Unary status=OK millis=[0-9.]+"
								+ " received=7 sent=\\d+ peer=127\\.0\\.0\\.1:\\d+ caller=shop trace=-"),
						(line) -> assertThat(line).startsWith("method=rpc.testing.Echo/Unary status=INVALID_ARGUMENT ")
							.endsWith(" caller=- trace=-"),
						(line) -> assertThat(line)
							.matches("method=rpc\\.testing\\.Plain/Say status=UNIMPLEMENTED millis=[0-9.]+"
									+ " received=\\d+ sent=0 peer=127\\.0\\.0\\.1:\\d+ caller=shop trace=-"),
						(line) -> assertThat(line).startsWith("method=rpc.testing.Echo/ServerStream status=OK "));
			assertThat(slow.events()).isEmpty();
		}, ON, "rpc.server.dispatch=" + dispatch);
	}

	@Test
	void healthChecksAreLeftOutUnlessTheyAreWanted() {
		run((client, echo, access, slow) -> {
			client.health("");
			client.unary("hello");
			Awaitility.await().untilAsserted(() -> assertThat(access.events()).hasSize(1));
		}, ON);
		run((client, echo, access, slow) -> {
			client.health("");
			Awaitility.await().untilAsserted(() -> assertThat(access.events()).hasSize(1));
		}, ON, "rpc.server.access-log.exclude=");
	}

	@Test
	void whenAUnaryCallTakesLongerThanTheThresholdThenItHasALineOfItsOwn() {
		run((client, echo, access, slow) -> {
			client.unary("hello");
			client.call(EchoGrpc.getServerStreamMethod(), Ping.newBuilder().setText("x").setCount(3).build()).join();
			Awaitility.await().until(() -> !slow.events().isEmpty());
			assertThat(slow.events()).singleElement().satisfies((line) -> {
				assertThat(line.getLevel()).isEqualTo(Level.WARN);
				assertThat(line.getFormattedMessage()).startsWith("method=rpc.testing.Echo/Unary status=OK ");
			});
			assertThat(access.events()).as("it is off").isEmpty();
		}, "rpc.server.access-log.slow-threshold=1ns");
		run((client, echo, access, slow) -> {
			client.unary("hello");
			Awaitility.await().until(() -> !access.events().isEmpty());
			assertThat(slow.events()).isEmpty();
		}, ON, "rpc.server.access-log.slow-threshold=1h");
	}

	@Test
	void whenTheMdcIsOnThenTheLinesOfAHandlerTellOfItsCall() {
		run((client, echo, access, slow) -> {
			Metadata headers = new Metadata();
			headers.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
					"00-" + TRACE + "-00f067aa0ba902b7-01");
			client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("log")).join();
			client.unary("log");
			assertThat(echo.contexts).satisfiesExactly((context) -> {
				assertThat(context).containsEntry("rpc-method", "rpc.testing.Echo/Unary")
					.containsEntry("traceId", TRACE);
				assertThat(context.get("rpc-peer")).matches("127\\.0\\.0\\.1:\\d+");
			}, (context) -> assertThat(context).as("nothing is left of the call before")
				.containsOnlyKeys("rpc-method", "rpc-peer"));
		}, "rpc.server.mdc.enabled=true", "rpc.server.executor.threads=1");
	}

	@Test
	void whenATracerHasATraceThenThatIsInTheLine() {
		this.runner.withBean(Tracing.class)
			.withPropertyValues(ON)
			.run((context) -> play((client, echo, access, slow) -> {
				client.unary("log");
				Awaitility.await().until(() -> !access.events().isEmpty());
				assertThat(access.events().get(0).getFormattedMessage()).endsWith(" trace=of-the-tracer");
				assertThat(echo.contexts).singleElement()
					.satisfies((values) -> assertThat(values).containsEntry("traceId", "of-the-tracer"));
			}, context.getBean(RpcServerLifecycle.class), context.getBean(TalkingEcho.class)));
	}

	@ParameterizedTest
	@CsvSource({ "rpc.server.access-log.slow-threshold, 0s", "rpc.server.access-log.exclude, /Echo" })
	void whenAValueMakesNoSenseThenTheStartFailsAndNamesTheKey(String key, String value) {
		this.runner.withPropertyValues(ON, key + "=" + value)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.extracting("name")
				.isEqualTo(key));
	}

	private static Metadata caller(String name) {
		Metadata headers = new Metadata();
		headers.put(RpcMetadata.CALLER, name);
		return headers;
	}

	private void run(Scene scene, String... properties) {
		this.runner.withPropertyValues(properties)
			.run((context) -> play(scene, context.getBean(RpcServerLifecycle.class),
					context.getBean(TalkingEcho.class)));
	}

	private static void play(Scene scene, RpcServerLifecycle server, TalkingEcho echo) {
		try (EchoClient client = new EchoClient(server.port());
				CapturedLines access = new CapturedLines("rpc.access");
				CapturedLines slow = new CapturedLines("rpc.slow")) {
			scene.play(client, echo, access, slow);
		}
	}

	private interface Scene {

		void play(EchoClient client, TalkingEcho echo, CapturedLines access, CapturedLines slow);

	}

	/**
	 * Remembers the logging context of its handler.
	 */
	static class TalkingEcho extends EchoService {

		private final List<Map<String, String>> contexts = new CopyOnWriteArrayList<>();

		TalkingEcho() {
			super("talking");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			if (request.getText().equals("throw")) {
				throw new IllegalArgumentException("as told");
			}
			if (request.getText().equals("log")) {
				Map<String, String> context = MDC.getCopyOfContextMap();
				this.contexts.add((context != null) ? context : Map.of());
			}
			LoggerFactory.getLogger(TalkingEcho.class).debug("asked for {}", request.getText());
			super.unary(request, responseObserver);
		}

	}

	/**
	 * Does what the interceptor of a tracer does.
	 */
	@GlobalServerInterceptor
	@Order(ServerInterceptorOrder.OBSERVATION)
	static class Tracing implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			try (MDC.MDCCloseable ignored = MDC.putCloseable("traceId", "of-the-tracer")) {
				ServerCall.Listener<Q> listener = next.startCall(call, headers);
				return new SimpleForwardingServerCallListener<>(listener) {
					@Override
					public void onHalfClose() {
						try (MDC.MDCCloseable scope = MDC.putCloseable("traceId", "of-the-tracer")) {
							super.onHalfClose();
						}
					}
				};
			}
		}

	}

}
