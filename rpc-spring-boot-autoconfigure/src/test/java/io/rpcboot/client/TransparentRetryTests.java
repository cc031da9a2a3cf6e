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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.stub.StreamObserver;
import io.rpcboot.client.RpcClientSettings.Callbacks;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.client.balancer.Attempt;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.testing.InMemoryDiscovery;
import io.rpcboot.testing.RawHttp2Server;
import io.rpcboot.testing.RawHttp2Server.Call;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Which calls are sent again, told by a peer that speaks raw HTTP/2: those that it did
 * not execute for sure, and no other.
 */
class TransparentRetryTests {

	private static final Ping PING = ping("hello");

	private static final String REFUSED = "RST_STREAM closed stream. HTTP/2 error code: REFUSED_STREAM";

	private static final Metadata.Key<String> TAG = Metadata.Key.of("tag", Metadata.ASCII_STRING_MARSHALLER);

	private final List<AutoCloseable> open = new ArrayList<>();

	private final Tagger interceptor = new Tagger("interceptor");

	private final List<RpcChannelCustomizer> customizers = new ArrayList<>();

	private final Map<RawHttp2Server, Channel> channels = new ConcurrentHashMap<>();

	@AfterEach
	void close() throws Exception {
		for (int i = this.open.size() - 1; i >= 0; i--) {
			this.open.get(i).close();
		}
	}

