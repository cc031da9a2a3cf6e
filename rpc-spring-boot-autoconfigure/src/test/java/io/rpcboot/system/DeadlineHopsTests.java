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

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcExecutors;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Deadline and cancellation from A over B to C, with B working in each way in which
 * handlers do.
 */
class DeadlineHopsTests {

	private static final Metadata.Key<String> GRPC_TIMEOUT = Metadata.Key.of("grpc-timeout",
			Metadata.ASCII_STRING_MARSHALLER);

	private final EchoServer c = EchoServer.start("c");

	@AfterEach
	void close() {
		this.c.close();
	}

	@ParameterizedTest
	@EnumSource
	void whatIsLeftOfTheDeadlineReachesTheLast(Way way) {
		way.assume();
		try (ConfigurableApplicationContext b = relay("b", this.c.port(), way);
				ConfigurableApplicationContext a = relay("a", RpcApplications.port(b), way);
				EchoClient client = new EchoClient(RpcApplications.port(a))) {
			Metadata headers = new Metadata();
			headers.put(RpcMetadata.LANE, "blue");
			// The client gives 10 s; both applications would give a minute.
			assertThat(client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("x")).join().status())
				.isEqualTo(Status.OK);
			Metadata seen = this.c.nextHeaders();
			// Each handler takes 50 ms before it calls on.
			assertThat(micros(seen)).isBetween(1_000_000L, 9_900_000L);
			assertThat(seen.get(RpcMetadata.LANE)).isEqualTo("blue");
		}
	}

	@ParameterizedTest
	@EnumSource
	void cancellationReachesTheLastAtOnce(Way way) {
		way.assume();
		try (ConfigurableApplicationContext b = relay("b", this.c.port(), way);
				ConfigurableApplicationContext a = relay("a", RpcApplications.port(b), way);
				EchoClient client = new EchoClient(RpcApplications.port(a))) {
			ClientCall<Ping, Pong> call = client.channel().newCall(EchoGrpc.getUnaryMethod(), CallOptions.DEFAULT);
			call.start(new ClientCall.Listener<>() {
			}, new Metadata());
			call.request(1);
			call.sendMessage(EchoClient.ping(EchoServer.HOLD));
			call.halfClose();
			this.c.awaitHeld();
			long began = System.nanoTime();
			call.cancel("test", null);
			assertThat(this.c.awaitHeldCancelled()).isTrue();
			// Far below the minute of the deadline; the machine may be busy.
			assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)).isLessThan(5000);
		}
	}

	private static long micros(Metadata headers) {
		String timeout = headers.get(GRPC_TIMEOUT);
		long value = Long.parseLong(timeout.substring(0, timeout.length() - 1));
		return switch (timeout.charAt(timeout.length() - 1)) {
			case 'n' -> value / 1000;
			case 'u' -> value;
			case 'm' -> value * 1000;
			default -> value * 1_000_000;
		};
	}

	private static ConfigurableApplicationContext relay(String name, int nextPort, Way way) {
		return RpcApplications.run(Relay.class, "spring.application.name=" + name, "rpc.registry.type=none",
				"rpc.client.defaults.timeout=60s", "rpc.client.references.next.addresses=127.0.0.1:" + nextPort,
				"test.way=" + way, "spring.threads.virtual.enabled=" + (way == Way.VIRTUAL_HANDLER));
	}

	/**
	 * Where a handler calls on.
	 */
	enum Way {

		/** On the thread of the handler, of the server's pool. */
		POOLED_HANDLER,

		/** On the thread of the handler, a virtual one. */
		VIRTUAL_HANDLER,

		/** On a pool of its own that is wrapped. */
		WRAPPED_POOL,

		/** On virtual threads of its own that are wrapped. */
		WRAPPED_VIRTUAL;

		void assume() {
			if (this == VIRTUAL_HANDLER || this == WRAPPED_VIRTUAL) {
				Assumptions.assumeTrue(Runtime.version().feature() >= 21, "virtual threads");
			}
		}

		ExecutorService executor() {
			if (this != WRAPPED_VIRTUAL) {
				return RpcExecutors.wrap(Executors.newCachedThreadPool());
			}
			try {
				return RpcExecutors
					.wrap((ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		}

		void check() throws ReflectiveOperationException {
			boolean virtual = Runtime.version().feature() >= 21
					&& (boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
			assertThat(virtual).isEqualTo(this == VIRTUAL_HANDLER || this == WRAPPED_VIRTUAL);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Relay {

		@Bean(destroyMethod = "shutdownNow")
		ExecutorService ownThreads(@Value("${test.way}") Way way) {
			return way.executor();
		}

		@Bean
		@RpcService
		EchoGrpc.EchoImplBase relayService(@RpcReference("next") EchoGrpc.EchoBlockingStub next,
				ExecutorService ownThreads, @Value("${test.way}") Way way) {
			return new EchoGrpc.EchoImplBase() {
				@Override
				public void unary(Ping request, StreamObserver<Pong> responseObserver) {
					if (Stream.of(Way.POOLED_HANDLER, Way.VIRTUAL_HANDLER).anyMatch(way::equals)) {
						callOn(request, responseObserver);
					}
					else {
						Future<?> unused = ownThreads.submit(() -> callOn(request, responseObserver));
					}
				}

				private void callOn(Ping request, StreamObserver<Pong> responseObserver) {
					try {
						way.check();
						TimeUnit.MILLISECONDS.sleep(50);
						responseObserver
							.onNext(next.unary(request).toBuilder().setText("" + CallContext.LANE.get()).build());
						responseObserver.onCompleted();
					}
					catch (Throwable ex) {
						responseObserver.onError(ex);
					}
				}
			};
		}

	}

}
