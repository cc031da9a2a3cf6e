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

package io.rpcboot.errors;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RetryPushback;
import io.rpcboot.call.RpcError;
import io.rpcboot.call.RpcError.Violation;
import io.rpcboot.client.GlobalClientInterceptor;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What a service throws is what its callers get, in all four ways to call, through either
 * dispatch and with every kind of stub; over two applications, the second of which calls
 * the first.
 */
class TypedErrorsTests {

	@ParameterizedTest
	@ValueSource(strings = { "one-hop", "grpc" })
	void theExceptionOfAServiceIsTheCauseOfWhatItsCallersGet(String dispatch) {
		try (ConfigurableApplicationContext shop = shop(dispatch); ConfigurableApplicationContext edge = edge(shop)) {
			Stubs stubs = edge.getBean(Stubs.class);
			Ping ping = ping("sold out");
			assertTyped(catchThrowable(() -> stubs.blocking().unary(ping)));
			assertTyped(catchThrowable(() -> stubs.blocking().serverStream(ping).hasNext()));
			assertThat(catchThrowable(() -> stubs.blockingV2().unary(ping))).isInstanceOf(StatusException.class)
				.satisfies(TypedErrorsTests::assertTyped);
			assertThat(catchThrowable(() -> stubs.future().unary(ping).get())).isInstanceOf(ExecutionException.class)
				.satisfies((ex) -> assertTyped(ex.getCause()));
			assertTyped(streamed(stubs.async()::clientStream, ping));
			assertTyped(streamed(stubs.async()::bidi, ping));
			assertThat(edge.getBean(Recorder.class).causes).hasSize(6)
				.allSatisfy((cause) -> assertThat(cause).isInstanceOf(OutOfStockException.class));
			assertThat(stubs.blocking().unary(ping("fine")).getText()).isEqualTo("fine");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "one-hop", "grpc" })
	void whatAnAdviceSaysIsReadWithoutADecoder(String dispatch) {
		try (ConfigurableApplicationContext shop = shop(dispatch); ConfigurableApplicationContext edge = edge(shop)) {
			Stubs stubs = edge.getBean(Stubs.class);
			StatusRuntimeException busy = (StatusRuntimeException) catchThrowable(
					() -> stubs.blocking().unary(ping("busy")));
			RpcError error = RpcError.from(busy);
			assertThat(busy).hasNoCause();
			assertThat(error).hasToString("ABORTED shop.example/ORDER_LOCKED: Somebody else changes this order");
			assertThat(error).isNotNull();
			assertThat(error.retryDelay()).isEqualTo(Duration.ofMillis(200));
			assertThat(error.correlationId()).isNotNull();
			assertThat(busy.getTrailers()).isNotNull();
			assertThat(RetryPushback.of(busy.getTrailers())).isEqualTo(new RetryPushback(true, 200_000_000));
			RpcError broken = RpcError.from(catchThrowable(() -> stubs.blocking().unary(ping("broken"))));
			assertThat(broken).hasToString("INTERNAL: Unary cannot reach the orders");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "one-hop", "grpc" })
	void whenAServiceLetsTheErrorOfItsCalleeOutThenItReachesItsOwnCallers(String dispatch) {
		try (ConfigurableApplicationContext shop = shop(dispatch);
				ConfigurableApplicationContext relay = RpcApplications.run(Relay.class, "spring.application.name=relay",
						"rpc.registry.type=none", "rpc.server.dispatch=" + dispatch, shopAt(shop));
				ConfigurableApplicationContext edge = edge(relay)) {
			Stubs stubs = edge.getBean(Stubs.class);
			assertTyped(catchThrowable(() -> stubs.blocking().unary(ping("sold out"))));
			assertTyped(catchThrowable(() -> stubs.blocking().serverStream(ping("sold out")).hasNext()));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "one-hop", "grpc" })
	void whenARequestBreaksARuleThenTheFieldsReachTheCaller(String dispatch) {
		try (ConfigurableApplicationContext shop = shop(dispatch); ConfigurableApplicationContext edge = edge(shop)) {
			Stubs stubs = edge.getBean(Stubs.class);
			Ping wrong = Ping.newBuilder().setText("x").setCount(-1).build();
			assertInvalid(catchThrowable(() -> stubs.blocking().unary(wrong)));
			assertInvalid(catchThrowable(() -> stubs.blocking().serverStream(wrong).hasNext()));
			assertInvalid(streamed(stubs.async()::clientStream, ping("fine"), wrong));
			assertInvalid(streamed(stubs.async()::bidi, ping("fine"), wrong));
		}
	}

