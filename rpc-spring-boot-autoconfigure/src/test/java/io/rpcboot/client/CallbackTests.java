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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.client.RpcClientSettings.Callbacks;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * On which threads callbacks run, in which order, and that none holds up another call.
 */
class CallbackTests {

	private static final Context.Key<String> WHO = Context.key("who");

	private final EchoServer server = EchoServer.start("a");

	private final RpcChannels channels = new RpcChannels(
			new RpcClientSettings("consumer",
					new RpcClientSettings.Defaults(Duration.ofSeconds(5), null, "round_robin", 4_194_304),
					Map.of("echo",
							new Reference(null, null, null, null, null, List.of(this.server.address()), Map.of())),
					Map.of(), new Callbacks(4, null)),
			SubsetSettings.NONE, new InMemoryDiscovery(), BalancerContext.standard(), List.of(), List.of());

	private final Channel channel = this.channels.channel("echo", "round_robin", false, false);

	@AfterEach
	void close() {
		this.channels.close();
		this.server.close();
	}

	@ParameterizedTest
	@MethodSource("methods")
	void callbacksRunInOrderOnThePool(MethodDescriptor<Ping, Pong> method) {
		Recorder recorder = call(this.channel, CallOptions.DEFAULT, method, 2);
		assertThat(recorder.events()).containsExactly("headers", "message", "OK");
		assertThat(recorder.threads).allMatch((name) -> name.startsWith("rpc-callback-"));
	}

	@Test
	void answerOfAUnaryCallIsToldByOneThread() {
		Recorder recorder = call(this.channel, CallOptions.DEFAULT, EchoGrpc.getUnaryMethod(), 2);
		assertThat(recorder.events()).containsExactly("headers", "message", "OK");
		assertThat(recorder.threads).hasSize(3).containsOnly(recorder.threads.get(0));
	}

	@ParameterizedTest
	@MethodSource("methods")
	void nonBlockingCallbacksRunOnTheEventLoop(MethodDescriptor<Ping, Pong> method) {
		Recorder recorder = call(this.channels.channel("echo", "round_robin", false, true), CallOptions.DEFAULT, method,
				2);
		assertThat(recorder.events()).containsExactly("headers", "message", "OK");
		assertThat(recorder.threads).allMatch((name) -> name.startsWith("rpc-client-loop-"));
	}

	@ParameterizedTest
	@MethodSource("methods")
	void executorOfTheCallIsKept(MethodDescriptor<Ping, Pong> method) {
		ExecutorService own = Executors.newSingleThreadExecutor((task) -> new Thread(task, "own"));
		try {
			Recorder recorder = call(this.channel, CallOptions.DEFAULT.withExecutor(own), method, 2);
			assertThat(recorder.events()).containsExactly("headers", "message", "OK");
			assertThat(recorder.threads).containsOnly("own");
		}
		finally {
			own.shutdownNow();
		}
	}

	@ParameterizedTest
	@MethodSource("methods")
	void callbackThatBlocksHoldsNoOtherCall(MethodDescriptor<Ping, Pong> method) {
		Recorder blocked = new Recorder();
		blocked.gate = new CountDownLatch(1);
		start(blocked, this.channel, CallOptions.DEFAULT, method, 2);
		blocked.awaitEvent("headers");
		methods().forEach((other) -> assertThat(call(this.channel, CallOptions.DEFAULT, other, 2).events())
			.containsExactly("headers", "message", "OK"));
		assertThat(this.server.connectionsOpened()).isOne();
		blocked.gate.countDown();
		assertThat(blocked.events()).containsExactly("headers", "message", "OK");
	}

	@ParameterizedTest
	@MethodSource("methods")
	void contextOfTheCallerIsCurrent(MethodDescriptor<Ping, Pong> method) throws Exception {
		Recorder recorder = new Recorder();
		Context.current().withValue(WHO, "me").run(() -> start(recorder, this.channel, CallOptions.DEFAULT, method, 2));
		assertThat(recorder.events()).containsExactly("headers", "message", "OK");
		assertThat(recorder.contexts).hasSize(3).containsOnly("me");
	}

	@ParameterizedTest
	@MethodSource("methods")
	void exceptionInOnMessageEndsTheCallWithTheCause(MethodDescriptor<Ping, Pong> method) {
		Recorder recorder = new Recorder();
		recorder.failsAt = "message";
		start(recorder, this.channel, CallOptions.DEFAULT, method, 2);
		assertThat(recorder.events()).containsExactly("headers", "message", "CANCELLED");
		assertThat(recorder.status.getCause()).hasMessage("message");
	}

	@ParameterizedTest
	@MethodSource("methods")
	void exceptionInOnCloseHarmsNobody(MethodDescriptor<Ping, Pong> method) {
		for (int i = 0; i < 8; i++) {
			Recorder recorder = new Recorder();
			recorder.failsAt = "OK";
			start(recorder, this.channel, CallOptions.DEFAULT, method, 2);
			assertThat(recorder.events()).containsExactly("headers", "message", "OK");
		}
	}

