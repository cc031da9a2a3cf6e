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

package io.rpcboot.system;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.binder.grpc.DefaultGrpcServerObservationConvention;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationConvention;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerAutoConfiguration;
import io.rpcboot.autoconfigure.RpcTracingAutoConfiguration;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A trace goes on over hops: from a client to a server, whose handler calls another one.
 * With Spring Boot's own tracing, by OpenTelemetry.
 */
class TracesTests {

	private static final String ECHO = "rpc.testing.Echo/Unary";

	private static final String PLAIN = "rpc.testing.Plain/Say";

	private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

	private final ApplicationContextRunner untraced = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcClientAutoConfiguration.class, RpcTracingAutoConfiguration.class))
		.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc"))
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.registry.type=none",
				"rpc.server.shutdown.quiet-period=0s", "management.tracing.sampling.probability=1.0");

	private final ApplicationContextRunner traced = this.untraced
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, NoopTracerAutoConfiguration.class))
		.withBean("spans", SpanProcessor.class, () -> SimpleSpanProcessor.create(this.exporter));

	@Test
	void whenAHandlerCallsOnThenAllHopsAreOneTrace() {
		inThreeApplications(this.traced, (stub) -> {
			assertThat(stub.unary(EchoClient.ping("x")).getText()).isEqualTo("x!");
			Map<String, SpanData> spans = spans(4);
			SpanData firstCall = span(spans, SpanKind.CLIENT, ECHO);
			SpanData firstService = span(spans, SpanKind.SERVER, ECHO);
			SpanData secondCall = span(spans, SpanKind.CLIENT, PLAIN);
			SpanData secondService = span(spans, SpanKind.SERVER, PLAIN);
			assertThat(firstCall.getParentSpanContext().isValid()).as("begins the trace").isFalse();
			assertChild(firstService, firstCall);
			assertChild(secondCall, firstService);
			assertChild(secondService, secondCall);
			assertThat(firstService.getParentSpanContext().isRemote()).isTrue();
		});
	}

	@Test
	void whenACallFailsThenItsSpansHaveTheStatusThatTheClientGot() {
		inThreeApplications(this.traced, (stub) -> {
			assertThat(catchThrowable(() -> stub.unary(EchoClient.ping("throw")))).isNotNull();
			Map<String, SpanData> spans = spans(2);
			assertThat(status(span(spans, SpanKind.CLIENT, ECHO))).isEqualTo("INVALID_ARGUMENT");
			assertThat(status(span(spans, SpanKind.SERVER, ECHO))).isEqualTo("INVALID_ARGUMENT");
		});
	}

	@Test
	void whenAUserBringsAConventionThenItNamesTheSpans() {
		inThreeApplications(this.traced.withBean(GrpcServerObservationConvention.class, OwnConvention::new), (stub) -> {
			stub.unary(EchoClient.ping("x"));
			assertThat(spans(4)).containsOnlyKeys("SERVER mine", "CLIENT " + ECHO, "CLIENT " + PLAIN);
		});
	}

	@Test
	void whenTheClientsAreOffThenTheServersHaveTheirSpans() {
		inThreeApplications(this.traced.withPropertyValues("rpc.client.tracing.enabled=false"), (stub) -> {
			stub.unary(EchoClient.ping("x"));
			assertThat(spans(2)).containsOnlyKeys("SERVER " + ECHO, "SERVER " + PLAIN);
		});
	}

	@Test
	void whenTheServersAreOffThenTheClientsHaveTheirSpans() {
		inThreeApplications(this.traced.withPropertyValues("rpc.server.tracing.enabled=false"), (stub) -> {
			stub.unary(EchoClient.ping("x"));
			assertThat(spans(2)).containsOnlyKeys("CLIENT " + ECHO, "CLIENT " + PLAIN);
		});
	}

	@Test
	void whenThereIsNoTracerThenNothingIsInstalled() {
		this.untraced.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("rpcServerTracing")
				.doesNotHaveBean("rpcClientTracing"));
	}

	@Test
	void whenTheTracerDoesNothingThenCallsAreNotObserved() {
		ApplicationContextRunner noop = this.untraced.withConfiguration(
				AutoConfigurations.of(ObservationAutoConfiguration.class, NoopTracerAutoConfiguration.class));
		noop.run((context) -> assertThat(context.getBean(Tracer.class)).isSameAs(Tracer.NOOP));
		AtomicInteger observed = new AtomicInteger();
		inThreeApplications(noop.withBean("counting", ObservationHandler.class, () -> (context) -> {
			observed.incrementAndGet();
			return false;
		}), (stub) -> assertThat(stub.unary(EchoClient.ping("x")).getText()).isEqualTo("x!"));
		assertThat(observed).hasValue(0);
	}

	@Test
	void whenMicrometerTracingIsNotOnTheClassPathThenNothingIsInstalled() {
		this.untraced.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc", "io.micrometer.tracing"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcServerTracing"));
	}

	private void inThreeApplications(ApplicationContextRunner runner, Scene scene) {
		runner.withUserConfiguration(Last.class)
			.run((last) -> runner.withUserConfiguration(Middle.class)
				.withPropertyValues("rpc.client.references.[last].addresses=" + address(last))
				.run((middle) -> runner.withUserConfiguration(First.class)
					.withPropertyValues("rpc.client.references.[middle].addresses=" + address(middle))
					.run((first) -> scene.play(stub(first.getBean(First.class))))));
	}

	private static String address(ApplicationContext application) {
		RpcServerLifecycle server = application.getBean(RpcServerLifecycle.class);
		server.acceptingTraffic(true);
		return "127.0.0.1:" + server.port();
	}

	private static EchoGrpc.EchoBlockingStub stub(First application) {
		assertThat(application.stub).isNotNull();
		return application.stub;
	}

	private static @Nullable String status(SpanData span) {
		return span.getAttributes().get(AttributeKey.stringKey("grpc.status_code"));
	}

	private Map<String, SpanData> spans(int count) {
		List<SpanData> spans = Awaitility.await()
			.until(this.exporter::getFinishedSpanItems, (finished) -> finished.size() >= count);
		assertThat(spans).hasSize(count);
		return spans.stream()
			.collect(Collectors.toMap((span) -> span.getKind() + " " + span.getName(), Function.identity(),
					(one, other) -> one));
	}

	private static SpanData span(Map<String, SpanData> spans, SpanKind kind, String name) {
		assertThat(spans).containsKey(kind + " " + name);
		return spans.get(kind + " " + name);
	}

	private static void assertChild(SpanData child, SpanData parent) {
		assertThat(child.getTraceId()).isEqualTo(parent.getTraceId());
		assertThat(child.getParentSpanId()).isEqualTo(parent.getSpanId());
	}

	private static final class OwnConvention extends DefaultGrpcServerObservationConvention {

		@Override
		public String getContextualName(GrpcServerObservationContext context) {
			return "mine";
		}

	}

	private interface Scene {

		void play(EchoGrpc.EchoBlockingStub stub) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	static class First {

		@RpcReference("middle")
		EchoGrpc.@Nullable EchoBlockingStub stub;

	}

	@Configuration(proxyBeanMethods = false)
	static class Middle {

		@Bean
		@RpcService
		EchoGrpc.EchoImplBase echo(@RpcReference("last") PlainGrpc.PlainBlockingStub last) {
			return new EchoGrpc.EchoImplBase() {
				@Override
				public void unary(Ping request, StreamObserver<Pong> responseObserver) {
					if (request.getText().equals("throw")) {
						throw new IllegalArgumentException("as told");
					}
					responseObserver.onNext(last.say(request));
					responseObserver.onCompleted();
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Last {

		@Bean
		@RpcService
		PlainGrpc.PlainImplBase plain() {
			return new PlainGrpc.PlainImplBase() {
				@Override
				public void say(Ping request, StreamObserver<Pong> responseObserver) {
					responseObserver.onNext(Pong.newBuilder().setText(request.getText() + "!").build());
					responseObserver.onCompleted();
				}
			};
		}

	}

}
