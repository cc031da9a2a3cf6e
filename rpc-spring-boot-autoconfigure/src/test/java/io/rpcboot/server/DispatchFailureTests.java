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

import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
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
 * Exceptions, clients that break the protocol, refusals, and interceptors that go their
 * own way: the same through either dispatch.
 */
class DispatchFailureTests {

	static final List<MethodDescriptor<Ping, Pong>> METHODS = List.of(EchoGrpc.getUnaryMethod(),
			EchoGrpc.getServerStreamMethod(), EchoGrpc.getClientStreamMethod(), EchoGrpc.getBidiMethod());

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAnInterceptorThrowsThenTheClientSeesGrpcsStatusAndOtherCallsGoOn(Dispatch dispatch) {
		assertFailure(dispatch, "startCall", new IllegalStateException("secret"), Status.Code.UNKNOWN, null);
		assertFailure(dispatch, "startCall", denied(), Status.Code.PERMISSION_DENIED, "no");
		for (String event : List.of("onReady", "onMessage", "onHalfClose")) {
			assertFailure(dispatch, event, new IllegalStateException("secret"), Status.Code.UNKNOWN,
					"Application error processing RPC");
			assertFailure(dispatch, event, denied(), Status.Code.UNKNOWN, "Application error processing RPC");
		}
	}

	private static StatusRuntimeException denied() {
		return Status.PERMISSION_DENIED.withDescription("no").asRuntimeException();
	}

