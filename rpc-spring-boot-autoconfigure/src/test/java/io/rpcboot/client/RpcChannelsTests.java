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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.AttemptCounters;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.ForeignPolicy;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The channels of whole applications: how many there are, when they connect and close,
 * what is put on calls, and what calls say that nobody can answer.
 */
class RpcChannelsTests {

	private static final Ping PING = Ping.newBuilder().setText("hello").build();

	private static final Ping HOLD = Ping.newBuilder().setText(EchoServer.HOLD).build();

	private final EchoServer server = EchoServer.start("a");

	@AfterEach
	void close() {
		Recorder.seen.clear();
		MemoryRegistry.discovery = new InMemoryDiscovery();
		this.server.close();
	}

	@Test
	void allStubsOfAnApplicationShareOneConnection() {
		try (ConfigurableApplicationContext context = run(TwoStubs.class)) {
			TwoStubs stubs = context.getBean(TwoStubs.class);
			assertThat(stubs.blocking.unary(PING).getServer()).isEqualTo("a");
			assertThat(EchoGrpc.newBlockingStub(stubs.channel).unary(PING).getServer()).isEqualTo("a");
			assertThat(EchoGrpc.newBlockingStub(stubs.future.getChannel()).unary(PING).getServer()).isEqualTo("a");
			Channel byFullName = context.getBean(RpcChannels.class).channel("echo", "rpc_round_robin", false, true);
			assertThat(EchoGrpc.newBlockingStub(byFullName).unary(PING).getServer()).isEqualTo("a");
			assertThat(this.server.connectionsOpened()).isOne();
		}
	}

	@Test
	void policiesOfTheLibraryShareOneConnection() {
		try (ConfigurableApplicationContext context = run(TwoPolicies.class)) {
			TwoPolicies stubs = context.getBean(TwoPolicies.class);
			assertThat(stubs.roundRobin.unary(PING).getServer()).isEqualTo("a");
			assertThat(stubs.pickFirst.unary(PING).getServer()).isEqualTo("a");
			assertThat(this.server.connectionsOpened()).isOne();
		}
	}

	@Test
	void aPolicyOfAnotherProviderHasAnotherConnection() {
		try (ForeignPolicy policy = ForeignPolicy.register();
				ConfigurableApplicationContext context = run(TwoPolicies.class,
						"rpc.client.references.echo.methods[rpc.testing.Echo/ServerStream].load-balancing="
								+ policy.getPolicyName())) {
			TwoPolicies stubs = context.getBean(TwoPolicies.class);
			assertThat(stubs.roundRobin.unary(PING).getServer()).isEqualTo("a");
			assertThat(stubs.roundRobin.serverStream(PING.toBuilder().setCount(1).build()).next().getServer())
				.isEqualTo("a");
			assertThat(this.server.connectionsOpened()).isEqualTo(2);
		}
	}

	@Test
	void connectsBeforeTheFirstCallAndNeverGoesIdle() {
		try (ConfigurableApplicationContext context = run(IdleTimeout.class)) {
			Awaitility.await().until(() -> this.server.openConnections() == 1);
			assertThat(this.server.calls()).isZero();
			assertThat(context.getBean(OneStub.class).echo).isNotNull();
			assertThat(IdleTimeout.millis).as("gRPC's value for never").hasValue(-1);
		}
	}

	@Test
	void customizersRunLastInTheirOrderAndWin() {
		try (ConfigurableApplicationContext context = run(Customized.class,
				"rpc.client.references.echo.authority=set-by-property",
				"rpc.client.references.echo.max-inbound-message-size=4MB")) {
			Customized bean = context.getBean(Customized.class);
			assertThat(Recorder.seen).containsExactly("first echo", "second echo");
			assertThat(bean.echo.getChannel().authority()).isEqualTo("second");
			StatusRuntimeException failure = failure(() -> bean.echo.unary(PING));
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(failure).hasMessageContaining("exceeds maximum size 3:");
		}
	}

	@Test
	void authorityIsTheApplicationOrWhatIsSet() {
		try (ConfigurableApplicationContext context = run(OneStub.class)) {
			assertThat(context.getBean(OneStub.class).echo.getChannel().authority()).isEqualTo("echo");
		}
		try (ConfigurableApplicationContext context = run(OneStub.class,
				"rpc.client.references.echo.authority=echo.example.com")) {
			assertThat(context.getBean(OneStub.class).echo.getChannel().authority()).isEqualTo("echo.example.com");
		}
	}

	@Test
	void maximumMessageSizeHolds() {
		try (ConfigurableApplicationContext context = run(OneStub.class,
				"rpc.client.defaults.max-inbound-message-size=2B")) {
			assertThat(failure(() -> context.getBean(OneStub.class).echo.unary(PING)))
				.hasMessage("RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 2: 10");
		}
	}

	@Test
	void callerIsToldToTheServer() {
		try (ConfigurableApplicationContext context = run(OneStub.class)) {
			context.getBean(OneStub.class).echo.unary(PING);
			assertThat(this.server.nextHeaders().get(RpcMetadata.CALLER)).isEqualTo("consumer");
		}
	}

