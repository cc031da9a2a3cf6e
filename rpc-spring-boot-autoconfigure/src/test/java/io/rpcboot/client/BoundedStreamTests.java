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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.testing.LoopbackPorts;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.EchoGrpc.EchoStub;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * How far a caller gets ahead of a slow server that sends requests in a loop and looks at
 * nothing, and who is never made to wait.
 */
class BoundedStreamTests {

	private static final int SIZE = 64 * 1024;

	private static final String BODY = ByteString.copyFrom(new byte[SIZE]).toStringUtf8();

	private final SlowServer server = new SlowServer();

	@AfterEach
	void close() {
		this.server.server.shutdownNow();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenTheServerReadsSlowlyThenALoopOfAllMessagesIsNeverFarAhead(boolean bidi) {
		int messages = 200 * 1024 * 1024 / SIZE;
		run((stub, replies) -> {
			StreamObserver<Ping> requests = bidi ? stub.bidi(replies) : stub.clientStream(replies);
			AtomicInteger sent = new AtomicInteger();
			AtomicInteger ahead = new AtomicInteger();
			Thread sender = new Thread(() -> {
				for (int i = 0; i < messages; i++) {
					requests.onNext(ping(i));
					ahead.accumulateAndGet(sent.incrementAndGet() - this.server.received.get(), Math::max);
				}
				requests.onCompleted();
			});
			sender.start();
			awaitWaiting(sender);
			assertThat(sent.get()).isLessThan(messages);
			this.server.readAll(bidi);
			assertThat(replies.end.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(Status.OK);
			assertThat(this.server.received).hasValue(messages);
			assertThat(this.server.disordered).hasValue(0);
			assertThat((long) ahead.get() * SIZE).isLessThan(4 * 1024 * 1024);
		});
	}

	@Test
	void whenTheBoundIsOffThenNobodyWaits() {
		run((stub, replies) -> {
			StreamObserver<Ping> requests = stub.clientStream(replies);
			send(requests, 320);
			assertThat(this.server.received.get()).isLessThan(40);
		}, "rpc.client.references.[echo].max-buffered=0");
	}

	@Test
	void whenTheCallIsCancelledThenTheSenderGoesOn() {
		run((stub, replies) -> {
			ClientCallStreamObserver<Ping> requests = (ClientCallStreamObserver<Ping>) stub.clientStream(replies);
			CompletableFuture<Throwable> sender = new CompletableFuture<>();
			Thread thread = new Thread(() -> sender.complete(catchThrowable(() -> send(requests, 320))));
			thread.start();
			awaitWaiting(thread);
			requests.cancel("enough", null);
			assertThat(sender.orTimeout(10, TimeUnit.SECONDS).join()).as("as gRPC has it")
				.isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("cancelled");
			assertThat(replies.end.orTimeout(10, TimeUnit.SECONDS).join().getCode()).isEqualTo(Status.Code.CANCELLED);
		});
	}

	@Test
	void whenTheDeadlinePassesThenTheSenderGoesOn() {
		run((stub, replies) -> {
			CompletableFuture<Void> sent = CompletableFuture.runAsync(
					() -> send(stub.withDeadlineAfter(300, TimeUnit.MILLISECONDS).clientStream(replies), 320),
					(task) -> new Thread(task).start());
			sent.orTimeout(10, TimeUnit.SECONDS).join();
			assertThat(replies.end.orTimeout(10, TimeUnit.SECONDS).join().getCode())
				.isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		});
	}

	@Test
	void whenTheContextOfTheCallerEndsThenTheSenderGoesOn() {
		Context.CancellableContext context = Context.current().withCancellation();
		run((stub, replies) -> {
			CompletableFuture<Void> sent = new CompletableFuture<>();
			Thread thread = new Thread(context.wrap(() -> {
				send(stub.clientStream(replies), 320);
				sent.complete(null);
			}));
			thread.start();
			awaitWaiting(thread);
			context.cancel(null);
			sent.orTimeout(10, TimeUnit.SECONDS).join();
			assertThat(replies.end.orTimeout(10, TimeUnit.SECONDS).join().getCode()).isEqualTo(Status.Code.CANCELLED);
		});
	}

	@Test
	void whenTheServerGoesThenTheSenderGoesOn() {
		run((stub, replies) -> {
			StreamObserver<Ping> requests = stub.clientStream(replies);
			CompletableFuture<Void> sent = new CompletableFuture<>();
			Thread thread = new Thread(() -> {
				send(requests, 320);
				sent.complete(null);
			});
			thread.start();
			awaitWaiting(thread);
			this.server.server.shutdownNow();
			sent.orTimeout(10, TimeUnit.SECONDS).join();
			assertThat(replies.end.orTimeout(10, TimeUnit.SECONDS).join().isOk()).isFalse();
		});
	}

	@Test
	void whenTheSenderIsInterruptedThenItIsToldStaysSoAndTheCallIsCancelled() {
		run((stub, replies) -> {
			StreamObserver<Ping> requests = stub.clientStream(replies);
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> send(requests, 320))
				.withMessage("CANCELLED: Interrupted while waiting for a slow reader");
			assertThat(Thread.interrupted()).isTrue();
			assertThat(replies.end.orTimeout(10, TimeUnit.SECONDS).join().getCode()).isEqualTo(Status.Code.CANCELLED);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "pool", "own", "loop" })
	void callbacksNeverWait(String executor) {
		ExecutorService own = Executors.newSingleThreadExecutor();
		try {
			run((stub, nonBlocking, replies) -> {
				EchoStub called = executor.equals("loop") ? nonBlocking
						: executor.equals("own") ? stub.withExecutor(own) : stub;
				replies.onReply = (requests) -> send(requests, 320);
				called.bidi(replies).onNext(ping(0));
				this.server.readOneOfBidi();
				assertThat(replies.answered.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(Status.OK);
				assertThat(this.server.received.get()).isLessThan(40);
			});
		}
		finally {
			own.shutdownNow();
		}
	}

	/**
	 * Each of them would hold a thread of the pool that the other calls need.
	 */
	@Test
	void callbacksOfAnotherCallDoNotWaitEither() {
		run((stub, replies) -> {
			StreamObserver<Ping> slow = stub.clientStream(new Replies());
			replies.onReply = (requests) -> send(slow, 320);
			stub.bidi(replies).onNext(ping(0));
			this.server.readOneOfBidi();
			assertThat(replies.answered.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(Status.OK);
		});
	}

	@Test
	void blockingCallsWaitByThemselves() {
		run((stub, replies) -> {
			BlockingClientCall<Ping, Pong> call = EchoGrpc.newBlockingV2Stub(stub.getChannel()).clientStream();
			CompletableFuture<Pong> answer = new CompletableFuture<>();
			Thread thread = new Thread(() -> {
				try {
					for (int i = 0; i < 320; i++) {
						call.write(ping(i));
					}
					call.halfClose();
					answer.complete(call.read());
				}
				catch (InterruptedException | StatusException ex) {
					answer.completeExceptionally(ex);
				}
			});
			thread.start();
			this.server.readAll(false);
			assertThat(answer.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(Pong.getDefaultInstance());
			assertThat(this.server.received).hasValue(320);
		});
	}

	@Test
	void whenTheThreadThatSendsIsTheExecutorOfTheCallThenItIsNotHeldBeforeThereIsAStream() throws Exception {
		ExecutorService own = Executors.newSingleThreadExecutor();
		int nobody = LoopbackPorts.free();
		try {
			run((stub, replies) -> {
				StreamObserver<Ping> requests = stub.withExecutor(own).withWaitForReady().clientStream(replies);
				CompletableFuture.runAsync(() -> send(requests, 320), own).orTimeout(10, TimeUnit.SECONDS).join();
				((ClientCallStreamObserver<Ping>) requests).cancel("enough", null);
			}, "rpc.client.references.[echo].addresses=127.0.0.1:" + nobody);
		}
		finally {
			own.shutdownNow();
		}
	}

	private static void send(StreamObserver<Ping> requests, int messages) {
		for (int i = 0; i < messages; i++) {
			requests.onNext(ping(i));
		}
	}

	/** Seen so a hundred times in a row: not only for a lock. */
	private static void awaitWaiting(Thread sender) {
		AtomicInteger looks = new AtomicInteger();
		Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
			looks.set((sender.getState() == Thread.State.TIMED_WAITING) ? looks.get() + 1 : 0);
			return looks.get() == 100;
		});
	}

	private static Ping ping(int number) {
		return Ping.newBuilder().setText(BODY).setCount(number).build();
	}

	private void run(BiConsumer<EchoStub, Replies> test, String... properties) {
		run((stub, nonBlocking, replies) -> test.accept(stub, replies), properties);
	}

	private void run(Scenario test, String... properties) {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
			.withUserConfiguration(Api.class)
			.withPropertyValues("rpc.registry.type=none",
					"rpc.client.references.[echo].addresses=127.0.0.1:" + this.server.server.getPort())
			.withPropertyValues(properties)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				Api api = context.getBean(Api.class);
				try {
					test.run(api.stub, api.nonBlocking, new Replies());
				}
				finally {
					// Ends what is open, for which the channels would wait.
					this.server.server.shutdownNow();
				}
			});
	}

	private interface Scenario {

		void run(EchoStub stub, EchoStub nonBlocking, Replies replies);

	}

	@Configuration(proxyBeanMethods = false)
	static class Api {

		private final EchoStub stub;

		private final EchoStub nonBlocking;

		Api(@RpcReference("echo") EchoStub stub,
				@RpcReference(value = "echo", nonBlocking = true) EchoStub nonBlocking) {
			this.stub = stub;
			this.nonBlocking = nonBlocking;
		}

	}

	/**
	 * What comes back, and what the test does when it does.
	 */
	private static final class Replies implements ClientResponseObserver<Ping, Pong> {

		private final CompletableFuture<Status> end = new CompletableFuture<>();

		private final CompletableFuture<Status> answered = new CompletableFuture<>();

		private volatile Consumer onReply = (requests) -> {
		};

		private volatile ClientCallStreamObserver<Ping> requests;

		@Override
		public void beforeStart(ClientCallStreamObserver<Ping> newRequests) {
			this.requests = newRequests;
		}

		@Override
		public void onNext(Pong pong) {
			this.onReply.accept(this.requests);
			this.answered.complete(Status.OK);
		}

		@Override
		public void onError(Throwable failure) {
			this.end.complete(Status.fromThrowable(failure));
		}

		@Override
		public void onCompleted() {
			this.end.complete(Status.OK);
		}

	}

	private interface Consumer {

		void accept(StreamObserver<Ping> requests);

	}

	/**
	 * Reads as much as the test says. Answers the first message of a bidirectional call.
	 */
	private static final class SlowServer extends EchoGrpc.EchoImplBase {

		private final AtomicInteger received = new AtomicInteger();

		private final AtomicInteger disordered = new AtomicInteger();

		private final CompletableFuture<ServerCallStreamObserver<Pong>> clientStream = new CompletableFuture<>();

		private final CompletableFuture<ServerCallStreamObserver<Pong>> bidi = new CompletableFuture<>();

		private final Server server;

		private volatile boolean readsOn;

		SlowServer() {
			try {
				this.server = NettyServerBuilder
					.forAddress(new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
					.flowControlWindow(256 * 1024)
					.addService(this)
					.build()
					.start();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		void readAll(boolean ofBidi) {
			this.readsOn = true;
			(ofBidi ? this.bidi : this.clientStream).orTimeout(10, TimeUnit.SECONDS).join().request(16);
		}

		void readOneOfBidi() {
			this.bidi.orTimeout(10, TimeUnit.SECONDS).join().request(1);
		}

		@Override
		public StreamObserver<Ping> clientStream(StreamObserver<Pong> replies) {
			return new Reader((ServerCallStreamObserver<Pong>) replies, false);
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> replies) {
			return new Reader((ServerCallStreamObserver<Pong>) replies, true);
		}

		private final class Reader implements StreamObserver<Ping> {

			private final ServerCallStreamObserver<Pong> replies;

			private final boolean bidi;

			Reader(ServerCallStreamObserver<Pong> replies, boolean bidi) {
				this.replies = replies;
				this.bidi = bidi;
				replies.disableAutoRequest();
				(bidi ? SlowServer.this.bidi : SlowServer.this.clientStream).complete(replies);
			}

			@Override
			public void onNext(Ping ping) {
				int number = SlowServer.this.received.getAndIncrement();
				if (ping.getCount() != number) {
					SlowServer.this.disordered.incrementAndGet();
				}
				if (SlowServer.this.readsOn) {
					this.replies.request(1);
				}
				if (this.bidi && number == 0) {
					this.replies.onNext(Pong.getDefaultInstance());
				}
			}

			@Override
			public void onError(Throwable failure) {
			}

			@Override
			public void onCompleted() {
				if (!this.bidi) {
					this.replies.onNext(Pong.getDefaultInstance());
				}
				this.replies.onCompleted();
			}

		}

	}

}