	private static void assertTyped(@Nullable Throwable thrown) {
		assertThat(thrown).isNotNull();
		assertThat(Status.fromThrowable(thrown).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
		assertThat(Status.fromThrowable(thrown).getDescription()).isEqualTo("A-1 is sold out");
		assertThat(thrown.getCause()).isInstanceOf(OutOfStockException.class);
		assertThat(((OutOfStockException) thrown.getCause()).sku()).isEqualTo("A-1");
	}

	private static void assertInvalid(@Nullable Throwable thrown) {
		RpcError error = RpcError.from(thrown);
		assertThat(error).isNotNull();
		assertThat(error.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
		assertThat(error.message()).isEqualTo("count: must not be negative");
		assertThat(error.violations()).containsExactly(new Violation("count", "must not be negative", "int32.gte"));
	}

	private static Throwable streamed(Stream stream, Ping... pings) {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		StreamObserver<Ping> requests = stream.open(new StreamObserver<>() {
			@Override
			public void onNext(Pong value) {
				// Of the messages that were fine.
			}

			@Override
			public void onError(Throwable ex) {
				failure.complete(ex);
			}

			@Override
			public void onCompleted() {
				failure.complete(new AssertionError("The stream did not fail"));
			}
		});
		for (Ping ping : pings) {
			requests.onNext(ping);
		}
		return failure.orTimeout(10, TimeUnit.SECONDS).join();
	}

	private static Ping ping(String text) {
		return Ping.newBuilder().setText(text).build();
	}

	private static ConfigurableApplicationContext shop(String dispatch) {
		return RpcApplications.run(Shop.class, "spring.application.name=shop", "rpc.registry.type=none",
				"rpc.server.dispatch=" + dispatch);
	}

	private static ConfigurableApplicationContext edge(ConfigurableApplicationContext shop) {
		return RpcApplications.run(Edge.class, "spring.application.name=edge", "rpc.registry.type=none", shopAt(shop));
	}

	private static String shopAt(ConfigurableApplicationContext shop) {
		return "rpc.client.references.shop.addresses=127.0.0.1:" + RpcApplications.port(shop);
	}

	@FunctionalInterface
	private interface Stream {

		StreamObserver<Ping> open(StreamObserver<Pong> replies);

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ ShopAdvice.class, ProtoRuleValidator.class })
	static class Shop {

		@Bean
		@RpcService
		ShopService shopService() {
			return new ShopService();
		}

		@Bean
		ProtoRules rules() {
			return (message) -> (message instanceof Ping ping && ping.getCount() < 0)
					? List.of(new ProtoRules.Broken("count", "must not be negative", "int32.gte")) : List.of();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Relay {

		@Bean
		@RpcService
		EchoService relayService(@RpcReference("shop") EchoGrpc.EchoBlockingStub shop) {
			return new EchoService("relay") {
				@Override
				public void unary(Ping request, StreamObserver<Pong> responseObserver) {
					shop.unary(request);
				}

				@Override
				public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
					try {
						shop.unary(request);
					}
					catch (StatusRuntimeException ex) {
						responseObserver.onError(ex);
					}
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ShopClient.class)
	static class Edge {

		@Bean
		Stubs stubs(@RpcReference("shop") EchoGrpc.EchoBlockingStub blocking,
				@RpcReference("shop") EchoGrpc.EchoBlockingV2Stub blockingV2,
				@RpcReference("shop") EchoGrpc.EchoFutureStub future, @RpcReference("shop") EchoGrpc.EchoStub async) {
			return new Stubs(blocking, blockingV2, future, async);
		}

		@Bean
		@GlobalClientInterceptor
		Recorder recorder() {
			return new Recorder();
		}

	}

	record Stubs(EchoGrpc.EchoBlockingStub blocking, EchoGrpc.EchoBlockingV2Stub blockingV2,
			EchoGrpc.EchoFutureStub future, EchoGrpc.EchoStub async) {

	}

	/**
	 * Records the causes that an interceptor of a user sees.
	 */
	static class Recorder implements ClientInterceptor {

		private final List<@Nullable Throwable> causes = new CopyOnWriteArrayList<>();

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
				@Override
				public void start(Listener<A> listener, Metadata headers) {
					super.start(new SimpleForwardingClientCallListener<>(listener) {
						@Override
						public void onClose(Status status, Metadata trailers) {
							if (!status.isOk()) {
								Recorder.this.causes.add(status.getCause());
							}
							super.onClose(status, trailers);
						}
					}, headers);
				}
			};
		}

	}

	/**
	 * Fails as the text of a request says, wherever a call goes.
	 */
	static class ShopService extends EchoService {

		ShopService() {
			super("shop");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			check(request);
			super.unary(request, responseObserver);
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			check(request);
			super.serverStream(request, responseObserver);
		}

		@Override
		public StreamObserver<Ping> clientStream(StreamObserver<Pong> responseObserver) {
			return checked(super.clientStream(responseObserver));
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
			return checked(super.bidi(responseObserver));
		}

		private static StreamObserver<Ping> checked(StreamObserver<Ping> requests) {
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					check(value);
					requests.onNext(value);
				}

				@Override
				public void onError(Throwable ex) {
					requests.onError(ex);
				}

				@Override
				public void onCompleted() {
					requests.onCompleted();
				}
			};
		}

		private static void check(Ping request) {
			switch (request.getText()) {
				case "sold out" -> throw new OutOfStockException("A-1");
				case "busy" -> ShopService.<RuntimeException>sneak(new SQLTransientException("row 7 is locked"));
				case "broken" -> ShopService.<RuntimeException>sneak(new SQLException("password=secret"));
				default -> {
				}
			}
		}

		@SuppressWarnings("unchecked")
		private static <T extends Throwable> void sneak(Throwable failure) throws T {
			throw (T) failure;
		}

	}

}
