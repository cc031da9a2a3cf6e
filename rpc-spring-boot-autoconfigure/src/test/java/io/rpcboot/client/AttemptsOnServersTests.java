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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.AttemptCounters;
import io.rpcboot.client.attempt.CallReport;
import io.rpcboot.client.attempt.CallReport.Reason;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * How often real servers run a call, by what is set of its method.
 */
class AttemptsOnServersTests {

	private static final String METHOD = "rpc.client.references.[echo].methods.[rpc.testing.Echo/Unary].";

	private final Backend first = new Backend();

	private final Backend second = new Backend();

	@AfterEach
	void close() {
		this.first.close();
		this.second.close();
	}

	@Test
	void whenAnIdempotentMethodFailsOnOneServerThenTheOtherAnswers() {
		this.first.behaviour = Behaviour.FAIL;
		run((api) -> {
			IntStream.range(0, 20).forEach((i) -> api.call());
			assertThat(this.second.executed).hasValue(20);
			assertThat(this.first.executed.get()).isPositive();
			assertThat(this.second.requests).anyMatch((headers) -> headers.containsKey(RpcMetadata.NO_RETRY));
			assertThat(api.counters().retries()).isEqualTo(this.first.executed.get());
		}, METHOD + "idempotent=true");
	}

	@Test
	void whenTheAnnotationSaysThatItIsIdempotentThenTheOtherAnswersToo() {
		this.first.behaviour = Behaviour.FAIL;
		run((api) -> {
			IntStream.range(0, 20).forEach((i) -> api.annotated.unary(Ping.getDefaultInstance()));
			assertThat(this.second.executed).hasValue(20);
		});
	}

	@Test
	void whenAMethodIsNotIdempotentThenNothingRunsTwice() {
		this.first.behaviour = Behaviour.FAIL;
		run((api) -> {
			List<StatusRuntimeException> failures = IntStream.range(0, 20).mapToObj((i) -> api.tryCall()).toList();
			assertThat(this.first.executed.get() + this.second.executed.get()).isEqualTo(20);
			assertThat(failures).filteredOn((failure) -> failure != null)
				.hasSize(this.first.executed.get())
				.isNotEmpty()
				.allSatisfy((failure) -> {
					assertThat(CallReport.from(failure).reason()).isEqualTo(Reason.MAY_HAVE_RUN);
					assertThat(failure).hasMessageContaining("UNAVAILABLE at 127.0.0.1:" + this.first.port());
				});
		});
	}

	@Test
	void whenAServerRefusesUnexecutedThenNothingIsLostAndNothingRunsTwice() {
		this.first.behaviour = Behaviour.REFUSE;
		run((api) -> {
			IntStream.range(0, 20).forEach((i) -> api.call());
			assertThat(this.first.executed).hasValue(0);
			assertThat(this.first.requests).isNotEmpty();
			assertThat(this.second.executed).hasValue(20);
		});
	}

	@Test
	void whenADeduplicatedCallFailsThenItGoesBackToItsServerWithTheSameId() {
		this.first.behaviour = Behaviour.FAIL_ONCE;
		this.second.behaviour = Behaviour.FAIL_ONCE;
		run((api) -> {
			IntStream.range(0, 10).forEach((i) -> api.call());
			assertThat(this.first.ids()).doesNotContainAnyElementsOf(this.second.ids());
			List<String> again = this.second.requests.stream()
				.map((headers) -> headers.get(RpcMetadata.ATTEMPT))
				.filter((attempt) -> attempt != null)
				.toList();
			assertThat(again).singleElement().asString().matches("2;\\d+;127.0.0.1:" + this.second.port());
			assertThat(this.second.requests).anyMatch((headers) -> headers.containsKey(RpcMetadata.ACK));
		}, METHOD + "deduplicated=true");
	}

	@Test
	void whenTheServerOfADeduplicatedCallHasGoneThenItRunsNowhereElse() {
		this.first.behaviour = Behaviour.DIE;
		this.second.behaviour = Behaviour.DIE;
		run((api) -> {
			StatusRuntimeException failure = api.tryCall();
			// Its time is up while it waits for that server, or too short for a further
			// wait.
			assertThat(failure.getStatus().getCode()).isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
			assertThat(failure).hasMessageContaining("it may have run");
			assertThat(this.first.executed.get() + this.second.executed.get()).isOne();
		}, METHOD + "deduplicated=true");
	}

	@Test
	void whenAServerHangsThenAHedgeAnswersAndTheOtherIsCancelled() {
		run((api) -> {
			IntStream.range(0, 60).forEach((i) -> api.call());
			this.first.behaviour = Behaviour.HANG;
			Awaitility.await().pollInterval(Duration.ofMillis(1)).untilAsserted(() -> {
				api.call();
				assertThat(api.counters().hedgesWon()).isPositive();
			});
			Awaitility.await().untilAsserted(() -> assertThat(this.first.cancelled).hasPositiveValue());
		}, METHOD + "idempotent=true", METHOD + "hedging.enabled=true", METHOD + "hedging.max-extra-percent=100");
	}