	@Test
	void whenStreamIsRefusedThenItIsSentAgainOnce() throws Exception {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).unary(PING);
		server.nextCall().reset(Http2Error.REFUSED_STREAM);
		Call second = server.nextCall();
		assertThat(second.request()).containsExactly("hello");
		second.answer("again");
		assertThat(text(reply)).isEqualTo("again");
		assertThat(server.calls()).isEqualTo(2);
		assertThat(server.connections()).isOne();
	}

	@Test
	void whenStreamIsRefusedTwiceThenTheCallerIsTold() {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).unary(PING);
		server.nextCall().reset(Http2Error.REFUSED_STREAM);
		server.nextCall().reset(Http2Error.REFUSED_STREAM);
		assertThat(failure(reply)).hasMessageStartingWith("UNAVAILABLE: " + REFUSED);
		assertThat(callsBeforeASentinel(server)).isEqualTo(2);
	}

	@Test
	void whenGoAwayLeavesTheCallOutThenItIsSentAgainOverANewConnection() throws Exception {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).unary(PING);
		server.nextCall().leaveOut(Http2Error.NO_ERROR);
		server.nextCall().answer("again");
		assertThat(text(reply)).isEqualTo("again");
		assertThat(server.connections()).isEqualTo(2);
	}

	@Test
	void whenGoAwayTakesTheCallInThenItIsAnsweredOnItsOldConnection() throws Exception {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).unary(PING);
		Call call = server.nextCall();
		call.goAway(Http2Error.NO_ERROR);
		call.answer("first");
		assertThat(text(reply)).isEqualTo("first");
		assertThat(server.calls()).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "PROTOCOL_ERROR", "INTERNAL_ERROR", "ENHANCE_YOUR_CALM", "CANCEL", "REFUSED_STREAM" })
	void whenGoAwayHasAnErrorThenCallsThatWereSentAreNotSentAgain(Http2Error error) {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).unary(PING);
		server.nextCall().leaveOut(error);
		assertThat(failure(reply))
			.hasMessageContaining("Abrupt GOAWAY closed sent stream. HTTP/2 error code: " + error);
		assertThat(callsBeforeASentinel(server)).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "NO_ERROR", "CANCEL", "INTERNAL_ERROR", "PROTOCOL_ERROR", "ENHANCE_YOUR_CALM" })
	void whenStreamIsResetForAnotherReasonThenItIsNotSentAgain(Http2Error error) {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).unary(PING);
		server.nextCall().reset(error);
		assertThat(failure(reply)).hasMessageContaining("RST_STREAM closed stream. HTTP/2 error code: " + error);
		assertThat(callsBeforeASentinel(server)).isOne();
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
	void whenStreamIsRefusedAfterItsHeadersThenItIsNotSentAgain(MethodDescriptor.MethodType type) {
		RawHttp2Server server = server();
		Recorder recorder = call(server, type);
		Call call = server.nextCall();
		call.answerHeaders();
		call.reset(Http2Error.REFUSED_STREAM);
		assertThat(recorder.failure()).hasMessageStartingWith("UNAVAILABLE: " + REFUSED);
		assertThat(callsBeforeASentinel(server)).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { REFUSED, "Abrupt GOAWAY closed sent stream. HTTP/2 error code: NO_ERROR" })
	void whenServerAnswersWithOurTextsThenItIsNotBelieved(String text) {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).unary(PING);
		server.nextCall().fail(Status.UNAVAILABLE.withDescription(text));
		assertThat(failure(reply)).hasMessageStartingWith("UNAVAILABLE: " + text);
		assertThat(callsBeforeASentinel(server)).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenCallsWaitForAStreamThenTheyAreSentAgainAndTheOneSentIsNot(boolean goAway) throws Exception {
		callsThatWaitAreSentAgain("rpc_round_robin", goAway);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void callsThatWaitAreSentAgainWithAForeignPolicyToo(boolean goAway) throws Exception {
		callsThatWaitAreSentAgain("pick_first", goAway);
	}

	@Test
	void whenConnectionIsCutThenTheCallThatWasSentIsNotSentAgain() {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).unary(PING);
		Call call = server.nextCall();
		assertThat(call.request()).containsExactly("hello");
		call.cut();
		assertThat(failure(reply)).hasMessageContaining("UNAVAILABLE: ");
		assertThat(callsBeforeASentinel(server)).isOne();
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
	void allKindsOfCallsAreSentAgain(MethodDescriptor.MethodType type) {
		RawHttp2Server server = server();
		Recorder recorder = call(server, type);
		Call first = server.nextCall();
		List<String> request = first.request();
		first.reset(Http2Error.REFUSED_STREAM);
		Call second = server.nextCall();
		assertThat(second.request()).isEqualTo(request).startsWith("0");
		second.answer("again");
		assertThat(recorder.texts()).containsExactly("again");
		assertThat(server.calls()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 64 })
	void whenStreamIsNotHalfClosedThenWhatWasSentIsReplayedAndTheRestFollows(int messages) {
		RawHttp2Server server = server();
		Recorder recorder = new Recorder();
		StreamObserver<Ping> requests = EchoGrpc.newStub(channel(server)).bidi(recorder);
		IntStream.range(0, messages).forEach((i) -> requests.onNext(ping("" + i)));
		Call first = server.nextCall();
		IntStream.range(0, messages).forEach((i) -> assertThat(first.nextMessage()).isEqualTo("" + i));
		first.reset(Http2Error.REFUSED_STREAM);
		Call second = server.nextCall();
		IntStream.range(0, messages).forEach((i) -> assertThat(second.nextMessage()).isEqualTo("" + i));
		requests.onNext(ping("last"));
		requests.onCompleted();
		assertThat(second.request()).containsExactly("last");
		second.answer("again");
		assertThat(recorder.texts()).containsExactly("again");
	}

	@Test
	void whenMoreThan64MessagesWereSentThenTheStreamIsNotSentAgain() {
		RawHttp2Server server = server();
		Recorder recorder = new Recorder();
		StreamObserver<Ping> requests = EchoGrpc.newStub(channel(server)).clientStream(recorder);
		IntStream.range(0, 65).forEach((i) -> requests.onNext(ping("" + i)));
		Call first = server.nextCall();
		IntStream.range(0, 65).forEach((i) -> assertThat(first.nextMessage()).isEqualTo("" + i));
		first.reset(Http2Error.REFUSED_STREAM);
		assertThat(recorder.failure()).hasMessageStartingWith("UNAVAILABLE: " + REFUSED);
		assertThat(callsBeforeASentinel(server)).isOne();
	}

	@Test
	void deadlineSpansTheAttempts() {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).withDeadlineAfter(Duration.ofSeconds(2)).unary(PING);
		Call first = server.nextCall();
		first.reset(Http2Error.REFUSED_STREAM);
		Call second = server.nextCall();
		assertThat(nanos(second)).isPositive().isLessThan(nanos(first));
		assertThat(failure(reply).getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		second.awaitReset();
		assertThat(server.calls()).isEqualTo(2);
	}

	@Test
	void cancelReachesTheSecondAttempt() {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).unary(PING);
		server.nextCall().reset(Http2Error.REFUSED_STREAM);
		Call second = server.nextCall();
		reply.cancel(true);
		second.awaitReset();
		assertThat(callsBeforeASentinel(server)).isEqualTo(2);
	}

	@Test
	void interceptorsSeeOneCallAndTheirMetadataIsSentOnce() throws Exception {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).unary(PING);
		server.nextCall().reset(Http2Error.REFUSED_STREAM);
		Call second = server.nextCall();
		assertThat(second.header("rpc-caller")).containsExactly("consumer");
		assertThat(second.header("tag")).containsExactly("interceptor");
		assertThat(second.header("grpc-timeout")).hasSizeLessThan(2);
		second.answer("again");
		assertThat(text(reply)).isEqualTo("again");
		assertThat(this.interceptor.calls).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
	void metadataOfAnInterceptorInTheChannelIsSentOnce(MethodDescriptor.MethodType type) {
		Tagger inner = new Tagger("inner");
		this.customizers.add((application, builder) -> builder.intercept(inner));
		RawHttp2Server server = server();
		Recorder recorder = call(server, type);
		server.nextCall().reset(Http2Error.REFUSED_STREAM);
		Call second = server.nextCall();
		assertThat(second.header("tag")).containsExactlyInAnyOrder("interceptor", "inner");
		assertThat(second.header("rpc-caller")).containsExactly("consumer");
		second.answer("again");
		assertThat(recorder.texts()).containsExactly("again");
		assertThat(inner.calls).as("attempts").hasValue(2);
		assertThat(inner.attempts).as("the call that the attempts belong to").hasSize(1);
	}

	@Test
	void credentialsAreSentOnce() throws Exception {
		RawHttp2Server server = server();
		ListenableFuture<Pong> reply = future(server).withCallCredentials(new Token()).unary(PING);
		assertThat(server.nextCall().header("tag")).containsExactly("interceptor", "token");
		ListenableFuture<Pong> other = future(server).withCallCredentials(new Token()).unary(PING);
		Call refused = server.nextCall();
		refused.reset(Http2Error.REFUSED_STREAM);
		Call second = server.nextCall();
		assertThat(second.header("tag")).containsExactly("interceptor", "token");
		second.answer("again");
		assertThat(text(other)).isEqualTo("again");
		reply.cancel(true);
	}

	private void callsThatWaitAreSentAgain(String policy, boolean goAway) throws Exception {
		RawHttp2Server server = opened(RawHttp2Server.start(1));
		EchoGrpc.EchoFutureStub stub = EchoGrpc.newFutureStub(channel(server, policy));
		// The limit is known once there was a call.
		ListenableFuture<Pong> warm = stub.unary(PING);
		server.nextCall().answer("warm");
		assertThat(text(warm)).isEqualTo("warm");
		ListenableFuture<Pong> sent = stub.unary(ping("sent"));
		Call call = server.nextCall();
		assertThat(call.request()).containsExactly("sent");
		List<ListenableFuture<Pong>> waiting = IntStream.range(0, 3).mapToObj((i) -> stub.unary(ping("" + i))).toList();
		if (goAway) {
			call.goAway(Http2Error.NO_ERROR);
			call.answer("first");
		}
		else {
			call.cut();
		}
		List<String> texts = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 3; i++) {
			Call again = server.nextCall();
			String text = again.request().get(0);
			texts.add(text);
			again.answer(text);
		}
		assertThat(texts).containsExactlyInAnyOrder("0", "1", "2");
		for (int i = 0; i < 3; i++) {
			assertThat(text(waiting.get(i))).isEqualTo("" + i);
		}
		if (goAway) {
			assertThat(text(sent)).isEqualTo("first");
		}
		else {
			assertThat(failure(sent).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		}
		assertThat(server.calls()).as("with the first one").isEqualTo(5);
	}

	/**
	 * Makes one more call: what was sent again came before it.
	 */
	private int callsBeforeASentinel(RawHttp2Server server) {
		int before = server.calls();
		ListenableFuture<Pong> sentinel = future(server).unary(ping("sentinel"));
		Call call = server.nextCall();
		assertThat(call.request()).containsExactly("sentinel");
		call.answer("sentinel");
		assertThat(server.calls()).isEqualTo(before + 1);
		sentinel.cancel(true);
		return before;
	}

	private Recorder call(RawHttp2Server server, MethodDescriptor.MethodType type) {
		EchoGrpc.EchoStub stub = EchoGrpc.newStub(channel(server));
		Recorder recorder = new Recorder();
		switch (type) {
			case UNARY -> stub.unary(ping("0"), recorder);
			case SERVER_STREAMING -> stub.serverStream(ping("0"), recorder);
			case CLIENT_STREAMING -> send(stub.clientStream(recorder));
			default -> send(stub.bidi(recorder));
		}
		return recorder;
	}

	private static void send(StreamObserver<Ping> requests) {
		IntStream.range(0, 3).forEach((i) -> requests.onNext(ping("" + i)));
		requests.onCompleted();
	}

	private EchoGrpc.EchoFutureStub future(RawHttp2Server server) {
		return EchoGrpc.newFutureStub(channel(server));
	}

	private Channel channel(RawHttp2Server server) {
		return channel(server, "rpc_round_robin");
	}

	private Channel channel(RawHttp2Server server, String policy) {
		return this.channels.computeIfAbsent(server, (key) -> {
			RpcClientSettings settings = new RpcClientSettings("consumer",
					new RpcClientSettings.Defaults(Duration.ofSeconds(5), null, "round_robin", 4_194_304),
					Map.of("echo", new Reference(null, null, null, null, null, List.of(server.address()), Map.of())),
					Map.of(), new Callbacks(4, null));
			RpcChannels all = opened(new RpcChannels(settings, SubsetSettings.NONE, new InMemoryDiscovery(),
					BalancerContext.standard(), this.customizers, List.of(this.interceptor)));
			return all.channel("echo", policy, false, false);
		});
	}

	private RawHttp2Server server() {
		return opened(RawHttp2Server.start());
	}

	private <T extends AutoCloseable> T opened(T resource) {
		this.open.add(resource);
		return resource;
	}

	private static long nanos(Call call) {
		String text = call.header("grpc-timeout").get(0);
		long value = Long.parseLong(text.substring(0, text.length() - 1));
		Duration left = switch (text.charAt(text.length() - 1)) {
			case 'n' -> Duration.ofNanos(value);
			case 'u' -> Duration.ofNanos(value * 1000);
			default -> Duration.ofMillis(value);
		};
		return left.toNanos();
	}

	private static String text(ListenableFuture<Pong> reply) throws Exception {
		return reply.get(10, TimeUnit.SECONDS).getText();
	}

	private static StatusRuntimeException failure(ListenableFuture<Pong> reply) {
		Throwable failure = catchThrowableOfType(ExecutionException.class, () -> reply.get(10, TimeUnit.SECONDS));
		assertThat(failure).as("failure of a call").isNotNull();
		return (StatusRuntimeException) failure.getCause();
	}

	private static Ping ping(String text) {
		return Ping.newBuilder().setText(text).build();
	}

	private static final class Recorder implements StreamObserver<Pong> {

		private final List<String> texts = new CopyOnWriteArrayList<>();

		private final AtomicInteger ends = new AtomicInteger();

		private final CountDownLatch ended = new CountDownLatch(1);

		private volatile Throwable failure;

		@Override
		public void onNext(Pong value) {
			this.texts.add(value.getText());
		}

		@Override
		public void onError(Throwable ex) {
			this.failure = ex;
			onCompleted();
		}

		@Override
		public void onCompleted() {
			this.ends.incrementAndGet();
			this.ended.countDown();
		}

		List<String> texts() {
			await();
			assertThat(this.failure).isNull();
			return this.texts;
		}

		Throwable failure() {
			await();
			assertThat(this.texts).isEmpty();
			return this.failure;
		}

		private void await() {
			try {
				assertThat(this.ended.await(10, TimeUnit.SECONDS)).as("the call has ended").isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			assertThat(this.ends).hasValue(1);
		}

	}

	/**
	 * Adds a value to the header {@code tag}, whatever is in it.
	 */
	private static final class Tagger implements ClientInterceptor {

		private final String value;

		private final AtomicInteger calls = new AtomicInteger();

		private final Set<Attempt> attempts = ConcurrentHashMap.newKeySet();

		Tagger(String value) {
			this.value = value;
		}

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			Attempt attempt = options.getOption(Attempt.KEY);
			if (method.getServiceName().equals(EchoGrpc.SERVICE_NAME)) {
				this.calls.incrementAndGet();
				if (attempt != null) {
					this.attempts.add(attempt);
				}
			}
			return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
				@Override
				public void start(Listener<A> listener, Metadata headers) {
					headers.put(TAG, Tagger.this.value);
					super.start(listener, headers);
				}
			};
		}

	}

	private static final class Token extends CallCredentials {

		@Override
		public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
			Metadata token = new Metadata();
			token.put(TAG, "token");
			applier.apply(token);
		}

	}

}