	@Test
	void whenApplicationHasNoNameThenNoCallerIsTold() {
		try (ConfigurableApplicationContext context = RpcApplications.run(OneStub.class, "rpc.registry.type=none",
				"rpc.client.references.echo.addresses=" + this.server.address())) {
			context.getBean(OneStub.class).echo.unary(PING);
			Metadata headers = this.server.nextHeaders();
			assertThat(headers.get(RpcMetadata.CALLER)).isNull();
		}
	}

	@Test
	void globalInterceptorsRunInTheirOrderAndOthersDoNot() {
		try (ConfigurableApplicationContext context = run(Interceptors.class)) {
			context.getBean(OneStub.class).echo.unary(PING);
			assertThat(Recorder.seen).containsExactly("first", "second", "unordered");
		}
	}

	@Test
	void whenNobodyIsRegisteredThenTheStartIsFastAndCallsSayWhatToCheck() {
		MemoryRegistry.discovery.set("echo");
		try (ConfigurableApplicationContext context = RpcApplications.run(MemoryRegistry.class)) {
			EchoGrpc.EchoBlockingStub echo = context.getBean(MemoryRegistry.class).echo;
			assertThat(failure(() -> echo.unary(PING))).hasMessage(
					"UNAVAILABLE: No instance of 'echo' is registered in memory namespace 'test'. Check that it runs, "
							+ "its spring.application.name, and that both sides use this registry");
			MemoryRegistry.discovery.set("echo", this.server.instance("1"));
			assertThat(echo.withWaitForReady().unary(PING).getServer()).isEqualTo("a");
		}
		Awaitility.await().until(() -> MemoryRegistry.discovery.openWatches() == 0);
	}

	@Test
	void whenTheRegistryCannotBeReadThenCallsSayWhatToCheck() {
		MemoryRegistry.discovery.fail(new RegistryException("memory namespace 'test': connection refused"));
		try (ConfigurableApplicationContext context = RpcApplications.run(MemoryRegistry.class)) {
			assertThat(failure(() -> context.getBean(MemoryRegistry.class).echo.unary(PING))).hasMessage(
					"UNAVAILABLE: The instances of 'echo' are not known: memory namespace 'test': connection refused. "
							+ "Check that the registry runs and can be reached");
		}
	}

	@Test
	void whenThereIsNoRegistryThenCallsSayWhatToSet() {
		try (ConfigurableApplicationContext context = RpcApplications.run(OneStub.class, "rpc.registry.type=none")) {
			assertThat(failure(() -> context.getBean(OneStub.class).echo.unary(PING)))
				.hasMessage("UNAVAILABLE: The instances of 'echo' are not known: rpc.registry.type is none, and "
						+ "rpc.client.references[echo].addresses names no address. Change one of the two");
		}
	}

	@Test
	void whenTheRegistryNeverAnswersThenTheStartDoesNotWait() {
		try (ConfigurableApplicationContext context = RpcApplications.run(MemoryRegistry.class)) {
			EchoGrpc.EchoBlockingStub echo = context.getBean(MemoryRegistry.class).echo;
			assertThat(failure(() -> echo.withDeadlineAfter(Duration.ofMillis(100)).unary(PING)).getStatus().getCode())
				.isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		}
	}

	@Test
	void whenContextIsStoppedAndStartedThenStubsWorkAgain() {
		try (ConfigurableApplicationContext context = run(OneStub.class)) {
			EchoGrpc.EchoBlockingStub echo = context.getBean(OneStub.class).echo;
			assertThat(echo.unary(PING).getServer()).isEqualTo("a");
			context.stop();
			Awaitility.await().until(() -> this.server.openConnections() == 0);
			assertThat(failure(() -> echo.unary(PING))).hasMessageContaining("UNAVAILABLE");
			context.start();
			Awaitility.await().until(() -> this.server.openConnections() == 1);
			assertThat(echo.unary(PING).getServer()).isEqualTo("a");
		}
	}

	@Test
	void callsInFlightAtTheStopFinish() throws Exception {
		ConfigurableApplicationContext context = run(TwoStubs.class);
		ListenableFuture<Pong> inFlight = context.getBean(TwoStubs.class).future.unary(HOLD);
		this.server.awaitHeld();
		Thread closing = new Thread(context::close);
		closing.start();
		Awaitility.await().until(() -> failureOrNull(context, PING) != null);
		assertThat(inFlight.isDone()).isFalse();
		this.server.release();
		assertThat(inFlight.get(30, TimeUnit.SECONDS).getServer()).isEqualTo("a");
		closing.join(TimeUnit.SECONDS.toMillis(5));
		assertThat(closing.isAlive()).isFalse();
		// The server hears of it a moment later.
		Awaitility.await().until(() -> this.server.openConnections() == 0);
	}