	@Test
	void whenTheTimeIsUpThenTheFailureNamesTheSettingAndTheInstance() {
		this.first.behaviour = Behaviour.HANG;
		this.second.behaviour = Behaviour.HANG;
		run((api) -> assertThat(api.tryCall()).hasMessageStartingWith("DEADLINE_EXCEEDED: ")
			.hasMessageContaining("DEADLINE_EXCEEDED at 127.0.0.1:")
			.hasMessageContaining(
					"; 0 ms left of rpc.client.references[echo].methods[rpc.testing.Echo/Unary].timeout; not retried: "
							+ "not enough time is left"),
				METHOD + "timeout=500ms");
	}

	@Test
	void whenSettingsContradictThenTheStartFailsByName() {
		failsWith("methods[rpc.testing.Echo/Unary].hedging.enabled: true (expected: false, or idempotent: true",
				METHOD + "hedging.enabled=true");
		failsWith("methods: 'Unray' (expected: a method of rpc.testing.Echo",
				"rpc.client.references.[echo].methods.[rpc.testing.Echo/Unray].idempotent=true");
		failsWith("Property rpc.client.references[echo].methods[rpc.testing.Echo/Unary].retry.max-attempts with value "
				+ "'11' is invalid: Expected: 1 to 10.", METHOD + "retry.max-attempts=11");
	}

	private void failsWith(String message, String property) {
		runner().withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
	}

	private void run(Consumer<Api> test, String... properties) {
		runner().withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			Api api = context.getBean(Api.class);
			// Both are connected, so that both are called.
			Awaitility.await().until(() -> {
				api.plain.serverStream(Ping.getDefaultInstance()).forEachRemaining((pong) -> {
				});
				return this.first.streams.get() > 0 && this.second.streams.get() > 0;
			});
			test.accept(api);
		});
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
			.withUserConfiguration(Api.class)
			.withPropertyValues("rpc.registry.type=none", "rpc.client.defaults.load-balancing=round_robin",
					"rpc.client.outlier.enabled=false", "rpc.client.references.[echo].addresses=127.0.0.1:"
							+ this.first.port() + ",127.0.0.1:" + this.second.port());
	}

	@Configuration(proxyBeanMethods = false)
	static class Api {

		private final EchoBlockingStub plain;

		private final EchoBlockingStub annotated;

		private final RpcChannels channels;

		Api(@RpcReference("echo") EchoBlockingStub plain,
				@RpcReference(value = "echo", idempotent = "Unary") EchoBlockingStub annotated, RpcChannels channels) {
			this.plain = plain;
			this.annotated = annotated;
			this.channels = channels;
		}

		Pong call() {
			return this.plain.unary(Ping.getDefaultInstance());
		}

		StatusRuntimeException tryCall() {
			return catchThrowableOfType(StatusRuntimeException.class, this::call);
		}

		AttemptCounters counters() {
			return this.channels.attempts("echo");
		}

	}

	private enum Behaviour {

		ANSWER, FAIL, FAIL_ONCE, REFUSE, HANG, DIE

	}

	/**
	 * A server that counts what it runs.
	 */
	private static final class Backend extends EchoGrpc.EchoImplBase implements ServerInterceptor {

		private final AtomicInteger executed = new AtomicInteger();

		private final AtomicInteger cancelled = new AtomicInteger();

		private final AtomicInteger streams = new AtomicInteger();

		private final List<Metadata> requests = new CopyOnWriteArrayList<>();

		private final Server server;

		private volatile Behaviour behaviour = Behaviour.ANSWER;

		Backend() {
			try {
				this.server = NettyServerBuilder
					.forAddress(new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
					.addService(ServerInterceptors.intercept(this, this))
					.build()
					.start();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		int port() {
			return this.server.getPort();
		}

		List<String> ids() {
			return new ArrayList<>(this.requests).stream()
				.map((headers) -> headers.get(RpcMetadata.REQUEST_ID))
				.collect(Collectors.toList());
		}

		void close() {
			this.server.shutdownNow();
		}

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			if (call.getMethodDescriptor().getType().serverSendsOneMessage()) {
				this.requests.add(headers);
				if (this.behaviour == Behaviour.REFUSE) {
					Metadata trailers = new Metadata();
					trailers.put(RpcMetadata.NOT_EXECUTED, RpcMetadata.SET);
					trailers.put(RpcMetadata.RETRY_PUSHBACK, "5");
					call.close(Status.RESOURCE_EXHAUSTED, trailers);
					return new ServerCall.Listener<>() {
					};
				}
			}
			return next.startCall(call, headers);
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> observer) {
			this.streams.incrementAndGet();
			observer.onCompleted();
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> observer) {
			boolean once = this.executed.incrementAndGet() == 1;
			switch (this.behaviour) {
				case FAIL -> observer.onError(Status.UNAVAILABLE.asRuntimeException());
				case HANG ->
					((ServerCallStreamObserver<Pong>) observer).setOnCancelHandler(this.cancelled::incrementAndGet);
				case DIE -> {
					this.server.shutdown();
					observer.onError(Status.UNAVAILABLE.asRuntimeException());
				}
				case FAIL_ONCE -> {
					if (once) {
						observer.onError(Status.UNAVAILABLE.asRuntimeException());
					}
					else {
						answer(observer);
					}
				}
				default -> answer(observer);
			}
		}

		private static void answer(StreamObserver<Pong> observer) {
			observer.onNext(Pong.getDefaultInstance());
			observer.onCompleted();
		}

	}

}
