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

package io.rpcboot.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.stub.StreamObserver;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.RpcServerSettings.OnBlock;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Services declared {@link NonBlocking}: they run on the event loop, and one that blocks
 * there is found out.
 */
class NonBlockingServicesTests {

	private static final String ON_LOOP = "rpc-server-loop-";

	private static final String ON_HANDLERS = "rpc-handler-";

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAServiceIsNonBlockingThenItsHandlersRunOnTheLoopInAllFourModes(Dispatch dispatch) {
		try (TestServer server = TestServer.with(new LoopEcho()).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			assertThat(threads(client)).hasSize(5).allMatch((thread) -> thread.startsWith(ON_LOOP));
		}
	}

	@Test
	void whenAServiceIsNotThenItsHandlersDoNotRunThere() {
		try (TestServer server = TestServer.with(new HandlerEcho()).start(); EchoClient client = server.client()) {
			assertThat(threads(client)).hasSize(5).allMatch((thread) -> thread.startsWith(ON_HANDLERS));
			// That of a server before it may just be ending.
			Awaitility.await("nothing to watch").until(() -> liveThreads("rpc-loop-watch").isEmpty());
			assertThat(server.lifecycle().loopBlocks()).isEmpty();
		}
	}

	@Test
	void whenAHandlerBlocksOnceThenItIsNamedWithItsStackWhileItBlocks() {
		LoopEcho service = new LoopEcho();
		try (TestServer server = TestServer.with(service).start();
				EchoClient client = server.client();
				CapturedLog log = new CapturedLog(LoopWatch.class)) {
			CompletableFuture<Reply<Pong>> blocked = client.unaryAsync(LoopEcho.WAIT);
			Awaitility.await().until(() -> !log.events().isEmpty());
			service.open();
			assertThat(blocked.join().code()).isEqualTo(Status.Code.OK);
			ILoggingEvent warning = log.events().get(0);
			assertThat(warning.getLevel()).isEqualTo(Level.WARN);
			assertThat(warning.getFormattedMessage()).matches(
					"The non-blocking service rpc\\.testing\\.Echo blocks: it has held an event loop for \\d+ ms so"
							+ " far \\(rpc\\.server\\.non-blocking\\.max-delay: 20 ms\\), while all other calls of that loop"
							+ " wait\\. Remove @NonBlocking from it, or set"
							+ " rpc\\.server\\.non-blocking\\.on-block=move-off-loop\\.");
			assertThat(warning.getThrowableProxy().getMessage()).startsWith(ON_LOOP).endsWith(" is TIMED_WAITING");
			List<StackTraceElement> stack = Stream.of(warning.getThrowableProxy().getStackTraceElementProxyArray())
				.map(StackTraceElementProxy::getStackTraceElement)
				.toList();
			assertThat(stack).anyMatch((frame) -> frame.getClassName().equals(LoopEcho.class.getName())
					&& frame.getMethodName().equals("unary"));
			assertThat(stack).as("what is below the service is left out")
				.noneMatch((frame) -> frame.getClassName().contains(".netty."));
			assertThat(server.lifecycle().loopBlocks()).containsExactly(Map.entry("rpc.testing.Echo", 1L));
			assertThat(server.lifecycle().loopDelay()).isGreaterThan(Duration.ofMillis(20));
			assertThat(threads(client)).as("only named, not moved").allMatch((thread) -> thread.startsWith(ON_LOOP));
		}
	}

	@Test
	void whenEachOfManyCallsSleepsShortlyThenTheServiceIsNamedOnce() {
		try (TestServer server = TestServer.with(new LoopEcho()).start();
				EchoClient client = server.client();
				CapturedLog log = new CapturedLog(LoopWatch.class)) {
			Awaitility.await().until(() -> {
				callAtOnce(client, 64, LoopEcho.SLEEP);
				return server.lifecycle().loopBlocks().get("rpc.testing.Echo") >= 2;
			});
			assertThat(log.messages()).singleElement()
				.asString()
				.startsWith("The non-blocking service rpc.testing.Echo blocks:");
		}
	}

	@Test
	void whenTheObserverOfAStreamBlocksThenTheServiceIsNamed() {
		LoopEcho service = new LoopEcho();
		try (TestServer server = TestServer.with(service).start();
				EchoClient client = server.client();
				CapturedLog log = new CapturedLog(LoopWatch.class)) {
			CompletableFuture<Reply<Pong>> blocked = client.call(EchoGrpc.getClientStreamMethod(),
					EchoClient.ping(LoopEcho.WAIT));
			Awaitility.await().until(() -> !log.events().isEmpty());
			service.open();
			assertThat(blocked.join().code()).isEqualTo(Status.Code.OK);
		}
	}

