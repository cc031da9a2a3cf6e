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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What listeners are told, in which order and on which threads, and flow control: the
 * same through either dispatch.
 */
class DispatchSemanticsTests {

	private static final Metadata.Key<String> ENCODING = Metadata.Key.of("grpc-encoding",
			Metadata.ASCII_STRING_MARSHALLER);

	private static final List<MethodDescriptor<Ping, Pong>> METHODS = List.of(EchoGrpc.getUnaryMethod(),
			EchoGrpc.getServerStreamMethod(), EchoGrpc.getClientStreamMethod(), EchoGrpc.getBidiMethod());

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenACallIsMadeThenListenersAreToldInOrderOneByOneOnHandlerThreads(Dispatch dispatch) {
		for (MethodDescriptor<Ping, Pong> method : METHODS) {
			RecordingInterceptor inner = new RecordingInterceptor(ServerInterceptorOrder.VALIDATION);
			RecordingInterceptor outer = new RecordingInterceptor(0);
			try (TestServer server = TestServer.with(new EchoService("one"), inner)
				.customizer((builder) -> builder.intercept(outer))
				.dispatch(dispatch)
				.start(); EchoClient client = server.client()) {
				int messages = method.getType().clientSendsOneMessage() ? 1 : 3;
				RawCall call = RawCall.start(client, method);
				IntStream.range(0, messages).forEach((i) -> call.send("m" + i));
				assertThat(call.halfClose().status()).isEqualTo(Status.OK);
				List<String> expected = Stream
					.of(Stream.of("startCall", "onReady"), Stream.generate(() -> "onMessage").limit(messages),
							Stream.of("onHalfClose", "onComplete"))
					.flatMap((part) -> part)
					.toList();
				for (RecordingInterceptor recorder : List.of(outer, inner)) {
					Awaitility.await().until(() -> recorder.events.contains("onComplete"));
					assertThat(recorder.events).as(method.getFullMethodName()).isEqualTo(expected);
					assertThat(recorder.overlaps).hasValue(0);
					assertThat(recorder.threads).allMatch((name) -> name.startsWith("rpc-handler-"));
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAListenerBlocksThenOtherCallsOfTheConnectionGoOn(Dispatch dispatch) throws InterruptedException {
		for (String event : List.of("startCall", "onMessage", "onHalfClose")) {
			CountDownLatch gate = new CountDownLatch(1);
			CountDownLatch blocked = new CountDownLatch(METHODS.size());
			RecordingInterceptor blocking = new RecordingInterceptor(ServerInterceptorOrder.VALIDATION).on(event,
					() -> {
						blocked.countDown();
						DispatchCancellationTests.await(gate);
					});
			try (TestServer server = TestServer.with(new EchoService("one"), blocking).dispatch(dispatch).start();
					EchoClient client = server.client()) {
				List<RawCall> calls = METHODS.stream()
					.map((method) -> RawCall.start(client, method).send("blocked").halfClose())
					.toList();
				assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
				for (MethodDescriptor<Ping, Pong> method : METHODS) {
					assertThat(client.call(method, EchoClient.ping("free")).join().code()).isEqualTo(Status.Code.OK);
				}
				assertThat(calls).noneMatch((call) -> call.closed.isDone());
				gate.countDown();
				calls.forEach((call) -> assertThat(call.status()).isEqualTo(Status.OK));
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheClientIsSlowThenAServerStreamStopsAndIsToldWhenToGoOn(Dispatch dispatch) {
		ReadyEcho service = new ReadyEcho(200, 32 * 1024);
		try (TestServer server = TestServer.with(service).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getServerStreamMethod(), 1).send("").halfClose();
			Awaitility.await().until(() -> service.stopped.get() > 0 && call.texts.size() == 1);
			assertThat(service.sent).hasValueLessThan(200);
			for (int i = 2; i <= 200; i++) {
				call.request(1);
				int expected = i;
				if (i % 10 == 0) {
					Awaitility.await().until(() -> call.texts.size() == expected);
				}
			}
			assertThat(call.status()).isEqualTo(Status.OK);
			assertThat(call.texts).extracting((text) -> Integer.valueOf(text.trim()))
				.isEqualTo(IntStream.range(0, 200).boxed().toList());
			assertThat(service.told).hasValueGreaterThan(1);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheTransportIsReadyBeforeTheHandlerStartsThenTheHandlerIsTold(Dispatch dispatch) {
		CountDownLatch gate = new CountDownLatch(1);
		RecordingInterceptor blocking = new RecordingInterceptor(ServerInterceptorOrder.VALIDATION).on("startCall",
				() -> DispatchCancellationTests.await(gate));
		try (TestServer server = TestServer.with(new ReadyEcho(3, 1), blocking).pool(1, 10).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			RawCall running = RawCall.start(client, EchoGrpc.getUnaryMethod()).send("").halfClose();
			Awaitility.await().until(() -> blocking.events.contains("startCall"));
			CompletableFuture<Reply<Pong>> queued = client.call(EchoGrpc.getServerStreamMethod(), EchoClient.ping(""));
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			gate.countDown();
			assertThat(queued.join().messages()).hasSize(3);
			assertThat(running.status()).isEqualTo(Status.OK);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheHandlerRequestsByHandThenItGetsNoMoreAndTheHalfCloseAfterTheLast(Dispatch dispatch) {
		ManualEcho service = new ManualEcho();
		try (TestServer server = TestServer.with(service).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getBidiMethod());
			IntStream.range(0, 5).forEach((i) -> call.send("m" + i));
			call.halfClose();
			Awaitility.await().until(() -> service.observer.get() != null);
			assertThat(client.unary("sentinel").code()).isEqualTo(Status.Code.OK);
			for (int i = 1; i <= 5; i++) {
				assertThat(service.events).hasSize(i - 1);
				service.request(1);
				int expected = i;
				Awaitility.await().until(() -> service.events.size() >= expected);
			}
			assertThat(call.status()).isEqualTo(Status.OK);
			assertThat(service.events).containsExactly("m0", "m1", "m2", "m3", "m4", "end");
			assertThat(service.unrequested).hasValue(0);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheHandlerDoesNotReadThenTheClientIsHeldBackAndNothingIsLost(Dispatch dispatch) {
		ManualEcho service = new ManualEcho();
		String large = "x".repeat(64 * 1024);
		int limit = 1000;
		try (TestServer server = TestServer.with(service).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getBidiMethod());
			Awaitility.await().until(() -> service.observer.get() != null);
			int sent = 0;
			do {
				while (sent < limit && call.isReady()) {
					call.send(sent++ + large);
				}
				// Travels both ways, over the same connection.
				assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			}
			while (sent < limit && call.isReady());
			assertThat(sent).as("messages sent").isLessThan(limit);
			assertThat(service.events).isEmpty();
			call.halfClose();
			service.request(limit);
			assertThat(call.status()).isEqualTo(Status.OK);
			List<String> expected = new ArrayList<>();
			IntStream.range(0, sent).forEach((i) -> expected.add(i + large));
			expected.add("end");
			assertThat(service.events.equals(expected)).as("all came in order").isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheHandlerWorksAfterItsAnswerThenTheContextEndsOnlyAfterOnComplete(Dispatch dispatch) {
		CountDownLatch gate = new CountDownLatch(1);
		AtomicReference<Context> context = new AtomicReference<>();
		AtomicReference<Boolean> cancelledTooEarly = new AtomicReference<>();
		AtomicReference<String> closeThread = new AtomicReference<>();
		EchoService service = new EchoService("one") {
			@Override
			public void unary(Ping request, StreamObserver<Pong> responseObserver) {
				((ServerCallStreamObserver<Pong>) responseObserver)
					.setOnCloseHandler(() -> closeThread.set(Thread.currentThread().getName()));
				super.unary(request, responseObserver);
				DispatchCancellationTests.await(gate);
				context.set(Context.current());
			}
		};
		RecordingInterceptor recorder = new RecordingInterceptor(ServerInterceptorOrder.VALIDATION).on("onComplete",
				() -> cancelledTooEarly.set(Context.current().isCancelled()));
		try (TestServer server = TestServer.with(service, recorder).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			assertThat(RawCall.start(client, EchoGrpc.getUnaryMethod()).send("").halfClose().status())
				.isEqualTo(Status.OK);
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			assertThat(recorder.events).doesNotContain("onComplete");
			gate.countDown();
			Awaitility.await().until(() -> context.get() != null && context.get().isCancelled());
			assertThat(cancelledTooEarly).hasValue(false);
			assertThat(recorder.events).endsWith("onComplete");
			assertThat(closeThread.get()).startsWith("rpc-handler-");
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenBothSidesCompressThenTheMessagesArriveWhole(Dispatch dispatch) {
		AtomicReference<String> encoding = new AtomicReference<>();
		ServerInterceptor compressing = new ServerInterceptor() {
			@Override
			public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
					ServerCallHandler<Q, A> next) {
				encoding.set(headers.get(ENCODING));
				call.setCompression("gzip");
				return next.startCall(call, headers);
			}
		};
		try (TestServer server = TestServer.with(new EchoService("one"))
			.customizer((builder) -> builder.intercept(compressing))
			.dispatch(dispatch)
			.start(); EchoClient client = server.client()) {
			String text = "compressible ".repeat(10_000);
			assertThat(EchoGrpc.newBlockingStub(client.channel())
				.withCompression("gzip")
				.unary(EchoClient.ping(text))
				.getText()).isEqualTo(text);
			assertThat(encoding).hasValue("gzip");
		}
	}

	/** Writes only while the transport is ready. */
	private static final class ReadyEcho extends EchoService {

		final AtomicInteger told = new AtomicInteger();

		final AtomicInteger stopped = new AtomicInteger();

		final AtomicInteger sent = new AtomicInteger();

		private final int count;

		private final int size;

		ReadyEcho(int count, int size) {
			super("ready");
			this.count = count;
			this.size = size;
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			ServerCallStreamObserver<Pong> responses = (ServerCallStreamObserver<Pong>) responseObserver;
			responses.setOnReadyHandler(() -> {
				this.told.incrementAndGet();
				while (responses.isReady() && this.sent.get() < this.count) {
					responses.onNext(pong(this.sent.getAndIncrement() + " ".repeat(this.size)));
					if (this.sent.get() == this.count) {
						responses.onCompleted();
					}
				}
				this.stopped.incrementAndGet();
			});
		}

	}

}
