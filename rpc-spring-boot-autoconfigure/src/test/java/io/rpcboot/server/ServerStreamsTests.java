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

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.stream.StreamNotice;
import io.rpcboot.server.stream.StreamSettings.Limits;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.TcpProxy;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams over a real connection: handlers that send faster than the client reads,
 * clients that take nothing, and streams that get too old; the same through either
 * dispatch.
 */
class ServerStreamsTests {

	/** Of 64 kB each: far more than any window of HTTP/2. */
	private static final int FLOOD = 1000;

	/** A window of HTTP/2, which may have grown, and what the server keeps. */
	private static final int MUCH_LESS = 300;

	private static final Limits BOUNDED = new Limits(null, null, null, 256 * 1024);

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAHandlerSendsFasterThanTheClientReadsThenItWaitsAndLosesNothing(Dispatch dispatch) {
		FloodEcho service = new FloodEcho();
		try (TestServer server = TestServer.with(service).dispatch(dispatch).streams(BOUNDED).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getServerStreamMethod(), 1).send("").halfClose();
			service.awaitWaiting();
			assertThat(service.sent.get()).isLessThan(MUCH_LESS);
			call.request(Integer.MAX_VALUE);
			assertThat(call.status()).isEqualTo(Status.OK);
			assertThat(call.texts).hasSize(FLOOD);
			assertThat(service.outcome.join()).isEqualTo("completed");
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAHandlerAnswersOneRequestWithManyThenItWaitsToo(Dispatch dispatch) {
		FloodEcho service = new FloodEcho();
		try (TestServer server = TestServer.with(service).dispatch(dispatch).streams(BOUNDED).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getBidiMethod(), 1).send("");
			service.awaitWaiting();
			assertThat(service.sent.get()).isLessThan(MUCH_LESS);
			call.request(Integer.MAX_VALUE);
			assertThat(call.status()).isEqualTo(Status.OK);
			assertThat(call.texts).hasSize(FLOOD);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAThreadOfTheServiceSendsThenItWaitsAsHandlersDo(Dispatch dispatch) {
		FloodEcho service = new FloodEcho() {
			@Override
			public void serverStream(Ping request, StreamObserver<Pong> responses) {
				new Thread(() -> flood(responses), "flood").start();
			}
		};
		try (TestServer server = TestServer.with(service).dispatch(dispatch).streams(BOUNDED).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getServerStreamMethod(), 1).send("").halfClose();
			service.awaitWaiting();
			assertThat(service.sent.get()).isLessThan(MUCH_LESS);
			call.request(Integer.MAX_VALUE);
			assertThat(call.status()).isEqualTo(Status.OK);
			assertThat(call.texts).hasSize(FLOOD);
		}
	}

	@Test
	void whenThereIsNoBoundThenAHandlerNeverWaits() {
		FloodEcho service = new FloodEcho();
		try (TestServer server = TestServer.with(service).streams(new Limits(null, null, null, 0)).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getServerStreamMethod(), 1).send("").halfClose();
			assertThat(service.outcome.join()).isEqualTo("completed");
			call.cancel();
		}
	}

