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

package io.rpcboot.actuate.call;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpcboot.autoconfigure.RpcCallMetersAutoConfiguration;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.client.GlobalClientInterceptor;
import io.rpcboot.client.RpcReference;
import io.rpcboot.testing.AllocatedBytes;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link ClientCallMeters}, most of them against a real server.
 */
class ClientCallMetersTests {

	private static final String UNARY = "rpc.testing.Echo/Unary";

	private static final String METHOD = "rpc.client.references.[echo].methods.[rpc.testing.Echo/Unary].";

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final EchoServer server = EchoServer.start("a");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class,
				RpcCallMetersAutoConfiguration.class))
		.withBean(MeterRegistry.class, () -> this.registry)
		.withUserConfiguration(Consumer.class, Fallback.class)
		.withPropertyValues("rpc.registry.type=none",
				"rpc.client.references.[echo].addresses=127.0.0.1:" + this.server.port());

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void countsTimesAndSizesACallAndItsAttempt() {
		run((stub) -> {
			stub.unary(EchoClient.ping("hello"));
			awaitCalls("OK", 1);
			assertThat(attempts("OK")).isOne();
			assertThat(started()).isOne();
			assertThat(size("sent").totalAmount()).as("without frames")
				.isEqualTo(EchoClient.ping("hello").getSerializedSize());
			assertThat(size("rcvd").totalAmount())
				.isEqualTo(Pong.newBuilder().setText("hello").setServer("a").build().getSerializedSize());
			double attempt = timer("grpc.client.attempt.duration", "OK").totalTime(TimeUnit.NANOSECONDS);
			assertThat(attempt).isPositive();
			assertThat(timer("grpc.client.call.duration", "OK").totalTime(TimeUnit.NANOSECONDS))
				.isGreaterThanOrEqualTo(attempt);
		});
	}

	@Test
	void whenACallIsRetriedThenItIsOneCallAndEachAttemptCounts() {
		this.server.failWith(Status.UNAVAILABLE);
		run((stub) -> {
			fail(stub);
			awaitCalls("UNAVAILABLE", 1);
			assertThat(attempts("UNAVAILABLE")).isEqualTo(3);
			assertThat(started()).isEqualTo(3);
		}, METHOD + "idempotent=true", METHOD + "retry.max-attempts=3");
	}

	@Test
	void whenAFallbackAnswersThenTheCallIsOkAndItsAttemptIsNot() {
		this.server.failWith(Status.UNAVAILABLE);
		run((stub) -> {
			assertThat(stub.unary(EchoClient.ping("x")).getServer()).isEqualTo("fallback");
			awaitCalls("OK", 1);
			assertThat(attempts("UNAVAILABLE")).isOne();
			assertThat(this.registry.find("grpc.client.call.duration").timers()).hasSize(1);
		}, "rpc.client.references.[echo].fallback.bean=fallback");
	}

	@Test
	void whenNoInstanceIsThereThenTheAttemptHasTheStatusOfTheCall() {
		run((stub) -> {
			fail(stub);
			awaitCalls("UNAVAILABLE", 1);
			assertThat(attempts("UNAVAILABLE")).isEqualTo(started());
		}, "rpc.client.references.[echo].addresses=127.0.0.1:" + EchoServer.unusedPort());
	}

	@Test
	void whenTheDeadlinePassesThenBothSayIt() {
		run((stub) -> {
			stub.unary(EchoClient.ping("connects"));
			StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
					() -> stub.withDeadlineAfter(500, TimeUnit.MILLISECONDS).unary(EchoClient.ping(EchoServer.HOLD)));
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
			awaitCalls("DEADLINE_EXCEEDED", 1);
			assertThat(attempts("DEADLINE_EXCEEDED")).isOne();
		});
	}

	@Test
	void whenAnInterceptorThrowsThenTheCallIsUnknownAndHasNoAttempt() {
		this.runner.withUserConfiguration(Throwing.class).run((context) -> {
			EchoGrpc.EchoBlockingStub stub = context.getBean(Consumer.class).stub();
			assertThatIllegalStateException().isThrownBy(() -> stub.unary(EchoClient.ping("x")));
			awaitCalls("UNKNOWN", 1);
			assertThat(started()).isZero();
		});
	}

	@Test
	void whenMetricsAreOffThenNothingIsMetered() {
		run((stub) -> {
			stub.unary(EchoClient.ping("x"));
			assertThat(this.registry.getMeters()).isEmpty();
		}, "rpc.client.metrics.enabled=false");
	}

	@Test
	void whenThereIsNoMeterRegistryThenThereAreNoMeters() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class,
					RpcClientAutoConfiguration.class, RpcCallMetersAutoConfiguration.class))
			.withPropertyValues("rpc.registry.type=none")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ClientCallMeters.class)
				.doesNotHaveBean(ServerCallMeters.class));
	}

	@Test
	void referencesToOneApplicationShareTheirMeters() {
		ClientCallMeters meters = new ClientCallMeters(this.registry);
		assertThat(meters.calls("echo")).isSameAs(meters.calls("echo")).isNotSameAs(meters.calls("other"));
		MethodDescriptor<?, ?> unary = EchoGrpc.getUnaryMethod();
		assertThat(meters.attempts("echo", unary)).isSameAs(meters.attempts("echo", unary))
			.isNotSameAs(meters.attempts("other", unary))
			.isNotSameAs(meters.attempts("echo", EchoGrpc.getServerStreamMethod()));
	}

	@Test
	void whenTheServerEndsACallAtItsDeadlineThenTheAttemptSaysWhatTheCallSays() {
		AttemptTracers tracers = tracers();
		StreamInfo expired = StreamInfo.newBuilder()
			.setCallOptions(CallOptions.DEFAULT.withDeadlineAfter(-1, TimeUnit.NANOSECONDS))
			.build();
		tracers.newClientStreamTracer(expired, new Metadata()).streamClosed(Status.CANCELLED);
		assertThat(attempts("DEADLINE_EXCEEDED")).isOne();
		StreamInfo unlimited = StreamInfo.newBuilder().build();
		tracers.newClientStreamTracer(unlimited, new Metadata()).streamClosed(Status.CANCELLED);
		ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
		Context.current()
			.withDeadlineAfter(-1, TimeUnit.NANOSECONDS, scheduler)
			.run(() -> tracers.newClientStreamTracer(unlimited, new Metadata()).streamClosed(Status.CANCELLED));
		scheduler.shutdownNow();
		assertThat(attempts("CANCELLED")).isOne();
		assertThat(attempts("DEADLINE_EXCEEDED")).isEqualTo(2);
	}

	@Test
	void anAttemptCostsItsTracerAndNoOtherGarbage() {
		AttemptTracers tracers = tracers();
		StreamInfo info = StreamInfo.newBuilder().build();
		Metadata headers = new Metadata();
		long bytes = AllocatedBytes.of(10_000, () -> {
			ClientStreamTracer tracer = tracers.newClientStreamTracer(info, headers);
			tracer.outboundWireSize(10);
			tracer.inboundWireSize(10);
			tracer.streamClosed(Status.OK);
		});
		assertThat(bytes / 10_000).as("bytes an attempt").isBetween(0L, 56L);
	}

	@Test
	void aCallCostsTwoSmallObjects() {
		ClientInterceptor interceptor = new ClientCallMeters(this.registry).calls("echo");
		Metadata headers = new Metadata();
		ClientCall.Listener<Pong> listener = new ClientCall.Listener<>() {
		};
		Channel channel = new EndedAtOnce();
		long bytes = AllocatedBytes.of(10_000,
				() -> interceptor.interceptCall(EchoGrpc.getUnaryMethod(), CallOptions.DEFAULT, channel)
					.start(listener, headers));
		assertThat(bytes / 10_000).as("bytes a call").isBetween(0L, 96L);
	}

	private AttemptTracers tracers() {
		return new AttemptTracers(
				StreamMeters.ofAttempts(CallTags.ofMethod(this.registry, UNARY).withTarget("rpc:///echo")),
				System::nanoTime);
	}

	private void run(Scene scene, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> scene.play(context.getBean(Consumer.class).stub()));
	}

	private static void fail(EchoGrpc.EchoBlockingStub stub) {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
				() -> stub.unary(EchoClient.ping("x")));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
	}

	private void awaitCalls(String status, long count) {
		Awaitility.await().untilAsserted(() -> assertThat(count("grpc.client.call.duration", status)).isEqualTo(count));
	}

	private long attempts(String status) {
		return count("grpc.client.attempt.duration", status);
	}

	private long count(String name, String status) {
		return this.registry.find(name)
			.tags("grpc.method", UNARY, "grpc.target", "rpc:///echo", "grpc.status", status)
			.timers()
			.stream()
			.mapToLong(Timer::count)
			.sum();
	}

	private Timer timer(String name, String status) {
		return this.registry.get(name)
			.tags("grpc.method", UNARY, "grpc.target", "rpc:///echo", "grpc.status", status)
			.timer();
	}

	private long started() {
		return (long) this.registry.get("grpc.client.attempt.started")
			.tags("grpc.method", UNARY, "grpc.target", "rpc:///echo")
			.counter()
			.count();
	}

	private DistributionSummary size(String direction) {
		return this.registry.get("grpc.client.attempt." + direction + "_total_compressed_message_size")
			.tags("grpc.method", UNARY, "grpc.target", "rpc:///echo", "grpc.status", "OK")
			.summary();
	}

	private interface Scene {

		void play(EchoGrpc.EchoBlockingStub stub) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		@RpcReference("echo")
		EchoGrpc.@Nullable EchoBlockingStub stub;

		EchoGrpc.EchoBlockingStub stub() {
			assertThat(this.stub).isNotNull();
			return this.stub;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Fallback {

		@Bean
		EchoService fallback() {
			return new EchoService("fallback");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Throwing {

		@Bean
		@GlobalClientInterceptor
		ClientInterceptor throwing() {
			return new ClientInterceptor() {
				@Override
				public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options,
						Channel next) {
					return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
						@Override
						public void start(Listener<A> responseListener, Metadata headers) {
							throw new IllegalStateException("as told");
						}
					};
				}
			};
		}

	}

	private static final class EndedAtOnce extends Channel {

		private static final Metadata TRAILERS = new Metadata();

		private final ClientCall<?, ?> call = new ClientCall<Object, Object>() {
			@Override
			public void start(Listener<Object> listener, Metadata headers) {
				listener.onClose(Status.OK, TRAILERS);
			}

			@Override
			public void request(int messages) {
			}

			@Override
			public void cancel(@Nullable String message, @Nullable Throwable cause) {
			}

			@Override
			public void halfClose() {
			}

			@Override
			public void sendMessage(Object message) {
			}
		};

		@Override
		@SuppressWarnings("unchecked")
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			return (ClientCall<Q, A>) this.call;
		}

		@Override
		public String authority() {
			return "";
		}

	}

}