	@Test
	void streamGivesNoMoreThanWasAskedForAndEndsAfterTheLast() {
		Recorder recorder = new Recorder();
		ClientCall<Ping, Pong> call = serverStream(recorder, CallOptions.DEFAULT, 200);
		for (int i = 1; i <= 200; i++) {
			int count = i;
			assertThat(recorder.events).doesNotContain("OK");
			call.request(1);
			Awaitility.await()
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(1))
				.until(() -> recorder.messages() >= count);
			assertThat(recorder.messages()).isEqualTo(count);
		}
		assertThat(recorder.events()).endsWith("message", "OK").hasSize(202);
	}

	@Test
	void whenNothingIsAskedForThenTheEndWaits() {
		Recorder recorder = new Recorder();
		ClientCall<Ping, Pong> call = serverStream(recorder, CallOptions.DEFAULT, 3);
		// The sentinel comes after the stream on the same connection.
		call(this.channel, CallOptions.DEFAULT, EchoGrpc.getUnaryMethod(), 2).events();
		assertThat(recorder.events).doesNotContain("message", "OK");
		call.request(3);
		assertThat(recorder.events()).containsExactly("headers", "message", "message", "message", "OK");
	}

	@Test
	void whenCancelledWithUnreadMessagesThenItEndsAtOnce() {
		Recorder recorder = new Recorder();
		ClientCall<Ping, Pong> call = serverStream(recorder, CallOptions.DEFAULT, 1_000_000);
		recorder.awaitEvent("headers");
		call.cancel("enough", null);
		assertThat(recorder.events()).containsExactly("headers", "CANCELLED");
	}

	@Test
	void whenDeadlineExpiresWithUnreadMessagesThenItEndsAtOnce() {
		Recorder recorder = new Recorder();
		serverStream(recorder, CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(1)), 1_000_000);
		assertThat(recorder.events()).containsExactly("headers", "DEADLINE_EXCEEDED");
	}

	static List<MethodDescriptor<Ping, Pong>> methods() {
		return List.of(EchoGrpc.getUnaryMethod(), EchoGrpc.getServerStreamMethod(), EchoGrpc.getClientStreamMethod(),
				EchoGrpc.getBidiMethod());
	}

	private ClientCall<Ping, Pong> serverStream(Recorder recorder, CallOptions options, int count) {
		ClientCall<Ping, Pong> call = this.channel.newCall(EchoGrpc.getServerStreamMethod(), options);
		call.start(recorder, new Metadata());
		call.sendMessage(Ping.newBuilder().setText("x").setCount(count).build());
		call.halfClose();
		return call;
	}

	private static Recorder call(Channel channel, CallOptions options, MethodDescriptor<Ping, Pong> method,
			int requests) {
		Recorder recorder = new Recorder();
		start(recorder, channel, options, method, requests);
		return recorder;
	}

	private static void start(Recorder recorder, Channel channel, CallOptions options,
			MethodDescriptor<Ping, Pong> method, int requests) {
		ClientCall<Ping, Pong> call = channel.newCall(method, options);
		call.start(recorder, new Metadata());
		call.request(requests);
		call.sendMessage(Ping.newBuilder().setText("x").setCount(1).build());
		call.halfClose();
	}

	private static final class Recorder extends ClientCall.Listener<Pong> {

		private final List<String> events = new CopyOnWriteArrayList<>();

		private final List<String> threads = new CopyOnWriteArrayList<>();

		private final List<String> contexts = new CopyOnWriteArrayList<>();

		private final CountDownLatch ended = new CountDownLatch(1);

		private volatile CountDownLatch gate = new CountDownLatch(0);

		private volatile String failsAt = "";

		private volatile Status status = Status.UNKNOWN;

		@Override
		public void onHeaders(Metadata headers) {
			record("headers");
			await(this.gate);
		}

		@Override
		public void onMessage(Pong message) {
			record("message");
		}

		@Override
		public void onClose(Status newStatus, Metadata trailers) {
			this.status = newStatus;
			try {
				record(newStatus.getCode().name());
			}
			finally {
				this.ended.countDown();
			}
		}

		List<String> events() {
			await(this.ended);
			return this.events;
		}

		int messages() {
			return (int) this.events.stream().filter("message"::equals).count();
		}

		void awaitEvent(String event) {
			Awaitility.await().until(() -> this.events.contains(event));
		}

		private void record(String event) {
			this.threads.add(Thread.currentThread().getName());
			this.contexts.add(String.valueOf(WHO.get()));
			this.events.add(event);
			if (event.equals(this.failsAt)) {
				throw new IllegalStateException(event);
			}
		}

		private static void await(CountDownLatch latch) {
			try {
				assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