	@Test
	void whenTheContextClosesThenACallThatWaitsToBeSentAgainEnds() throws Exception {
		this.server.failWith(Status.UNAVAILABLE);
		ConfigurableApplicationContext context = run(TwoStubs.class, "rpc.client.references.echo.idempotent=true",
				"rpc.client.references.echo.retry.initial-backoff=40s",
				"rpc.client.references.echo.retry.max-backoff=40s");
		ListenableFuture<Pong> waiting = EchoGrpc.newFutureStub(context.getBean(TwoStubs.class).channel)
			.withDeadlineAfter(Duration.ofMinutes(10))
			.unary(PING);
		AttemptCounters counters = context.getBean(RpcChannels.class).attempts("echo");
		Awaitility.await().until(() -> counters.retries() == 1);
		context.close();
		assertThat(catchThrowableOfType(ExecutionException.class, () -> waiting.get(30, TimeUnit.SECONDS)))
			.hasMessageContaining("UNAVAILABLE: The channel was closed before the call was sent again");
	}

	@Test
	void channelsCloseAfterTheRpcServerAndTheWebServer() {
		assertThat(RpcChannels.PHASE).isLessThan(RpcServerLifecycle.PHASE).isLessThan(Integer.MAX_VALUE - 2048);
	}

	@Test
	void whenTheStartFailsThenChannelsAreClosed() {
		assertThatException().isThrownBy(() -> run(FailingStart.class).close())
			.withRootCauseInstanceOf(UnsupportedOperationException.class);
		assertThat(this.server.connectionsOpened()).isOne();
		Awaitility.await().until(() -> this.server.openConnections() == 0);
	}

	private static @Nullable StatusRuntimeException failureOrNull(ConfigurableApplicationContext context, Ping ping) {
		EchoGrpc.EchoBlockingStub stub = context.getBean(TwoStubs.class).blocking;
		return catchThrowableOfType(StatusRuntimeException.class, () -> stub.unary(ping));
	}

	private ConfigurableApplicationContext run(Class<?> configuration, String... properties) {
		List<String> all = new ArrayList<>(List.of("spring.application.name=consumer", "rpc.registry.type=none",
				"rpc.client.references.echo.addresses=" + this.server.address()));
		all.addAll(Arrays.asList(properties));
		return RpcApplications.run(configuration, all.toArray(String[]::new));
	}

	private static StatusRuntimeException failure(ThrowingCallable call) {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
		assertThat(failure).as("failure of a call").isNotNull();
		return failure;
	}

	@Configuration(proxyBeanMethods = false)
	static class OneStub {

		@RpcReference("echo")
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoStubs {

		@RpcReference("echo")
		EchoGrpc.EchoBlockingStub blocking;

		@RpcReference(value = "echo", timeout = "10s")
		EchoGrpc.EchoFutureStub future;

		@RpcReference("echo")
		Channel channel;

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoPolicies {

		@RpcReference("echo")
		EchoGrpc.EchoBlockingStub roundRobin;

		@RpcReference(value = "echo", loadBalancing = "pick_first")
		EchoGrpc.EchoBlockingStub pickFirst;

	}

	@Configuration(proxyBeanMethods = false)
	static class Customized {

		@RpcReference("echo")
		private EchoGrpc.EchoBlockingStub echo;

		@Bean
		@Order(2)
		static RpcChannelCustomizer second() {
			return (application, builder) -> {
				Recorder.seen.add("second " + application);
				builder.overrideAuthority("second").maxInboundMessageSize(3);
			};
		}

		@Bean
		@Order(1)
		static RpcChannelCustomizer first() {
			return (application, builder) -> {
				Recorder.seen.add("first " + application);
				builder.overrideAuthority("first");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class IdleTimeout extends OneStub {

		private static final AtomicLong millis = new AtomicLong();

		@Bean
		static RpcChannelCustomizer reader() {
			return (application, builder) -> {
				Object implementation = ReflectionTestUtils.getField(builder, "managedChannelImplBuilder");
				millis.set((Long) ReflectionTestUtils.getField(implementation, "idleTimeoutMillis"));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Interceptors extends OneStub {

		@Bean
		@GlobalClientInterceptor
		static ClientInterceptor unordered() {
			return new Recorder("unordered");
		}

		@Bean
		@GlobalClientInterceptor
		@Order(2)
		static ClientInterceptor second() {
			return new Recorder("second");
		}

		@Bean
		@GlobalClientInterceptor
		@Order(Ordered.HIGHEST_PRECEDENCE)
		static ClientInterceptor first() {
			return new Recorder("first");
		}

		@Bean
		static ClientInterceptor notGlobal() {
			return new Recorder("not global");
		}

	}

	private record Recorder(String name) implements ClientInterceptor {

		private static final List<String> seen = new CopyOnWriteArrayList<>();

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			seen.add(this.name);
			return next.newCall(method, options);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MemoryRegistry {

		private static InMemoryDiscovery discovery = new InMemoryDiscovery();

		@RpcReference("echo")
		private EchoGrpc.EchoBlockingStub echo;

		@Bean
		static ServiceDiscovery discovery() {
			return discovery;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailingStart extends OneStub {

		@Bean
		InitializingBean failing() {
			return () -> {
				this.echo.unary(PING);
				throw new UnsupportedOperationException("The start fails");
			};
		}

	}

}
