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
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Deadlines on the wire, against a server that never answers.
 */
class ReferenceInterceptorTests {

	private static final Ping HOLD = Ping.newBuilder().setText(EchoServer.HOLD).build();

	private static final Metadata.Key<String> GRPC_TIMEOUT = Metadata.Key.of("grpc-timeout",
			Metadata.ASCII_STRING_MARSHALLER);

	private final EchoServer server = EchoServer.start("a");

	private final ManagedChannel channel = Grpc
		.newChannelBuilder(this.server.address(), InsecureChannelCredentials.create())
		.build();

	@AfterEach
	void close() throws InterruptedException {
		this.channel.shutdownNow();
		this.server.close();
		assertThat(this.channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void unaryCallIsCutAtItsTimeout() {
		EchoGrpc.EchoBlockingStub stub = EchoGrpc.newBlockingStub(withTimeout(Duration.ofSeconds(3), null));
		stub.withDeadlineAfter(Duration.ofSeconds(10)).unary(Ping.getDefaultInstance());
		long began = System.nanoTime();
		assertThat(failure(() -> stub.unary(HOLD))).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(8));
		assertThat(this.server.awaitHeldCancelled()).isTrue();
	}

	@Test
	void streamHasNoDeadlineUnlessOneIsSet() throws Exception {
		// A blocking V2 call is not sent before it is read, unless there is a connection.
		EchoGrpc.newBlockingStub(this.channel).unary(Ping.getDefaultInstance());
		this.server.nextHeaders();
		EchoGrpc.EchoBlockingV2Stub stub = EchoGrpc.newBlockingV2Stub(withTimeout(Duration.ofMillis(1), null));
		BlockingClientCall<?, Pong> call = stub.serverStream(HOLD);
		assertThat(this.server.nextHeaders().get(GRPC_TIMEOUT)).isNull();
		this.server.release();
		assertThat(call.read().getText()).isEqualTo(EchoServer.HOLD);
	}

	@Test
	void streamIsCutAtItsTimeout() {
		EchoGrpc.EchoBlockingStub stub = EchoGrpc
			.newBlockingStub(withTimeout(Duration.ofHours(1), Duration.ofMillis(200)));
		assertThat(failure(() -> stub.serverStream(HOLD).next())).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
	}

	@Test
	void deadlineOfTheCallItselfWinsWhetherShorterOrLonger() {
		Channel bounded = withTimeout(Duration.ofSeconds(5), null);
		EchoGrpc.newBlockingStub(bounded).withDeadlineAfter(Duration.ofMinutes(2)).unary(Ping.getDefaultInstance());
		assertThat(timeoutOnTheWire()).isBetween(Duration.ofSeconds(110), Duration.ofMinutes(2));
		EchoGrpc.newBlockingStub(bounded).withDeadlineAfter(Duration.ofSeconds(4)).unary(Ping.getDefaultInstance());
		assertThat(timeoutOnTheWire()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(4));
	}

	@Test
	void deadlineOfTheIncomingCallBounds() throws Exception {
		ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
		EchoGrpc.EchoBlockingStub stub = EchoGrpc.newBlockingStub(withTimeout(Duration.ofMinutes(2), null));
		Callable<Pong> call = () -> stub.unary(Ping.getDefaultInstance());
		try {
			inCallWithDeadline(Duration.ofSeconds(10), timer, call);
			assertThat(timeoutOnTheWire()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
			inCallWithDeadline(Duration.ofMinutes(10), timer, call);
			assertThat(timeoutOnTheWire()).isBetween(Duration.ofSeconds(110), Duration.ofMinutes(2));
		}
		finally {
			timer.shutdownNow();
		}
	}

	@Test
	void timeoutsAreExactBelowASecond() {
		for (Duration timeout : List.of(Duration.ofMillis(10), Duration.ofMillis(1500), Duration.ofNanos(1_500_000))) {
			long began = System.nanoTime();
			CallOptions options = optionsWith(timeout);
			long remaining = options.getDeadline().timeRemaining(TimeUnit.NANOSECONDS);
			assertThat(remaining).isBetween(timeout.toNanos() - (System.nanoTime() - began), timeout.toNanos());
		}
	}

	@Test
	void timeoutOfACenturyAndMoreIsNoError() {
		CallOptions options = optionsWith(Duration.ofDays(365_000));
		assertThat(options.getDeadline().timeRemaining(TimeUnit.DAYS)).isGreaterThan(30_000);
	}

	@Test
	void whenSettingsAreReplacedThenTheNextCallHasThem() {
		OptionsRecorder recorder = new OptionsRecorder();
		LiveReference live = new LiveReference(reference(null));
		ReferenceInterceptor interceptor = interceptor(live, Duration.ofSeconds(5), null, recorder);
		assertThat(timeoutOf(interceptor, recorder)).isBetween(1L, 5L);
		live.replace(reference(Duration.ofSeconds(60)));
		assertThat(timeoutOf(interceptor, recorder)).isBetween(50L, 60L);
		live.replace(reference(null));
		assertThat(timeoutOf(interceptor, recorder)).isBetween(1L, 5L);
	}

	private static long timeoutOf(ReferenceInterceptor interceptor, OptionsRecorder recorder) {
		interceptor.interceptCall(EchoGrpc.getUnaryMethod(), CallOptions.DEFAULT, recorder);
		return recorder.options.getDeadline().timeRemaining(TimeUnit.SECONDS);
	}

	private static void inCallWithDeadline(Duration timeout, ScheduledExecutorService timer, Callable<Pong> call)
			throws Exception {
		try (Context.CancellableContext incoming = Context.current()
			.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS, timer)) {
			incoming.call(call);
		}
	}

	private Channel withTimeout(Duration timeout, @Nullable Duration streamTimeout) {
		return ClientInterceptors.intercept(this.channel, interceptor(timeout, streamTimeout, this.channel));
	}

	private static ReferenceInterceptor interceptor(Duration timeout, @Nullable Duration streamTimeout,
			Channel channel) {
		return interceptor(new LiveReference(reference(null)), timeout, streamTimeout, channel);
	}

	private static ReferenceInterceptor interceptor(LiveReference live, Duration timeout,
			@Nullable Duration streamTimeout, Channel channel) {
		RpcClientSettings.Defaults defaults = new RpcClientSettings.Defaults(timeout, streamTimeout, "p2c", 4_194_304);
		return new ReferenceInterceptor(live, (settings) -> (method) -> {
			Setting<Duration> set = CallTimeouts.of("echo", defaults, null, settings).timeout(method);
			return new CallPlan((set != null) ? TimeUnit.NANOSECONDS.convert(set.value()) : CallPlan.UNBOUNDED,
					(set != null) ? set.origin() : "", new CallRoutes(null, null, Map.of()), null, channel, null, null,
					null);
		});
	}

	private static Reference reference(@Nullable Duration timeout) {
		return new Reference(timeout, null, null, null, null, List.of(), Map.of());
	}

	private static CallOptions optionsWith(Duration timeout) {
		OptionsRecorder recorder = new OptionsRecorder();
		interceptor(timeout, null, recorder).interceptCall(EchoGrpc.getUnaryMethod(), CallOptions.DEFAULT, recorder);
		return recorder.options;
	}

	private Duration timeoutOnTheWire() {
		String text = this.server.nextHeaders().get(GRPC_TIMEOUT);
		long value = Long.parseLong(text.substring(0, text.length() - 1));
		return switch (text.charAt(text.length() - 1)) {
			case 'n' -> Duration.ofNanos(value);
			case 'u' -> Duration.ofNanos(value * 1000);
			case 'm' -> Duration.ofMillis(value);
			default -> Duration.ofSeconds(value);
		};
	}

	private static Status.Code failure(Callable<?> call) {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call::call);
		assertThat(failure).as("failure of a call").isNotNull();
		return failure.getStatus().getCode();
	}

	/**
	 * A channel that only keeps the options of the last call.
	 */
	private static final class OptionsRecorder extends Channel {

		private CallOptions options = CallOptions.DEFAULT;

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions callOptions) {
			this.options = callOptions;
			return null;
		}

		@Override
		public String authority() {
			return "echo";
		}

	}

}