	private static void assertFailure(Dispatch dispatch, String event, RuntimeException failure, Status.Code code,
			String description) {
		RecordingInterceptor failing = new RecordingInterceptor(0).on(event, () -> {
			throw failure;
		});
		try (TestServer server = TestServer.with(new EchoService("one"))
			.customizer((builder) -> builder.intercept(failing))
			.dispatch(dispatch)
			.start(); EchoClient client = server.client()) {
			for (MethodDescriptor<Ping, Pong> method : METHODS) {
				Status status = RawCall.start(client, method).send("").halfClose().status();
				assertThat(status.getCode()).as(event + " of " + method.getFullMethodName()).isEqualTo(code);
				assertThat(status.getDescription()).isEqualTo(description);
				assertThat(client.call(method, EchoClient.ping("after")).join().status()).isEqualTo(Status.OK);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAHandlerThrowsThenItsExceptionIsMapped(Dispatch dispatch) {
		EchoService failing = new EchoService("one") {
			@Override
			public void unary(Ping request, StreamObserver<Pong> responseObserver) {
				throw new IllegalArgumentException("text: '" + request.getText() + "' (expected: none)");
			}
		};
		try (TestServer server = TestServer.with(failing).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			Reply<Pong> reply = client.unary("x");
			assertThat(reply.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
			assertThat(reply.status().getDescription()).isEqualTo("text: 'x' (expected: none)");
			assertThat(client.call(EchoGrpc.getBidiMethod(), EchoClient.ping("after")).join().code())
				.isEqualTo(Status.Code.OK);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAnInterceptorReturnsNoListenerThenTheClientSeesUnknown(Dispatch dispatch) {
		try (TestServer server = TestServer.with(new EchoService("one"))
			.customizer((builder) -> builder.intercept(new ServerInterceptor() {
				@Override
				public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
						ServerCallHandler<Q, A> next) {
					return headers.containsKey(RecordingInterceptor.RECORDED) ? null : next.startCall(call, headers);
				}
			}))
			.dispatch(dispatch)
			.start(); EchoClient client = server.client()) {
			for (MethodDescriptor<Ping, Pong> method : METHODS) {
				assertThat(RawCall.start(client, method).send("").halfClose().status().getCode())
					.isEqualTo(Status.Code.UNKNOWN);
				assertThat(client.call(method, EchoClient.ping("after")).join().code()).isEqualTo(Status.Code.OK);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheClientBreaksTheProtocolOfOneRequestThenItIsToldAndTheHandlerDoesNotRun(Dispatch dispatch) {
		GatedEchoService service = new GatedEchoService();
		try (TestServer server = TestServer.with(service).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			Status two = RawCall.start(client, EchoGrpc.getUnaryMethod()).send("1").send("2").halfClose().status();
			assertThat(two.getCode()).isEqualTo(Status.Code.INTERNAL);
			assertThat(two.getDescription()).isEqualTo("Too many requests");
			Status none = RawCall.start(client, EchoGrpc.getUnaryMethod()).halfClose().status();
			assertThat(none.getCode()).isEqualTo(Status.Code.INTERNAL);
			assertThat(none.getDescription()).isEqualTo("Half-closed without a request");
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
			assertThat(service.entered()).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAHandlerRequestsLessThanOneMessageThenTheCallFails(Dispatch dispatch) {
		for (int count : new int[] { 0, -1 }) {
			ManualEcho service = new ManualEcho();
			try (TestServer server = TestServer.with(service).dispatch(dispatch).start();
					EchoClient client = server.client()) {
				RawCall call = RawCall.start(client, EchoGrpc.getBidiMethod()).send("1").send("2");
				Awaitility.await().until(() -> service.observer.get() != null);
				service.request(count);
				assertThat(call.status().getCode()).as("request(" + count + ")").isNotEqualTo(Status.Code.OK);
				assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
				assertThat(service.events).doesNotContain("1", "2");
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheQueueIsFullThenACallIsRefusedBeforeItsRequestIsSent(Dispatch dispatch) throws InterruptedException {
		GatedEchoService service = new GatedEchoService();
		try (TestServer server = TestServer.with(service).pool(1, 1).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(GatedEchoService.WAIT);
			service.awaitEntered(1);
			CompletableFuture<Reply<Pong>> queued = client.unaryAsync("queued");
			// The request has come when an answer to what was sent after it has.
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			for (MethodDescriptor<Ping, Pong> method : METHODS) {
				RawCall headersOnly = RawCall.start(client, method);
				assertThat(headersOnly.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
				assertThat(headersOnly.trailers.getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
				RawCall large = RawCall.start(client, method).send("x".repeat(3 * 1024 * 1024)).halfClose();
				assertThat(large.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			}
			service.open();
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(queued.join().code()).isEqualTo(Status.Code.OK);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAnInterceptorStartsTheHandlerLaterFromItsOwnThreadThenTheCallIsMade(Dispatch dispatch) {
		DelayedStart delayed = new DelayedStart();
		try (TestServer server = TestServer.with(new EchoService("one"), delayed).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			List<RawCall> calls = METHODS.stream()
				.map((method) -> RawCall.start(client, method).send("hello").halfClose())
				.toList();
			client.health("");
			delayed.gate.countDown();
			calls.forEach((call) -> assertThat(call.status()).isEqualTo(Status.OK));
			assertThat(calls.get(0).texts).containsExactly("hello");
			assertThat(calls.get(2).texts).containsExactly("hello");
			assertThat(calls.get(3).texts).containsExactly("hello");
		}
		finally {
			delayed.threads.shutdownNow();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAnInterceptorChangesAnswersOrClosesEarlyThenTheClientSeesThat(Dispatch dispatch) {
		GatedEchoService service = new GatedEchoService();
		try (TestServer server = TestServer.with(service, new Meddling()).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			assertThat(client.unary("loud").messages()).extracting(Pong::getText).containsExactly("LOUD");
			assertThat(service.entered()).isOne();
			for (MethodDescriptor<Ping, Pong> method : METHODS) {
				Status closed = RawCall.start(client, method).send("").halfClose().status();
				assertThat(closed.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
			}
			assertThat(service.entered()).isOne();
		}
	}

	@GlobalServerInterceptor
	private static final class Meddling implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			if (headers.containsKey(RecordingInterceptor.RECORDED)) {
				call.close(Status.UNAUTHENTICATED, new Metadata());
				return new ServerCall.Listener<>() {
				};
			}
			call.setCompression("gzip");
			return next.startCall(new SimpleForwardingServerCall<>(call) {
				@Override
				@SuppressWarnings("unchecked")
				public void sendMessage(A message) {
					Pong pong = (Pong) message;
					super.sendMessage((A) pong.toBuilder().setText(pong.getText().toUpperCase(Locale.ROOT)).build());
				}
			}, headers);
		}

	}

	/** As an authentication that asks somebody else. */
	@GlobalServerInterceptor
	private static final class DelayedStart implements ServerInterceptor {

		final CountDownLatch gate = new CountDownLatch(1);

		final ExecutorService threads = Executors.newCachedThreadPool();

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			Delayed<Q> listener = new Delayed<>();
			this.threads.execute(() -> {
				DispatchCancellationTests.await(this.gate);
				listener.start(next.startCall(call, headers));
			});
			return listener;
		}

	}

	private static final class Delayed<Q> extends ServerCall.Listener<Q> {

		private final ArrayDeque<Runnable> events = new ArrayDeque<>();

		private ServerCall.Listener<Q> delegate;

		synchronized void start(ServerCall.Listener<Q> started) {
			this.delegate = started;
			this.events.forEach(Runnable::run);
		}

		private synchronized void tell(Runnable event) {
			if (this.delegate != null) {
				event.run();
			}
			else {
				this.events.add(event);
			}
		}

		@Override
		public void onReady() {
			tell(() -> this.delegate.onReady());
		}

		@Override
		public void onMessage(Q message) {
			tell(() -> this.delegate.onMessage(message));
		}

		@Override
		public void onHalfClose() {
			tell(() -> this.delegate.onHalfClose());
		}

		@Override
		public void onCancel() {
			tell(() -> this.delegate.onCancel());
		}

		@Override
		public void onComplete() {
			tell(() -> this.delegate.onComplete());
		}

	}

}
