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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
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
 * Cancellation, deadlines and contexts: the same through either dispatch.
 */
class DispatchCancellationTests {

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenCancelledWhileTheRequestIsBeingSentThenTheHandlerNeverStarts(Dispatch dispatch) {
		GatedEchoService service = new GatedEchoService();
		try (TestServer server = TestServer.with(service).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getUnaryMethod()).send("half");
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			call.cancel();
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
			assertThat(service.entered()).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenCancelledInTheQueueThenTheHandlerNeverStarts(Dispatch dispatch) throws InterruptedException {
		GatedEchoService service = new GatedEchoService();
		try (TestServer server = TestServer.with(service).pool(1, 10).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(GatedEchoService.WAIT);
			service.awaitEntered(1);
			RawCall queued = RawCall.start(client, EchoGrpc.getUnaryMethod()).send("queued").halfClose();
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			queued.cancel();
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			service.open();
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
			assertThat(service.entered()).as("handlers after the first").isOne();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenCancelledWhileTheHandlerRunsThenItsContextEndsAtOnceAndOnCancelComesAfterItOnce(Dispatch dispatch) {
		for (MethodDescriptor<Ping, Pong> method : List.of(EchoGrpc.getUnaryMethod(),
				EchoGrpc.getServerStreamMethod())) {
			CancelAwaitingEcho service = new CancelAwaitingEcho();
			RecordingInterceptor recorder = new RecordingInterceptor(ServerInterceptorOrder.VALIDATION);
			try (TestServer server = TestServer.with(service, recorder).dispatch(dispatch).start();
					EchoClient client = server.client()) {
				RawCall call = RawCall.start(client, method).send("").halfClose();
				await(service.entered);
				call.cancel();
				await(service.left);
				assertThat(service.contextCancelled).isTrue();
				assertThat(service.observerCancelled).isTrue();
				Awaitility.await().until(() -> recorder.events.contains("onCancel"));
				assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
				assertThat(recorder.events).containsExactly("startCall", "onReady", "onMessage", "onHalfClose",
						"onCancel");
				assertThat(recorder.overlaps).hasValue(0);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenCancelledWhileAnInterceptorStartsTheCallThenTheHandlerNeverRuns(Dispatch dispatch) {
		assertCancelledIn("startCall", dispatch, "startCall", "onCancel");
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenCancelledWhileAListenerGetsTheMessageThenTheHandlerNeverRuns(Dispatch dispatch) {
		assertCancelledIn("onMessage", dispatch, "startCall", "onReady", "onMessage", "onCancel");
	}

	private void assertCancelledIn(String event, Dispatch dispatch, String... expected) {
		GatedEchoService service = new GatedEchoService();
		CountDownLatch entered = new CountDownLatch(1);
		RecordingInterceptor recorder = new RecordingInterceptor(ServerInterceptorOrder.VALIDATION).on(event, () -> {
			entered.countDown();
			awaitCancellation();
		});
		try (TestServer server = TestServer.with(service, recorder).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getUnaryMethod()).send("").halfClose();
			await(entered);
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			call.cancel();
			Awaitility.await().until(() -> recorder.events.contains("onCancel"));
			assertThat(recorder.events).containsExactly(expected);
			assertThat(service.entered()).as("handlers that ran").isZero();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAStreamIsCancelledThenMessagesNotYetReceivedAreDropped(Dispatch dispatch) {
		CountDownLatch second = new CountDownLatch(1);
		ManualEcho service = new ManualEcho() {
			@Override
			void onMessage(String text) {
				if (text.equals("m1")) {
					request(10);
					second.countDown();
					awaitCancellation();
				}
			}
		};
		try (TestServer server = TestServer.with(service).pool(1, 10).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			RawCall call = RawCall.start(client, EchoGrpc.getBidiMethod());
			call.send("m0").send("m1").send("m2").send("m3").halfClose();
			Awaitility.await().until(() -> service.observer.get() != null);
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			service.request(1);
			Awaitility.await().until(() -> service.events.size() == 1);
			// Runs on the only thread, behind the messages.
			assertThat(client.unary("sentinel").code()).isEqualTo(Status.Code.OK);
			service.request(1);
			await(second);
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			call.cancel();
			Awaitility.await().until(() -> service.events.contains("cancel"));
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
			assertThat(service.events).containsExactly("m0", "m1", "cancel");
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheDeadlinePassesInTheQueueThenTheHandlerNeverRuns(Dispatch dispatch) throws InterruptedException {
		GatedEchoService service = new GatedEchoService();
		try (TestServer server = TestServer.with(service).pool(1, 10).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(GatedEchoService.WAIT);
			service.awaitEntered(1);
			CompletableFuture<Status> expired = new CompletableFuture<>();
			EchoGrpc.newStub(client.channel())
				.withDeadlineAfter(100, TimeUnit.MILLISECONDS)
				.serverStream(EchoClient.ping("expired"), new StatusObserver(expired));
			assertThat(expired.join().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			service.open();
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
			assertThat(service.entered()).isOne();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAnInterceptorSetsAContextValueThenAllSeeItAndTheDeadline(Dispatch dispatch) {
		Context.Key<String> caller = Context.key("caller");
		AtomicReference<String> seen = new AtomicReference<>();
		AtomicReference<Deadline> deadline = new AtomicReference<>();
		AtomicInteger without = new AtomicInteger();
		Runnable check = () -> {
			if (!"alice".equals(caller.get())) {
				without.incrementAndGet();
			}
		};
		EchoService service = new EchoService("one") {
			@Override
			public void unary(Ping request, StreamObserver<Pong> responseObserver) {
				seen.set(caller.get());
				deadline.set(Context.current().getDeadline());
				super.unary(request, responseObserver);
			}
		};
		RecordingInterceptor recorder = new RecordingInterceptor(ServerInterceptorOrder.VALIDATION)
			.on("startCall", check)
			.on("onReady", check)
			.on("onMessage", check)
			.on("onHalfClose", check)
			.on("onComplete", check);
		try (TestServer server = TestServer.with(service, recorder)
			.customizer((builder) -> builder.intercept(new ServerInterceptor() {
				@Override
				public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
						ServerCallHandler<Q, A> next) {
					return Contexts.interceptCall(Context.current().withValue(caller, "alice"), call, headers, next);
				}
			}))
			.dispatch(dispatch)
			.start(); EchoClient client = server.client()) {
			assertThat(RawCall.start(client, EchoGrpc.getUnaryMethod()).send("").halfClose().status())
				.isEqualTo(Status.OK);
			Awaitility.await().until(() -> recorder.events.contains("onComplete"));
			assertThat(seen).hasValue("alice");
			assertThat(without).as("callbacks without the value").hasValue(0);
			assertThat(deadline.get().timeRemaining(TimeUnit.SECONDS)).isBetween(10L, 30L);
		}
	}

	static void await(CountDownLatch latch) {
		try {
			if (!latch.await(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Nothing came");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void awaitCancellation() {
		CountDownLatch cancelled = new CountDownLatch(1);
		Context.current().addListener((context) -> cancelled.countDown(), Runnable::run);
		await(cancelled);
	}

	private static final class CancelAwaitingEcho extends EchoService {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch left = new CountDownLatch(1);

		final AtomicBoolean contextCancelled = new AtomicBoolean();

		final AtomicBoolean observerCancelled = new AtomicBoolean();

		CancelAwaitingEcho() {
			super("awaiting");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			if (this.entered.getCount() == 0) {
				super.unary(request, responseObserver);
				return;
			}
			ServerCallStreamObserver<Pong> responses = (ServerCallStreamObserver<Pong>) responseObserver;
			responses.setOnCancelHandler(() -> {
			});
			this.entered.countDown();
			awaitCancellation();
			this.contextCancelled.set(Context.current().isCancelled());
			this.observerCancelled.set(responses.isCancelled());
			this.left.countDown();
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			unary(request, responseObserver);
		}

	}

	private record StatusObserver(CompletableFuture<Status> status) implements StreamObserver<Pong> {

		@Override
		public void onNext(Pong value) {
			// Only the end counts.
		}

		@Override
		public void onError(Throwable ex) {
			this.status.complete(Status.fromThrowable(ex));
		}

		@Override
		public void onCompleted() {
			this.status.complete(Status.OK);
		}

	}

}
