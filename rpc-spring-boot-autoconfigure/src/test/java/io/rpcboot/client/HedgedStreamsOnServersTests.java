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

package io.rpcboot.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.client.attempt.AttemptCounters;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.EchoGrpc.EchoStub;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams of real servers that are asked of a second one when their first message is
 * late.
 */
class HedgedStreamsOnServersTests {

	private static final String METHOD = "rpc.client.references.[echo].methods.[rpc.testing.Echo/ServerStream].";

	private static final int NEVER = -1;

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final Backend first = new Backend("first");

	private final Backend second = new Backend("second");

	@AfterEach
	void close() {
		this.first.server.shutdownNow();
		this.second.server.shutdownNow();
		this.timer.shutdownNow();
	}

	@Test
	void whenAServerHangsThenTheWholeStreamComesFromTheOther() {
		run("99", (api) -> {
			IntStream.range(0, 60).forEach((i) -> api.blocking(2, 10));
			this.first.delayMillis = () -> NEVER;
			Awaitility.await().pollInterval(Duration.ofMillis(1)).untilAsserted(() -> {
				assertThat(api.blocking(400, 1_000)).isEqualTo(wholeOf("second", 400));
				assertThat(api.counters().hedgesWon()).isPositive();
			});
			Awaitility.await().untilAsserted(() -> assertThat(this.first.cancelled).hasPositiveValue());
		});
	}

	/**
	 * The messages are larger than the window of the read-ahead: one that was read and
	 * thrown away would fill it for ever if it were counted.
	 */
	@Test
	void whenBothAnswerAtAboutTheSameTimeThenEachStreamIsThatOfOneOfThem() {
		Random random = new Random(42);
		IntSupplier latency = () -> {
			synchronized (random) {
				return (random.nextInt(10) < 6) ? 0 : 4 + random.nextInt(3);
			}
		};
		this.first.delayMillis = latency;
		this.second.delayMillis = latency;
		run("50", (api) -> {
			Awaitility.await().pollInterval(Duration.ofNanos(1)).atMost(Duration.ofSeconds(60)).until(() -> {
				assertThat(api.asynchronous(5, 100_000)).isIn(wholeOf("first", 5), wholeOf("second", 5));
				return api.counters().hedges() > 40 && api.counters().hedgesWon() > 5
						&& api.counters().hedgesLost() > 5;
			});
		});
	}

	private static List<String> wholeOf(String server, int messages) {
		return IntStream.range(0, messages).mapToObj((i) -> server + " " + i).collect(Collectors.toList());
	}

	private void run(String percentile, Consumer<Api> test) {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
			.withUserConfiguration(Api.class)
			.withPropertyValues("rpc.registry.type=none", "rpc.client.defaults.load-balancing=round_robin",
					"rpc.client.outlier.enabled=false", METHOD + "idempotent=true", METHOD + "hedging.enabled=true",
					METHOD + "hedging.max-extra-percent=100", METHOD + "hedging.percentile=" + percentile,
					METHOD + "timeout=20s",
					"rpc.client.references.[echo].addresses=127.0.0.1:" + this.first.server.getPort() + ",127.0.0.1:"
							+ this.second.server.getPort())
			.run((context) -> {
				assertThat(context).hasNotFailed();
				Api api = context.getBean(Api.class);
				// Both are connected, so that both are called.
				Awaitility.await().until(() -> {
					api.blocking(1, 1);
					return this.first.streams.get() > 0 && this.second.streams.get() > 0;
				});
				test.accept(api);
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Api {

		private final EchoBlockingStub blocking;

		private final EchoStub asynchronous;

		private final RpcChannels channels;

		Api(@RpcReference("echo") EchoBlockingStub blocking, @RpcReference("echo") EchoStub asynchronous,
				RpcChannels channels) {
			this.blocking = blocking;
			this.asynchronous = asynchronous;
			this.channels = channels;
		}

		List<String> blocking(int messages, int size) {
			List<String> received = new ArrayList<>();
			Iterator<Pong> pongs = this.blocking.serverStream(ping(messages, size));
			pongs.forEachRemaining((pong) -> received.add(name(pong)));
			return received;
		}

		List<String> asynchronous(int messages, int size) {
			List<String> received = new ArrayList<>();
			CompletableFuture<List<String>> end = new CompletableFuture<>();
			this.asynchronous.serverStream(ping(messages, size), new StreamObserver<>() {
				@Override
				public void onNext(Pong pong) {
					received.add(name(pong));
				}

				@Override
				public void onError(Throwable failure) {
					end.completeExceptionally(failure);
				}

				@Override
				public void onCompleted() {
					end.complete(received);
				}
			});
			return end.orTimeout(20, TimeUnit.SECONDS).join();
		}

		AttemptCounters counters() {
			return this.channels.attempts("echo");
		}

		private static Ping ping(int messages, int size) {
			return Ping.newBuilder().setCount(messages).setText("x".repeat(size)).build();
		}

		private static String name(Pong pong) {
			return pong.getServer();
		}

	}

	/**
	 * Sends its stream at once or some time later.
	 */
	private final class Backend extends EchoGrpc.EchoImplBase {

		private final String name;

		private final AtomicInteger streams = new AtomicInteger();

		private final AtomicInteger cancelled = new AtomicInteger();

		private final Server server;

		private volatile IntSupplier delayMillis = () -> 0;

		Backend(String name) {
			this.name = name;
			try {
				this.server = NettyServerBuilder
					.forAddress(new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
					.addService(this)
					.build()
					.start();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> observer) {
			this.streams.incrementAndGet();
			((ServerCallStreamObserver<Pong>) observer).setOnCancelHandler(this.cancelled::incrementAndGet);
			int delay = this.delayMillis.getAsInt();
			if (delay != NEVER) {
				HedgedStreamsOnServersTests.this.timer.schedule(() -> send(request, observer), delay,
						TimeUnit.MILLISECONDS);
			}
		}

		private void send(Ping request, StreamObserver<Pong> observer) {
			for (int i = 0; i < request.getCount(); i++) {
				observer.onNext(Pong.newBuilder().setText(request.getText()).setServer(this.name + " " + i).build());
			}
			observer.onCompleted();
		}

	}

}