	@Test
	void whenAServiceIsNonBlockingThenItsEventLoopNeverWaits() {
		FloodEcho service = new LoopFloodEcho();
		try (TestServer server = TestServer.with(service).streams(BOUNDED).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getServerStreamMethod(), 1).send("").halfClose();
			assertThat(service.outcome.join()).isEqualTo("completed");
			assertThat(client.unary("not held up").code()).isEqualTo(Status.Code.OK);
			call.cancel();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheCallerCancelsThenAHandlerThatWaitsIsLetGo(Dispatch dispatch) {
		FloodEcho service = new FloodEcho();
		try (TestServer server = TestServer.with(service).dispatch(dispatch).streams(BOUNDED).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getServerStreamMethod(), 1).send("").halfClose();
			service.awaitWaiting();
			call.cancel();
			assertThat(service.outcome.join()).isEqualTo("CANCELLED: The caller waits for the stream no more");
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheConnectionIsCutThenAHandlerThatWaitsIsLetGo(Dispatch dispatch) {
		FloodEcho service = new FloodEcho();
		try (TestServer server = TestServer.with(service).dispatch(dispatch).streams(BOUNDED).start();
				TcpProxy proxy = new TcpProxy(URI.create("http://127.0.0.1:" + server.lifecycle().port()));
				EchoClient client = new EchoClient(proxy.endpoint().getPort())) {
			RawCall.start(client, EchoGrpc.getServerStreamMethod(), 1).send("").halfClose();
			service.awaitWaiting();
			proxy.reset();
			assertThat(service.outcome.join()).isEqualTo("CANCELLED: The caller waits for the stream no more");
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheClientTakesNothingThenItsStreamEndsAndTheThreadOfTheHandlerIsFree(Dispatch dispatch) {
		FloodEcho service = new FloodEcho();
		Limits limits = new Limits(null, null, Duration.ofMillis(300), 256 * 1024);
		try (TestServer server = TestServer.with(service).pool(1, 10).dispatch(dispatch).streams(limits).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getServerStreamMethod(), 1).send("").halfClose();
			String description = "The client has taken nothing for PT0.3S (rpc.server.streams.slow-consumer-timeout)";
			assertThat(service.outcome.join()).isEqualTo("CANCELLED: " + description);
			assertThat(client.unary("on the only thread").code()).isEqualTo(Status.Code.OK);
			assertThat(service.context.isCancelled()).isTrue();
			call.request(Integer.MAX_VALUE);
			assertThat(call.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(call.status().getDescription()).isEqualTo(description);
			assertThat(call.trailers.containsKey(RpcMetadata.NOT_EXECUTED)).isFalse();
			assertThat(call.texts).hasSize(service.sent.get());
			Awaitility.await().until(() -> service.events.contains("cancelled"));
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheClientTakesLittleByLittleThenItsStreamGoesOn(Dispatch dispatch) {
		FloodEcho service = new FloodEcho();
		Limits limits = new Limits(null, null, Duration.ofSeconds(1), 256 * 1024);
		try (TestServer server = TestServer.with(service).dispatch(dispatch).streams(limits).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getServerStreamMethod(), 1).send("").halfClose();
			long begin = System.nanoTime();
			Awaitility.await().pollInterval(Duration.ofMillis(50)).atMost(Duration.ofSeconds(20)).until(() -> {
				call.request(FLOOD / 40);
				return call.closed.isDone();
			});
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(1500));
			assertThat(call.status()).isEqualTo(Status.OK);
			assertThat(call.texts).hasSize(FLOOD);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAStreamGetsTooOldThenItsHandlerIsToldAndThenItIsAborted(Dispatch dispatch) {
		for (EchoService service : List.of(new IdleEcho(), new LoopIdleEcho())) {
			IdleEcho idle = (IdleEcho) service;
			Limits limits = new Limits(Duration.ofSeconds(1), Duration.ofMillis(700), null, 0);
			try (TestServer server = TestServer.with(service).dispatch(dispatch).streams(limits).start();
					EchoClient client = server.client()) {
				RawCall call = RawCall.start(client, EchoGrpc.getBidiMethod()).send("stay");
				Status status = call.status();
				assertThat(status.getCode()).isEqualTo(Status.Code.ABORTED);
				assertThat(status.getDescription())
					.isEqualTo("The stream is older than PT1S (rpc.server.streams.max-age); open it again");
				assertThat(call.trailers.containsKey(RpcMetadata.NOT_EXECUTED)).isFalse();
				assertThat(call.texts).containsExactly("MAX_AGE");
				Awaitility.await().until(() -> idle.events.contains("cancelled"));
				assertThat(idle.context.isCancelled()).isTrue();
				assertThat(client.unary("again").code()).isEqualTo(Status.Code.OK);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAHandlerEndsItsOldStreamItselfThenTheClientSeesThatEnd(Dispatch dispatch) {
		Limits limits = new Limits(Duration.ofSeconds(20), Duration.ofMillis(19_900), null, 0);
		try (TestServer server = TestServer.with(new IdleEcho()).dispatch(dispatch).streams(limits).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getBidiMethod()).send("goodbye");
			assertThat(call.status()).isEqualTo(Status.OK);
			assertThat(call.texts).containsExactly("MAX_AGE");
		}
	}

	/**
	 * Answers with many messages of 64 kB as fast as it can, without a look at the
	 * transport.
	 */
	private static class FloodEcho extends EchoService {

		private static final Pong LARGE = Pong.newBuilder().setText("x".repeat(64 * 1024)).build();

		final AtomicInteger sent = new AtomicInteger();

		final CompletableFuture<String> outcome = new CompletableFuture<>();

		final List<String> events = new CopyOnWriteArrayList<>();

		volatile Context context = Context.ROOT;

		private volatile @Nullable Thread thread;

		FloodEcho() {
			super("flood");
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responses) {
			((ServerCallStreamObserver<Pong>) responses).setOnCancelHandler(() -> this.events.add("cancelled"));
			flood(responses);
		}

		final void flood(StreamObserver<Pong> responses) {
			this.context = Context.current();
			this.thread = Thread.currentThread();
			try {
				for (int i = 0; i < FLOOD; i++) {
					responses.onNext(LARGE);
					this.sent.incrementAndGet();
				}
				responses.onCompleted();
				this.outcome.complete("completed");
			}
			catch (RuntimeException ex) {
				this.outcome.complete(String.valueOf(ex.getMessage()));
				throw ex;
			}
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responses) {
			return new Requests((request) -> flood(responses));
		}

		/**
		 * Waits until the handler waits for room, and sends nothing more.
		 */
		void awaitWaiting() {
			AtomicInteger last = new AtomicInteger(-1);
			Awaitility.await().pollInterval(Duration.ofMillis(100)).atMost(Duration.ofSeconds(20)).until(() -> {
				Thread current = this.thread;
				int before = last.getAndSet(this.sent.get());
				return current != null && before == this.sent.get()
						&& List.of(current.getStackTrace())
							.stream()
							.anyMatch((frame) -> frame.getClassName().endsWith(".WriteWindow"));
			});
		}

	}

	@NonBlocking
	private static final class LoopFloodEcho extends FloodEcho {

	}

	/**
	 * Holds streams open, and says why they are to end.
	 */
	private static class IdleEcho extends EchoService {

		final List<String> events = new CopyOnWriteArrayList<>();

		volatile Context context = Context.ROOT;

		IdleEcho() {
			super("idle");
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responses) {
			this.context = Context.current();
			((ServerCallStreamObserver<Pong>) responses).setOnCancelHandler(() -> this.events.add("cancelled"));
			StreamNotice notice = StreamNotice.current();
			return new Requests((request) -> notice.onNotice((reason) -> {
				responses.onNext(pong(reason.name()));
				if (request.getText().equals("goodbye")) {
					responses.onCompleted();
				}
			}));
		}

	}

	@NonBlocking
	private static final class LoopIdleEcho extends IdleEcho {

	}

	private record Requests(Consumer<Ping> receiver) implements StreamObserver<Ping> {

		@Override
		public void onNext(Ping value) {
			this.receiver.accept(value);
		}

		@Override
		public void onError(Throwable ex) {
			// The cancel handler is told.
		}

		@Override
		public void onCompleted() {
			// Ends by itself.
		}

	}

}
