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

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.rpcboot.client.balancer.PickOptions;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.balancer.policy.XxHash64;
import io.rpcboot.dispatch.ClientDispatch;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The key that calls of every kind are placed by, through a real channel.
 */
@Timeout(30)
class HashKeyInterceptorTests {

	private static final Metadata.Key<String> USER = Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER);

	private static final Context.Key<String> TRACE = Context.key("trace");

	private static final String NO_TEXT = " is placed by a hash key, and the call has none: "
			+ "RpcCallOptions.HASH_KEY is not set or empty, the request field 'text' is not set or empty";

	private final LinkedBlockingQueue<PickHints> placed = new LinkedBlockingQueue<>();

	private final List<String> traces = new ArrayList<>();

	private final String name = InProcessServerBuilder.generateName();

	private Server server;

	private ManagedChannel channel;

	@BeforeEach
	void open() throws Exception {
		this.server = InProcessServerBuilder.forName(this.name).addService(new EchoService("a")).build().start();
		this.channel = InProcessChannelBuilder.forName(this.name).build();
	}

	@AfterEach
	void close() throws InterruptedException {
		this.channel.shutdownNow();
		this.server.shutdownNow();
		assertThat(this.channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void unaryCallIsPlacedByItsRequest() throws Exception {
		assertThat(EchoGrpc.newBlockingStub(byField()).unary(ping("a")).getText()).isEqualTo("a");
		assertThat(EchoGrpc.newFutureStub(byField()).unary(ping("b")).get().getText()).isEqualTo("b");
		assertThat(EchoGrpc.newBlockingV2Stub(byField()).unary(ping("c")).getText()).isEqualTo("c");
		assertPlacedBy("a", "b", "c");
	}

	@Test
	void serverStreamIsPlacedByItsRequest() throws Exception {
		Ping request = Ping.newBuilder().setText("a").setCount(3).build();
		Iterator<Pong> answers = EchoGrpc.newBlockingStub(byField()).serverStream(request);
		assertThat(answers).toIterable().extracting(Pong::getText).containsExactly("a0", "a1", "a2");
		BlockingClientCall<?, Pong> call = EchoGrpc.newBlockingV2Stub(byField()).serverStream(request);
		assertThat(call.read().getText()).isEqualTo("a0");
		assertPlacedBy("a", "a");
	}

	@Test
	void streamsArePlacedByTheirFirstMessage() throws Exception {
		BlockingClientCall<Ping, Pong> upload = EchoGrpc.newBlockingV2Stub(byField()).clientStream();
		upload.write(ping("a"));
		upload.write(ping("b"));
		upload.halfClose();
		assertThat(upload.read().getText()).isEqualTo("a,b");
		BlockingClientCall<Ping, Pong> talk = EchoGrpc.newBlockingV2Stub(byField()).bidi();
		for (String text : List.of("c", "d", "e")) {
			talk.write(ping(text));
			assertThat(talk.read().getText()).isEqualTo(text);
		}
		talk.halfClose();
		assertThat(talk.read()).isNull();
		assertPlacedBy("a", "c");
	}

	@Test
	void whoeverSendsWhenReadyIsToldToBegin() throws Exception {
		assertThat(sendWhenReady(byField(), 1000).get().getText()).startsWith("0,1,2,").endsWith(",999");
		assertPlacedBy("0");
	}

	@Test
	void whoeverSendsWhenReadyIsToldToBeginThroughTheHandOver() throws Exception {
		Channel handedOver = ClientInterceptors.intercept(this.channel, recorder(), interceptor("text"),
				new ClientDispatch(Runnable::run));
		assertThat(sendWhenReady(handedOver, 1000).get().getText()).startsWith("0,1,2,").endsWith(",999");
	}

	@Test
	void callIsPlacedByAHeader() {
		Channel byHeader = keyed(from(HashKeySource.header("x-user")));
		Metadata headers = new Metadata();
		headers.put(USER, "42");
		EchoGrpc.EchoBlockingStub stub = EchoGrpc.newBlockingStub(byHeader)
			.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
		assertThat(stub.unary(ping("a")).getText()).isEqualTo("a");
		assertThat(stub.serverStream(Ping.newBuilder().setText("a").setCount(1).build()).next().getText())
			.isEqualTo("a0");
		assertPlacedBy("42", "42");
	}

	@Test
	void callOptionWins() {
		for (HashKeySource source : List.of(HashKeySource.NONE, HashKeySource.field("text"),
				HashKeySource.header("x-user"), HashKeySource.field("no_such_field"))) {
			EchoGrpc.newBlockingStub(keyed(from(source))).withOption(RpcCallOptions.HASH_KEY, "42").unary(ping("a"));
		}
		assertPlacedBy("42", "42", "42", "42");
	}

	@Test
	void whenCallOptionIsEmptyThenTheRequestDecides() {
		EchoGrpc.newBlockingStub(byField()).withOption(RpcCallOptions.HASH_KEY, "").unary(ping("a"));
		assertPlacedBy("a");
	}

	@Test
	void otherHintsAreKept() {
		PickHints hints = new PickHints("i-1", Set.of("i-2"), null);
		EchoGrpc.newBlockingStub(byField()).withOption(PickOptions.HINTS, hints).unary(ping("a"));
		assertThat(this.placed.poll()).isEqualTo(new PickHints("i-1", Set.of("i-2"), XxHash64.hash("a")));
	}

	@Test
	void callRunsInTheContextThatItWasMadeIn() throws Exception {
		StreamObserver<Ping> requests = Context.current()
			.withValue(TRACE, "made here")
			.call(() -> EchoGrpc.newStub(byField()).bidi(new Answers()));
		requests.onNext(ping("a"));
		requests.onCompleted();
		assertThat(this.traces).containsExactly("made here");
	}

	@Test
	void whenRequestHasNoKey() {
		Ping empty = Ping.getDefaultInstance();
		EchoGrpc.EchoBlockingStub stub = EchoGrpc.newBlockingStub(byField());
		assertRefused(() -> stub.unary(empty), "rpc.testing.Echo/Unary" + NO_TEXT);
		assertRefused(() -> stub.serverStream(empty).next(), "rpc.testing.Echo/ServerStream" + NO_TEXT);
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> EchoGrpc.newFutureStub(byField()).unary(empty).get())
			.withMessageContaining(NO_TEXT);
		assertNothingWasSent();
	}

	@Test
	void whenFirstMessageHasNoKey() {
		Answers answers = new Answers();
		StreamObserver<Ping> requests = EchoGrpc.newStub(byField()).bidi(answers);
		requests.onNext(Ping.getDefaultInstance());
		requests.onNext(ping("too late"));
		requests.onCompleted();
		assertThat(answers.failure()).isEqualTo("INVALID_ARGUMENT: rpc.testing.Echo/Bidi" + NO_TEXT);
		assertNothingWasSent();
	}

	@Test
	void whenStreamEndsBeforeItsFirstMessage() {
		Answers answers = new Answers();
		EchoGrpc.newStub(byField()).clientStream(answers).onCompleted();
		assertThat(answers.failure()).isEqualTo("INVALID_ARGUMENT: rpc.testing.Echo/ClientStream is placed by a hash "
				+ "key, and the call has none: RpcCallOptions.HASH_KEY is not set or empty, the stream ended before "
				+ "its first message");
	}

	@Test
	void whenHeaderIsMissing() {
		Channel byHeader = keyed(from(HashKeySource.header("X-User")));
		assertRefused(() -> EchoGrpc.newBlockingStub(byHeader).unary(ping("a")),
				"rpc.testing.Echo/Unary is placed by a hash key, and the call has none: RpcCallOptions.HASH_KEY is not "
						+ "set or empty, the header 'x-user' is missing or empty");
		assertNothingWasSent();
	}

	@Test
	void whenNothingElseIsNamedAndTheCallHasNoOption() {
		assertRefused(() -> EchoGrpc.newBlockingStub(keyed(from(HashKeySource.NONE))).unary(ping("a")),
				"rpc.testing.Echo/Unary is placed by a hash key, and the call has none: RpcCallOptions.HASH_KEY is not "
						+ "set or empty, no request field or header is named as its source");
	}

	@Test
	void whenRequestHasNoSuchField() {
		assertRefused(() -> EchoGrpc.newBlockingStub(keyed(interceptor("user.id"))).unary(ping("a")),
				"rpc.testing.Echo/Unary is placed by the request field 'user.id': rpc.testing.Ping has no field "
						+ "'user' (expected: one of text, count)");
		assertNothingWasSent();
	}

	@Test
	void whenThereIsNoKeyThenCallsThatAreHandedOverAreToldToo() {
		Channel handedOver = ClientInterceptors.intercept(this.channel, recorder(), interceptor("text"),
				new ClientDispatch(Runnable::run));
		Channel within = ClientInterceptors.intercept(this.channel, recorder(), interceptor("text"));
		Channel outside = ClientInterceptors.intercept(within, new ClientDispatch(Runnable::run));
		for (Channel each : List.of(handedOver, outside)) {
			Answers answers = new Answers();
			EchoGrpc.newStub(each).bidi(answers).onNext(Ping.getDefaultInstance());
			assertThat(answers.failure()).isEqualTo("INVALID_ARGUMENT: rpc.testing.Echo/Bidi" + NO_TEXT);
			answers = new Answers();
			EchoGrpc.newStub(each).unary(Ping.getDefaultInstance(), answers);
			assertThat(answers.failure()).isEqualTo("INVALID_ARGUMENT: rpc.testing.Echo/Unary" + NO_TEXT);
		}
	}

	@Test
	void whenCallIsCancelledBeforeItsFirstMessageThenItIsClosedOnce() {
		Answers answers = new Answers();
		ClientCallStreamObserver<Ping> requests = (ClientCallStreamObserver<Ping>) EchoGrpc.newStub(byField())
			.bidi(answers);
		requests.cancel("no more", null);
		requests.cancel("again", null);
		assertThat(answers.failure()).isEqualTo("CANCELLED: no more");
		assertThat(requests.isReady()).isFalse();
		assertNothingWasSent();
	}

	@Test
	void whenDeadlineHasPassedThenItIsReportedAtTheFirstMessage() {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
				() -> EchoGrpc.newBlockingStub(byField()).withDeadlineAfter(-1, TimeUnit.SECONDS).unary(ping("a")));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
	}

	private Channel byField() {
		return keyed(interceptor("text"));
	}

	/** What a reference says of the source, before the interceptor. */
	private static ClientInterceptor from(HashKeySource source) {
		return new ClientInterceptor() {
			@Override
			public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options,
					Channel next) {
				return new HashKeyInterceptor().interceptCall(method,
						options.withOption(HashKeyInterceptor.SOURCE, source), next);
			}
		};
	}

	private static ClientInterceptor interceptor(String field) {
		return from(HashKeySource.field(field));
	}

	private Channel keyed(ClientInterceptor interceptor) {
		return ClientInterceptors.intercept(this.channel, recorder(), interceptor);
	}

	/**
	 * Stands inside, and sees what a policy would. Calls without time never come to it.
	 */
	private ClientInterceptor recorder() {
		return new ClientInterceptor() {
			@Override
			public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options,
					Channel next) {
				if (options.getDeadline() == null || !options.getDeadline().isExpired()) {
					HashKeyInterceptorTests.this.placed.add(options.getOption(PickOptions.HINTS));
					String trace = TRACE.get();
					if (trace != null) {
						HashKeyInterceptorTests.this.traces.add(trace);
					}
				}
				return next.newCall(method, options);
			}
		};
	}

	private static CompletableFuture<Pong> sendWhenReady(Channel over, int count) {
		CompletableFuture<Pong> answer = new CompletableFuture<>();
		ClientCalls.asyncClientStreamingCall(over.newCall(EchoGrpc.getClientStreamMethod(), CallOptions.DEFAULT),
				new ClientResponseObserver<Ping, Pong>() {

					private int sent;

					@Override
					public void beforeStart(ClientCallStreamObserver<Ping> requests) {
						requests.setOnReadyHandler(() -> {
							while (requests.isReady() && this.sent <= count) {
								if (this.sent++ < count) {
									requests.onNext(ping(Integer.toString(this.sent - 1)));
								}
								else {
									requests.onCompleted();
								}
							}
						});
					}

					@Override
					public void onNext(Pong pong) {
						answer.complete(pong);
					}

					@Override
					public void onError(Throwable ex) {
						answer.completeExceptionally(ex);
					}

					@Override
					public void onCompleted() {
						// The answer was there before.
					}

				});
		return answer;
	}

	private void assertPlacedBy(String... keys) {
		assertThat(this.placed).extracting(PickHints::key)
			.containsExactly(List.of(keys).stream().map(XxHash64::hash).toArray(Long[]::new));
	}

	private void assertNothingWasSent() {
		assertThat(this.placed).isEmpty();
	}

	private static void assertRefused(Runnable call, String description) {
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call::run);
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
		assertThat(failure.getStatus().getDescription()).isEqualTo(description);
	}

	private static Ping ping(String text) {
		return Ping.newBuilder().setText(text).build();
	}

	private static final class Answers implements StreamObserver<Pong> {

		private final CompletableFuture<String> failure = new CompletableFuture<>();

		@Override
		public void onNext(Pong pong) {
			// Not looked at.
		}

		@Override
		public void onError(Throwable ex) {
			if (!this.failure.complete(ex.getMessage())) {
				throw new IllegalStateException("closed twice", ex);
			}
		}

		@Override
		public void onCompleted() {
			this.failure.complete("none");
		}

		String failure() {
			return this.failure.orTimeout(10, TimeUnit.SECONDS).join();
		}

	}

}