	@Test
	void whenAnInterceptorBlocksThenTheServiceBehindItIsNamedWithTheInterceptorInTheStack() {
		BlockingInterceptor interceptor = new BlockingInterceptor();
		try (TestServer server = TestServer.with(new LoopEcho(), interceptor).start();
				EchoClient client = server.client();
				CapturedLog log = new CapturedLog(LoopWatch.class)) {
			CompletableFuture<Reply<Pong>> blocked = client.unaryAsync("");
			Awaitility.await().until(() -> !log.events().isEmpty());
			interceptor.gate.countDown();
			assertThat(blocked.join().code()).isEqualTo(Status.Code.OK);
			assertThat(log.messages()).singleElement()
				.asString()
				.startsWith("The non-blocking service rpc.testing.Echo blocks:");
			assertThat(log.events().get(0).getThrowableProxy().getStackTraceElementProxyArray()).anyMatch(
					(frame) -> frame.getStackTraceElement().getClassName().equals(BlockingInterceptor.class.getName()));
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenABlockingServiceIsMovedThenItRunsOnTheHandlersAndNoCallIsLost(Dispatch dispatch) {
		LoopEcho service = new LoopEcho();
		try (TestServer server = TestServer.with(service)
			.pool(8, 1000)
			.dispatch(dispatch)
			.onBlock(OnBlock.MOVE_OFF_LOOP)
			.start(); EchoClient client = server.client(); CapturedLog log = new CapturedLog(LoopWatch.class)) {
			List<CompletableFuture<Reply<Pong>>> calls = new ArrayList<>();
			calls.add(client.unaryAsync(LoopEcho.WAIT));
			Awaitility.await().until(() -> {
				calls.add(client.unaryAsync("beside"));
				calls.add(client.call(EchoGrpc.getBidiMethod(), EchoClient.ping("a"), EchoClient.ping("b")));
				return !log.events().isEmpty();
			});
			service.open();
			assertThat(calls).allSatisfy((call) -> assertThat(call.join().code()).isEqualTo(Status.Code.OK));
			assertThat(threads(client)).hasSize(5).allMatch((thread) -> thread.startsWith(ON_HANDLERS));
			assertThat(log.messages()).singleElement()
				.asString()
				.endsWith("Its calls are moved to the server's handlers until the next start; remove @NonBlocking from"
						+ " it.");
			server.lifecycle().stop();
			server.lifecycle().start();
			try (EchoClient again = server.client()) {
				assertThat(threads(again)).as("the next start gives it another chance")
					.allMatch((thread) -> thread.startsWith(ON_LOOP));
			}
		}
	}

	@Test
	void whenAServiceIsMovedUnderLoadThenEveryCallSucceeds() {
		try (TestServer server = TestServer.with(new LoopEcho()).pool(8, 1000).onBlock(OnBlock.MOVE_OFF_LOOP).start();
				EchoClient client = server.client()) {
			Awaitility.await().until(() -> {
				callAtOnce(client, 64, LoopEcho.SLEEP);
				return threads(client).stream().allMatch((thread) -> thread.startsWith(ON_HANDLERS));
			});
			callAtOnce(client, 64, LoopEcho.SLEEP);
			assertThat(server.lifecycle().loopBlocks()).containsKey("rpc.testing.Echo");
		}
	}

	@Test
	void whenAServiceIsFastThenNoLoadMakesItSuspicious() {
		try (TestServer server = TestServer.with(new LoopEcho()).start();
				EchoClient client = server.client();
				CapturedLog log = new CapturedLog(LoopWatch.class)) {
			for (int i = 0; i < 200; i++) {
				callAtOnce(client, 64, "fast");
			}
			assertThat(log.events()).isEmpty();
			assertThat(server.lifecycle().loopBlocks()).containsEntry("rpc.testing.Echo", 0L);
			Awaitility.await().untilAsserted(() -> assertThat(server.lifecycle().loopDelay()).isPositive());
		}
	}

	@Test
	void whenTheServerStopsThenItsLoopsEndAndTheNextStartHasNewOnes() {
		try (TestServer server = TestServer.with(new LoopEcho()).start()) {
			for (int i = 0; i < 3; i++) {
				try (EchoClient client = server.client()) {
					assertThat(client.unary("").messages().get(0).getText()).startsWith(ON_LOOP);
				}
				Awaitility.await()
					.untilAsserted(
							() -> assertThat(liveThreads("rpc-loop-watch")).hasSize(1).allMatch(Thread::isDaemon));
				assertThat(liveThreads(ON_LOOP)).allMatch(Thread::isDaemon);
				server.lifecycle().stop();
				assertThat(server.lifecycle().loopDelay()).isZero();
				Awaitility.await()
					.until(() -> liveThreads(ON_LOOP).isEmpty() && liveThreads("rpc-loop-watch").isEmpty());
				server.lifecycle().start();
			}
		}
	}

	@Test
	void whenAHandlerHoldsItsLoopThroughoutTheDrainThenTheStopEndsAndTheLoopWithTheHandler() {
		LoopEcho service = new LoopEcho();
		TestServer server = TestServer.with(service)
			.shutdown(Duration.ZERO, Duration.ZERO, Duration.ofMillis(100))
			.start();
		try (EchoClient client = server.client(); CapturedLog log = new CapturedLog(LoopWatch.class)) {
			CompletableFuture<Reply<Pong>> held = client.unaryAsync(LoopEcho.WAIT);
			Awaitility.await().until(() -> !log.events().isEmpty());
			server.lifecycle().stop();
			assertThat(server.lifecycle().isRunning()).isFalse();
			service.open();
			assertThat(held.join().code()).as("cut off").isEqualTo(Status.Code.UNAVAILABLE);
			Awaitility.await()
				.until(() -> liveThreads("rpc-server").stream()
					.allMatch((thread) -> thread.getName().equals("rpc-server-deferred")));
		}
	}

	@Test
	void whenTheStartFailsThenNoLoopIsLeft() {
		try (TestServer first = TestServer.with(new EchoService("one")).start()) {
			TestServer second = TestServer.with(new LoopEcho()).port(first.lifecycle().port()).build();
			List<Thread> before = liveThreads(ON_LOOP);
			assertThatExceptionOfType(PortInUseException.class).isThrownBy(() -> second.lifecycle().start());
			Awaitility.await()
				.until(() -> before.containsAll(liveThreads(ON_LOOP)) && liveThreads("rpc-loop-watch").isEmpty());
		}
	}

	@Test
	@SuppressWarnings("deprecation") // The successor is not in every Netty that gRPC
										// shades.
	void whenACustomizerBringsItsOwnLoopsThenTheServiceRunsOnThoseUnwatched() {
		NioEventLoopGroup group = new NioEventLoopGroup(1, (Executor) (task) -> new Thread(task, "own-loop").start());
		LoopEcho service = new LoopEcho();
		try (TestServer server = TestServer.with(service)
			.customizer((builder) -> builder.channelType(NioServerSocketChannel.class)
				.bossEventLoopGroup(group)
				.workerEventLoopGroup(group))
			.start(); EchoClient client = server.client()) {
			assertThat(threads(client)).hasSize(5).allMatch("own-loop"::equals);
			assertThat(server.lifecycle().loopDelay()).isZero();
		}
		finally {
			group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
		}
	}

	/**
	 * Returns on which threads the handlers of the four modes ran.
	 */
	private static List<String> threads(EchoClient client) {
		Ping one = EchoClient.ping("").toBuilder().setCount(1).build();
		return Stream
			.of(client.call(EchoGrpc.getUnaryMethod(), one), client.call(EchoGrpc.getServerStreamMethod(), one),
					client.call(EchoGrpc.getClientStreamMethod(), one, one),
					client.call(EchoGrpc.getBidiMethod(), one, one))
			.flatMap((call) -> call.join().messages().stream())
			.map(Pong::getText)
			.toList();
	}

	private static void callAtOnce(EchoClient client, int calls, String text) {
		List<CompletableFuture<Reply<Pong>>> replies = IntStream.range(0, calls)
			.mapToObj((i) -> client.unaryAsync(text))
			.toList();
		assertThat(replies).allSatisfy((reply) -> assertThat(reply.join().code()).isEqualTo(Status.Code.OK));
	}

	private static List<Thread> liveThreads(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(prefix))
			.toList();
	}

	/**
	 * Answers each request with the name of the thread that has it.
	 */
	private static class HandlerEcho extends EchoService {

		HandlerEcho() {
			super("naming");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(pong(Thread.currentThread().getName()));
			responseObserver.onCompleted();
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			unary(request, responseObserver);
		}

		@Override
		public StreamObserver<Ping> clientStream(StreamObserver<Pong> responseObserver) {
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					received(value);
				}

				@Override
				public void onError(Throwable ex) {
					// The caller is gone.
				}

				@Override
				public void onCompleted() {
					unary(Ping.getDefaultInstance(), responseObserver);
				}
			};
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					responseObserver.onNext(pong(Thread.currentThread().getName()));
				}

				@Override
				public void onError(Throwable ex) {
					// The caller is gone.
				}

				@Override
				public void onCompleted() {
					responseObserver.onCompleted();
				}
			};
		}

		void received(Ping request) {
		}

	}

	@GlobalServerInterceptor
	private static final class BlockingInterceptor implements ServerInterceptor {

		private final CountDownLatch gate = new CountDownLatch(1);

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			try {
				this.gate.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return next.startCall(call, headers);
		}

	}

	/**
	 * The same on the event loop, and may block there.
	 */
	@NonBlocking
	private static final class LoopEcho extends HandlerEcho {

		static final String WAIT = "wait";

		static final String SLEEP = "sleep";

		private final CountDownLatch gate = new CountDownLatch(1);

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			received(request);
			super.unary(request, responseObserver);
		}

		@Override
		void received(Ping request) {
			try {
				if (WAIT.equals(request.getText())) {
					this.gate.await(20, TimeUnit.SECONDS);
				}
				else if (SLEEP.equals(request.getText())) {
					Thread.sleep(5);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		void open() {
			this.gate.countDown();
		}

	}

}
