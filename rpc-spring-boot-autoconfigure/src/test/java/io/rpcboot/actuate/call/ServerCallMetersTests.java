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

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerStreamTracer.ServerCallInfo;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpcboot.autoconfigure.RpcCallMetersAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerAutoConfiguration;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.testing.AllocatedBytes;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServerCallMeters}, most of them on a real server.
 */
class ServerCallMetersTests {

	private static final String UNARY = "rpc.testing.Echo/Unary";

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcCallMetersAutoConfiguration.class))
		.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc.server"))
		.withBean(MeterRegistry.class, () -> this.registry)
		.withBean(SlowEcho.class)
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.registry.type=none",
				"rpc.server.shutdown.quiet-period=0s");

	@Test
	void countsTimesAndSizesACallByItsMethodAndStatus() {
		run((client, echo) -> {
			assertThat(client.unary("hello").status().isOk()).isTrue();
			awaitEnded("OK", UNARY, 1);
			assertThat(started(UNARY)).isOne();
			assertThat(duration("OK", UNARY).totalTime(TimeUnit.SECONDS)).isBetween(0.000_001, 10.0);
			assertThat(size("rcvd", "OK").totalAmount()).as("without frames")
				.isEqualTo(EchoClient.ping("hello").getSerializedSize());
			assertThat(size("sent", "OK").totalAmount())
				.isEqualTo(Pong.newBuilder().setText("hello").setServer("slow").build().getSerializedSize());
		});
	}

	@Test
	void whenTheHandlerThrowsThenTheStatusIsTheOneThatTheClientGot() {
		run((client, echo) -> {
			assertThat(client.unary("throw").code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
			awaitEnded("INVALID_ARGUMENT", UNARY, 1);
			assertThat(this.registry.find("grpc.server.call.duration").timers()).hasSize(1);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "one-hop", "grpc" })
	void whenACallIsRefusedBeforeItsHandlerThenItCountsWithTheStatusSent(String dispatch) {
		run((client, echo) -> {
			client.unaryAsync("hold");
			echo.awaitHeld();
			assertThat(started(UNARY)).as("it runs").isOne();
			assertThat(this.registry.find("grpc.server.call.duration").timers()).isEmpty();
			assertThat(client.unary("x").code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			awaitEnded("RESOURCE_EXHAUSTED", UNARY, 1);
			assertThat(started(UNARY)).isEqualTo(2);
			echo.release.countDown();
			awaitEnded("OK", UNARY, 1);
		}, "rpc.server.dispatch=" + dispatch, "rpc.server.admission.defaults.max-concurrent=1",
				"rpc.server.admission.defaults.queue-capacity=0");
	}

	@Test
	void whenAMethodIsNotServedThenItIsOther() {
		run((client, echo) -> {
			assertThat(client.call(PlainGrpc.getSayMethod(), Ping.getDefaultInstance()).join().code())
				.isEqualTo(Status.Code.UNIMPLEMENTED);
			awaitEnded("UNIMPLEMENTED", "other", 1);
			assertThat(started("other")).isOne();
			assertThat(this.registry.find("grpc.server.call.started").counters()).hasSize(1);
		});
	}

	@Test
	void whenTheClientGoesThenTheCallIsCancelled() {
		run((client, echo) -> {
			ClientCall<Ping, Pong> call = client.channel().newCall(EchoGrpc.getUnaryMethod(), CallOptions.DEFAULT);
			call.start(new ClientCall.Listener<>() {
			}, new Metadata());
			call.sendMessage(EchoClient.ping("hold"));
			call.halfClose();
			echo.awaitHeld();
			call.cancel("enough", null);
			awaitEnded("CANCELLED", UNARY, 1);
			echo.release.countDown();
		});
	}

	@Test
	void whenMetricsAreOffThenNothingIsMetered() {
		run((client, echo) -> {
			assertThat(client.unary("x").status().isOk()).isTrue();
			assertThat(this.registry.getMeters()).isEmpty();
		}, "rpc.server.metrics.enabled=false");
	}

	@Test
	void theBucketsAreThoseOfGrfcA66WithoutTheFirst() {
		ServerStreamTracer tracer = tracer(new ServerCallMeters(this.registry));
		tracer.streamClosed(Status.OK);
		CountAtBucket[] latencies = duration("OK", UNARY).takeSnapshot().histogramCounts();
		assertThat(Arrays.stream(latencies).mapToDouble((bucket) -> bucket.bucket(TimeUnit.SECONDS)).boxed())
			.containsExactly(0.00001, 0.00005, 0.0001, 0.0003, 0.0006, 0.0008, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006,
					0.008, 0.01, 0.013, 0.016, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25,
					0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0);
		CountAtBucket[] sizes = size("sent", "OK").takeSnapshot().histogramCounts();
		assertThat(Arrays.stream(sizes).mapToDouble(CountAtBucket::bucket).boxed()).containsExactly(1024.0, 2048.0,
				4096.0, 16384.0, 65536.0, 262144.0, 1048576.0, 4194304.0, 16777216.0, 67108864.0, 268435456.0,
				1073741824.0, 4294967296.0);
	}

	@Test
	void theTimeIsFromTheFirstHeaderToTheEndOfTheStream() {
		AtomicLong nanos = new AtomicLong(5);
		ServerStreamTracer tracer = tracer(new ServerCallMeters(this.registry, nanos::get));
		nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(7));
		tracer.streamClosed(Status.OK);
		assertThat(duration("OK", UNARY).totalTime(TimeUnit.MILLISECONDS)).isEqualTo(7.0);
	}

	@Test
	void whenAMethodIsNoGeneratedOneThenItIsOther() {
		ServerStreamTracer tracer = new ServerCallMeters(this.registry).newServerStreamTracer("any/thing",
				new Metadata());
		tracer.serverCallStarted(info(EchoGrpc.getUnaryMethod().toBuilder().setSampledToLocalTracing(false).build()));
		assertThat(started("other")).isOne();
	}

	@Test
	void aCallCostsItsTracerAndNoOtherGarbage() {
		ServerCallMeters meters = new ServerCallMeters(this.registry);
		ServerCallInfo<Ping, Pong> call = info(EchoGrpc.getUnaryMethod());
		Metadata headers = new Metadata();
		long bytes = AllocatedBytes.of(10_000, () -> {
			ServerStreamTracer tracer = meters.newServerStreamTracer(UNARY, headers);
			tracer.serverCallStarted(call);
			tracer.inboundWireSize(10);
			tracer.outboundWireSize(10);
			tracer.streamClosed(Status.OK);
		});
		assertThat(bytes / 10_000).as("bytes a call").isBetween(0L, 64L);
	}

	private static ServerStreamTracer tracer(ServerCallMeters meters) {
		ServerStreamTracer tracer = meters.newServerStreamTracer(UNARY, new Metadata());
		tracer.serverCallStarted(info(EchoGrpc.getUnaryMethod()));
		return tracer;
	}

	private static <Q, A> ServerCallInfo<Q, A> info(MethodDescriptor<Q, A> method) {
		return new ServerCallInfo<>() {
			@Override
			public MethodDescriptor<Q, A> getMethodDescriptor() {
				return method;
			}

			@Override
			public Attributes getAttributes() {
				return Attributes.EMPTY;
			}

			@Override
			public String getAuthority() {
				return "";
			}
		};
	}

	private void run(Scene scene, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> {
			SlowEcho echo = context.getBean(SlowEcho.class);
			try (EchoClient client = new EchoClient(context.getBean(RpcServerLifecycle.class).port())) {
				scene.play(client, echo);
			}
			finally {
				echo.release.countDown();
			}
		});
	}

	/** The size of the requests is what is recorded last of a call. */
	private void awaitEnded(String status, String method, long count) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.registry.find("grpc.server.call.rcvd_total_compressed_message_size")
				.tags("grpc.method", method, "grpc.status", status)
				.summaries()
				.stream()
				.mapToLong(DistributionSummary::count)
				.sum()).isEqualTo(count));
	}

	private double started(String method) {
		return this.registry.get("grpc.server.call.started").tag("grpc.method", method).counter().count();
	}

	private Timer duration(String status, String method) {
		return this.registry.get("grpc.server.call.duration")
			.tags("grpc.method", method, "grpc.status", status)
			.timer();
	}

	private DistributionSummary size(String direction, String status) {
		return this.registry.get("grpc.server.call." + direction + "_total_compressed_message_size")
			.tags("grpc.method", UNARY, "grpc.status", status)
			.summary();
	}

	private interface Scene {

		void play(EchoClient client, SlowEcho echo) throws Exception;

	}

	static class SlowEcho extends EchoService {

		private final CountDownLatch held = new CountDownLatch(1);

		private final CountDownLatch release = new CountDownLatch(1);

		SlowEcho() {
			super("slow");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			if (request.getText().equals("throw")) {
				throw new IllegalArgumentException("as told");
			}
			if (request.getText().equals("hold")) {
				this.held.countDown();
				await(this.release);
			}
			super.unary(request, responseObserver);
		}

		void awaitHeld() {
			await(this.held);
		}

		private static void await(CountDownLatch latch) {
			try {
				assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
