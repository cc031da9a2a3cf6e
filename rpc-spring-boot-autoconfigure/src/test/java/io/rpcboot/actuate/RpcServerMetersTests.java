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

import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerMetersAutoConfiguration;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcServerMeters} on a real server.
 */
class RpcServerMetersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
				RpcServerMetersAutoConfiguration.class))
		.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc.server"))
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.registry.type=none",
				"rpc.server.shutdown.quiet-period=0s");

	@Test
	void whenCallsRunWaitAndAreRefusedThenTheMetersSaySo() {
		this.runner.withBean(GatedEcho.class)
			.withPropertyValues("rpc.server.admission.defaults.max-concurrent=1",
					"rpc.server.admission.defaults.queue-capacity=1",
					"rpc.server.admission.defaults.max-queue-time=60s", "rpc.server.executor.threads=3")
			.run((context) -> {
				AtomicLong nanoTime = new AtomicLong();
				MeterRegistry registry = new SimpleMeterRegistry();
				RpcServerLifecycle server = context.getBean(RpcServerLifecycle.class);
				new RpcServerMeters(server, nanoTime::get).bindTo(registry);
				try (EchoClient client = new EchoClient(server.port())) {
					List<CompletableFuture<Reply<Pong>>> calls = IntStream.range(0, 3)
						.mapToObj((i) -> client.unaryAsync(""))
						.toList();
					String[] echo = { "rpc.scope", "rpc.testing.Echo" };
					String[] executor = { "rpc.executor", "default" };
					Awaitility.await().untilAsserted(() -> {
						nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(1));
						assertThat(counter(registry, "rpc.server.admission.refused", "rpc.reason", "limit")).isOne();
						assertThat(gauge(registry, "rpc.server.admission.running", echo)).isOne();
						assertThat(gauge(registry, "rpc.server.admission.waiting", echo)).isOne();
						assertThat(gauge(registry, "rpc.server.executor.active", executor)).isOne();
						assertThat(gauge(registry, "rpc.server.calls.active")).isEqualTo(2);
					});
					assertThat(gauge(registry, "rpc.server.admission.limit", echo)).isOne();
					assertThat(gauge(registry, "rpc.server.admission.limit.adaptive", echo)).isZero();
					assertThat(gauge(registry, "rpc.server.executor.threads.max", executor)).isEqualTo(3);
					assertThat(gauge(registry, "rpc.server.draining")).isZero();
					server.stopRequested();
					assertThat(gauge(registry, "rpc.server.draining")).isOne();
					context.getBean(GatedEcho.class).gate.countDown();
					calls.forEach(CompletableFuture::join);
				}
				server.stop();
				nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(1));
				gauge(registry, "rpc.server.admission.callers");
				assertThat(registry.find("rpc.server.admission.limit").meters()).as("what has gone").isEmpty();
				assertThat(registry.find("rpc.server.executor.threads").meters()).isEmpty();
				assertThat(gauge(registry, "rpc.server.draining")).isZero();
			});
	}

	@Test
	void whenConnectionsComeAndAreRefusedThenTheMetersSaySo() {
		this.runner.withBean(EchoService.class, "one")
			.withPropertyValues("rpc.server.limits.max-connections=1")
			.run((context) -> {
				MeterRegistry registry = new SimpleMeterRegistry();
				RpcServerLifecycle server = context.getBean(RpcServerLifecycle.class);
				context.getBean(RpcServerMeters.class).bindTo(registry);
				String refused = "rpc.server.connections.refused";
				try (EchoClient client = new EchoClient(server.port())) {
					assertThat(client.unary("x").status().isOk()).isTrue();
					assertThat(gauge(registry, "rpc.server.connections.open")).isOne();
					assertThat(counter(registry, refused, "rpc.reason", "max-connections")).isZero();
					try (Socket further = new Socket("127.0.0.1", server.port())) {
						assertThat(further.getInputStream().read()).as("it is closed").isNegative();
					}
					assertThat(counter(registry, refused, "rpc.reason", "max-connections")).isOne();
					assertThat(counter(registry, refused, "rpc.reason", "max-connections-per-peer")).isZero();
					assertThat(gauge(registry, "rpc.server.connections.open")).isOne();
				}
				Awaitility.await().until(() -> gauge(registry, "rpc.server.connections.open") == 0);
				server.stop();
				assertThat(counter(registry, refused, "rpc.reason", "max-connections")).isZero();
			});
	}

	@Test
	void whenTheServerHasDrainedThenTheMetersSayWhatBecameOfCalls() {
		this.runner.withBean(GatedEcho.class)
			.withPropertyValues("rpc.server.shutdown.quiet-period=60s", "rpc.server.shutdown.quiet-period-max=60s",
					"rpc.server.shutdown.grace-period=5s")
			.run((context) -> {
				MeterRegistry registry = new SimpleMeterRegistry();
				RpcServerLifecycle server = context.getBean(RpcServerLifecycle.class);
				context.getBean(RpcServerMeters.class).bindTo(registry);
				try (EchoClient client = new EchoClient(server.port())) {
					client.unaryAsync("in flight until the end");
					Awaitility.await().until(() -> server.activeCalls() == 1);
					CountDownLatch stopped = new CountDownLatch(1);
					server.stop(stopped::countDown);
					Awaitility.await().until(server::isDraining);
					client.call(EchoGrpc.getServerStreamMethod(), Ping.newBuilder().setCount(1).build()).join();
					assertThat(counter(registry, "rpc.server.drain.served")).as("while it drains").isOne();
					assertThat(counter(registry, "rpc.server.drain.forced")).isZero();
					assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
				}
				assertThat(counter(registry, "rpc.server.drain.served")).isOne();
				assertThat(counter(registry, "rpc.server.drain.late")).isZero();
				assertThat(counter(registry, "rpc.server.drain.forced")).isOne();
				context.getBean(GatedEcho.class).gate.countDown();
				server.start();
				server.stop();
				assertThat(counter(registry, "rpc.server.drain.served")).as("of both drains").isOne();
				assertThat(counter(registry, "rpc.server.drain.forced")).isOne();
			});
	}

	@Test
	void whenACallIsSentTwiceThenTheMetersOfDeduplicationSaySo() {
		this.runner.withBean(EchoService.class, "one")
			.withPropertyValues("rpc.server.deduplication.methods=rpc.testing.Echo/Unary")
			.run((context) -> {
				MeterRegistry registry = new SimpleMeterRegistry();
				RpcServerLifecycle server = context.getBean(RpcServerLifecycle.class);
				context.getBean(RpcServerMeters.class).bindTo(registry);
				Metadata headers = new Metadata();
				headers.put(RpcMetadata.REQUEST_ID, "11111111-1111-1111-1111-111111111111");
				headers.put(RpcMetadata.CLIENT_ID, "22222222-2222-2222-2222-222222222222");
				try (EchoClient client = new EchoClient(server.port())) {
					for (int i = 0; i < 2; i++) {
						client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("x")).join();
					}
				}
				assertThat(counter(registry, "rpc.server.deduplication.attempts", "rpc.result", "executed")).isOne();
				assertThat(counter(registry, "rpc.server.deduplication.attempts", "rpc.result", "replayed")).isOne();
				assertThat(gauge(registry, "rpc.server.deduplication.stored")).isPositive();
				assertThat(gauge(registry, "rpc.server.deduplication.running")).isZero();
			});
	}

	private static double gauge(MeterRegistry registry, String name, String... tags) {
		return registry.get(name).tags(tags).gauge().value();
	}

	private static double counter(MeterRegistry registry, String name, String... tags) {
		return registry.get(name).tags(tags).functionCounter().count();
	}

	static class GatedEcho extends EchoService {

		private final CountDownLatch gate = new CountDownLatch(1);

		GatedEcho() {
			super("gated");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			try {
				this.gate.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			super.unary(request, responseObserver);
		}

	}

}
