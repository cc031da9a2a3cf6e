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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerSettings.Deduplication;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.admission.AdmissionSettings;
import io.rpcboot.server.admission.AdmissionSettings.Limit;
import io.rpcboot.server.admission.Refusal;
import io.rpcboot.server.dedup.DeduplicationStatistics;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A deduplicated call runs once, whatever its client sends, over real connections and
 * through either dispatch.
 */
class DeduplicationTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final CountedEcho service = new CountedEcho();

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenACallIsSentAgainThenItGetsTheRecordedAnswer(Dispatch dispatch) {
		try (TestServer server = server(dispatch); EchoClient client = server.client()) {
			Reply<Pong> first = call(client, RequestHeaders.first("r-1"), "hello").join();
			assertThat(first.code()).isEqualTo(Status.Code.OK);
			assertThat(first.messages()).extracting(Pong::getServer).containsExactly("run 1");
			Reply<Pong> second = call(client, RequestHeaders.later("r-1", 10, instance(first)), "hello").join();
			assertThat(second.messages()).isEqualTo(first.messages());
			assertThat(second.status()).isEqualTo(Status.OK);
			assertThat(instance(second)).isEqualTo(instance(first));
			Reply<Pong> other = call(client, RequestHeaders.first("r-2"), "hello").join();
			assertThat(other.messages()).extracting(Pong::getServer).containsExactly("run 2");
			DeduplicationStatistics statistics = statistics(server);
			assertThat(statistics.executed()).isEqualTo(2);
			assertThat(statistics.replayed()).isEqualTo(1);
			assertThat(statistics.running()).isZero();
			assertThat(statistics.bytes()).isPositive();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheServiceThrowsThenTheMappedStatusIsRecordedWithItsTrailers(Dispatch dispatch) {
		try (TestServer server = server(dispatch); EchoClient client = server.client()) {
			Reply<Pong> first = call(client, RequestHeaders.first("r-1"), "throw").join();
			Reply<Pong> second = call(client, RequestHeaders.first("r-1"), "throw").join();
			assertThat(first.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
			assertThat(second.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
			assertThat(second.status().getDescription()).isEqualTo("run 1");
			assertThat(second.trailers().get(RpcMetadata.CORRELATION_ID))
				.isEqualTo(first.trailers().get(RpcMetadata.CORRELATION_ID))
				.isNotNull();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenSixteenThreadsSendTheSameCallThenItRunsOnceForAllOfThem(Dispatch dispatch) {
		List<EchoClient> clients = new ArrayList<>();
		try (TestServer server = server(dispatch)) {
			for (int i = 0; i < 16; i++) {
				clients.add(server.client());
			}
			List<CompletableFuture<Reply<Pong>>> calls = clients.parallelStream()
				.map((client) -> call(client, RequestHeaders.first("r-1"), "wait"))
				.toList();
			Awaitility.await().until(() -> statistics(server).joined() == 15);
			this.service.open("wait");
			assertThat(calls).allSatisfy(
					(call) -> assertThat(call.join().messages()).extracting(Pong::getServer).containsExactly("run 1"));
			assertThat(this.service.runs).hasSize(1);
			assertThat(statistics(server).executed()).isOne();
		}
		finally {
			clients.forEach(EchoClient::close);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheIdComesWithAnotherRequestThenThatIsRefused(Dispatch dispatch) {
		try (TestServer server = server(dispatch); EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> first = call(client, RequestHeaders.first("r-1"), "wait");
			this.service.awaitRuns(1);
			assertMismatch(call(client, RequestHeaders.first("r-1"), "other").join());
			this.service.open("wait");
			assertThat(first.join().code()).isEqualTo(Status.Code.OK);
			assertMismatch(call(client, RequestHeaders.first("r-1"), "other").join());
			assertThat(call(client, RequestHeaders.first("r-1"), "wait").join().code()).isEqualTo(Status.Code.OK);
			assertThat(this.service.runs).containsExactly("wait");
			assertThat(statistics(server).mismatched()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheConnectionIsCutThenTheCallRunsOnAndTheNextAttemptGetsItsAnswer(Dispatch dispatch) {
		try (TestServer server = server(dispatch); EchoClient client = server.client()) {
			Metadata headers = RequestHeaders.first("r-1");
			headers.put(RpcMetadata.LANE, "blue");
			EchoClient cut = server.client();
			CompletableFuture<Reply<Pong>> first = call(cut, headers, "wait");
			this.service.awaitRuns(1);
			cut.close();
			assertThat(first.join().code()).isEqualTo(Status.Code.UNAVAILABLE);
			CompletableFuture<Reply<Pong>> joined = call(client, RequestHeaders.first("r-1"), "wait");
			Awaitility.await().until(() -> statistics(server).joined() == 1);
			Context context = this.service.contexts.get(0);
			assertThat(context.isCancelled()).isFalse();
			assertThat(context.getDeadline()).isNotNull();
			assertThat(CallContext.LANE.get(context)).isEqualTo("blue");
			this.service.open("wait");
			assertThat(joined.join().messages()).extracting(Pong::getServer).containsExactly("run 1");
			assertThat(call(client, RequestHeaders.first("r-1"), "wait").join().messages()).extracting(Pong::getServer)
				.containsExactly("run 1");
			Awaitility.await().until(context::isCancelled);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheFirstAnswerIsLostAndTheServerIsFullThenTheNextAttemptGetsIt(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service).pool(1, 1).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			EchoClient cut = server.client();
			call(cut, RequestHeaders.first("r-1"), "wait 1");
			this.service.awaitRuns(1);
			cut.close();
			this.service.open("wait 1");
			Awaitility.await().until(() -> statistics(server).running() == 0);
			CompletableFuture<Reply<Pong>> running = call(client, RequestHeaders.first("r-2"), "wait 2");
			this.service.awaitRuns(2);
			CompletableFuture<Reply<Pong>> queued = client.unaryAsync("queued");
			client.health("");
			Reply<Pong> refused = client.unary("refused");
			assertThat(refused.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			Reply<Pong> again = call(client, RequestHeaders.first("r-1"), "wait 1").join();
			assertThat(again.messages()).extracting(Pong::getServer).containsExactly("run 1");
			CompletableFuture<Reply<Pong>> joining = call(client, RequestHeaders.first("r-2"), "wait 2");
			Awaitility.await().until(() -> statistics(server).joined() == 1);
			this.service.open("wait 2");
			assertThat(joining.join().messages()).isEqualTo(running.join().messages());
			assertThat(queued.join().code()).isEqualTo(Status.Code.OK);
			assertThat(this.service.runs).containsExactly("wait 1", "wait 2", "queued");
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheIdComesBackAfterARestartOnTheSamePortThenItDoesNotRunAgain(Dispatch dispatch) {
		int port;
		String before;
		try (TestServer server = server(dispatch); EchoClient client = server.client()) {
			before = instance(call(client, RequestHeaders.first("r-1"), "hello").join());
			port = server.lifecycle().port();
		}
		try (TestServer server = TestServer.with(this.service).dispatch(dispatch).port(port).start();
				EchoClient client = server.client()) {
			Reply<Pong> again = call(client, RequestHeaders.later("r-1", 0, before), "hello").join();
			assertThat(again.code()).isEqualTo(Status.Code.ABORTED);
			assertThat(again.status().getDescription()).matches(
					"The call may have run, and is not run again: this is attempt 2, whose first was sent 0 ms before to '"
							+ before + "'; instance '[0-9a-f-]{36}' does not know it \\(any more\\)");
			assertThat(again.trailers().containsKey(RpcMetadata.NOT_EXECUTED)).isFalse();
			assertThat(this.service.runs).hasSize(1);
			assertThat(statistics(server).aborted()).isOne();
		}
	}

	@Test
	void whenTheServerIsStartedAgainThenItIsAnotherInstanceAndDoesNotRunTheCallAgain() {
		try (TestServer server = server(Dispatch.ONE_HOP)) {
			String before;
			try (EchoClient client = server.client()) {
				before = instance(call(client, RequestHeaders.first("r-1"), "hello").join());
			}
			server.lifecycle().stop();
			server.lifecycle().start();
			try (EchoClient client = server.client()) {
				assertThat(call(client, RequestHeaders.later("r-1", 0, before), "hello").join().code())
					.isEqualTo(Status.Code.ABORTED);
			}
			assertThat(this.service.runs).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheServiceForwardsThatItsCalleeDidNotRunThenTheCallHasRunAllTheSame(Dispatch dispatch) {
		try (TestServer server = server(dispatch); EchoClient client = server.client()) {
			for (int attempt = 0; attempt < 2; attempt++) {
				Reply<Pong> reply = call(client, RequestHeaders.first("r-1"), "forward").join();
				assertThat(reply.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
				assertThat(reply.status().getDescription()).isEqualTo("run 1");
				assertThat(reply.trailers().keys()).doesNotContain("rpc-not-executed", "rpc-drain",
						"grpc-retry-pushback-ms");
				assertThat(reply.trailers().get(CountedEcho.RUN)).isEqualTo("1");
			}
			assertThat(this.service.runs).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheCallIsRefusedFurtherInThenTheNextAttemptRuns(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service, new RefusingOnce()).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			Reply<Pong> refused = call(client, RequestHeaders.first("r-1"), "hello").join();
			assertThat(refused.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(refused.trailers().get(RpcMetadata.NOT_EXECUTED)).isEqualTo("1");
			assertThat(this.service.runs).isEmpty();
			Reply<Pong> next = call(client, RequestHeaders.later("r-1", 10, ""), "hello").join();
			assertThat(next.messages()).extracting(Pong::getServer).containsExactly("run 1");
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheSecondAttemptOvertakesTheFirstThenItRunsAndTheFirstGetsItsAnswer(Dispatch dispatch) {
		try (TestServer server = server(dispatch); EchoClient client = server.client()) {
			String instance = instance(client.unary("unmarked"));
			Reply<Pong> second = call(client, RequestHeaders.later("r-1", 1, instance), "hello").join();
			Reply<Pong> first = call(client, RequestHeaders.first("r-1"), "hello").join();
			assertThat(second.messages()).extracting(Pong::getServer).containsExactly("run 2");
			assertThat(first.messages()).isEqualTo(second.messages());
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheServiceNeverAnswersThenItsTimeEndsAndThatIsRecorded(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service)
			.deduplication(
					new Deduplication(List.of(), List.of(), 1 << 20, Duration.ofSeconds(60), Duration.ofMillis(500)))
			.dispatch(dispatch)
			.start(); EchoClient client = server.client()) {
			for (int attempt = 0; attempt < 2; attempt++) {
				StatusRuntimeException failure = withoutDeadline(client, "never");
				assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
				assertThat(failure.getStatus().getDescription())
					.isEqualTo("The service did not answer until the deadline of the call, which goes on without it");
			}
			Awaitility.await().until(() -> this.service.cancelled.equals(List.of("never")));
			assertThat(this.service.runs).containsExactly("never");
			assertThat(this.service.contexts.get(0).isCancelled()).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheTimeOfACallEndsWhileItsHandlerHoldsAThreadThenItKeepsItsPermit(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service)
			.deduplication(
					new Deduplication(List.of(), List.of(), 1 << 20, Duration.ofSeconds(60), Duration.ofMillis(500)))
			.admission(new AdmissionSettings(false, new Limit(1, 0, null, null), Map.of(), Map.of(),
					TestServer.UNLIMITED.adaptive(), TestServer.UNLIMITED.callers()))
			.dispatch(dispatch)
			.start(); EchoClient client = server.client()) {
			assertThat(withoutDeadline(client, "wait").getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
			assertThat(permits(server)).isOne();
			assertThat(call(client, RequestHeaders.first("r-2"), "refused").join().code())
				.isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			this.service.open("wait");
			Awaitility.await().until(() -> permits(server) == 0);
			assertThat(call(client, RequestHeaders.first("r-3"), "after").join().code()).isEqualTo(Status.Code.OK);
			Awaitility.await().until(() -> permits(server) == 0);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheStoreIsFullThenAnEvictedCallIsAbortedAndAKeptOneReplayed(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service)
			.deduplication(
					new Deduplication(List.of(), List.of(), 50_000, Duration.ofSeconds(60), Duration.ofSeconds(60)))
			.dispatch(dispatch)
			.start(); EchoClient client = server.client()) {
			String text = "x".repeat(9_000);
			String instance = "";
			for (int i = 0; i < 10; i++) {
				instance = instance(call(client, RequestHeaders.first("r-" + i), text).join());
			}
			assertThat(statistics(server).bytes()).isLessThanOrEqualTo(50_000);
			assertThat(statistics(server).evicted()).isEqualTo(5);
			Reply<Pong> evicted = call(client, RequestHeaders.later("r-0", 100, instance), text).join();
			assertThat(evicted.code()).isEqualTo(Status.Code.ABORTED);
			Reply<Pong> kept = call(client, RequestHeaders.later("r-9", 100, instance), text).join();
			assertThat(kept.messages()).extracting(Pong::getServer).containsExactly("run 10");
			assertThat(this.service.runs).hasSize(10);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAnAnswerIsAcknowledgedThenItGoesEarlyAndTheCallDoesNotRunAgain(Dispatch dispatch) {
		try (TestServer server = server(dispatch); EchoClient client = server.client()) {
			String text = "x".repeat(100_000);
			call(client, RequestHeaders.first("r-1"), text).join();
			call(client, RequestHeaders.first("r-2"), text).join();
			assertThat(statistics(server).bytes()).isGreaterThan(200_000);
			Metadata acknowledging = RequestHeaders.first("r-3");
			acknowledging.put(RpcMetadata.ACK, "r-1,r-2,unknown");
			assertThat(call(client, acknowledging, "hello").join().code()).isEqualTo(Status.Code.OK);
			assertThat(statistics(server).bytes()).isLessThan(5_000);
			Reply<Pong> late = call(client, RequestHeaders.first("r-1"), text).join();
			assertThat(late.code()).isEqualTo(Status.Code.ABORTED);
			assertThat(this.service.runs).hasSize(3);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenHeadersAreMalformedThenTheyAreNamedAndTheServiceDoesNotRun(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service)
			.dispatch(dispatch)
			.customizer((builder) -> builder.maxInboundMetadataSize(2 << 20))
			.start(); EchoClient client = server.client()) {
			assertInvalid(client, RequestHeaders.first("x".repeat(1 << 20)), "rpc-request-id: longer than 64 char");
			Metadata anonymous = RequestHeaders.first("r-1");
			anonymous.discardAll(RpcMetadata.CLIENT_ID);
			assertInvalid(client, anonymous, "rpc-client-id: missing beside rpc-request-id");
			Metadata attempt = RequestHeaders.first("r-1");
			attempt.put(RpcMetadata.ATTEMPT, "two");
			assertInvalid(client, attempt, "rpc-attempt: 3 characters");
			Metadata acks = RequestHeaders.first("r-1");
			acks.put(RpcMetadata.ACK, ",");
			assertInvalid(client, acks, "rpc-ack: no id");
			assertThat(this.service.runs).isEmpty();
			assertThat(statistics(server).bytes()).isZero();
		}
	}

	@Test
	void whenTheCallHasNoIdOrTheMethodNoMarkThenItRunsLikeAnyOther() {
		EchoService plain = new EchoService("plain");
		try (TestServer marked = server(Dispatch.ONE_HOP);
				TestServer unmarked = TestServer.with(plain).start();
				EchoClient client = marked.client();
				EchoClient other = unmarked.client()) {
			client.unary("hello");
			client.unary("hello");
			assertThat(this.service.runs).hasSize(2);
			assertThat(call(other, RequestHeaders.first("r-1"), "hello").join().code()).isEqualTo(Status.Code.OK);
			assertThat(statistics(unmarked).executed()).isZero();
		}
	}

	@Test
	void whileTheServerDrainsThenAKnownCallIsAnsweredAndOneWithoutAConnectionIsWaitedFor() {
		TestServer server = TestServer.with(this.service)
			.shutdown(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(30))
			.start();
		try (EchoClient client = server.client()) {
			call(client, RequestHeaders.first("r-1"), "hello").join();
			EchoClient cut = server.client();
			call(cut, RequestHeaders.first("r-2"), "wait");
			this.service.awaitRuns(2);
			CompletableFuture<Void> stopped = new CompletableFuture<>();
			server.lifecycle().stop(() -> stopped.complete(null));
			Reply<Pong> replayed = call(client, RequestHeaders.first("r-1"), "hello").join();
			assertThat(replayed.messages()).extracting(Pong::getServer).containsExactly("run 1");
			cut.close();
			client.close();
			// Far longer than the drain of a server without calls and connections takes.
			assertThat(catchThrowable(() -> stopped.get(2500, TimeUnit.MILLISECONDS)))
				.isInstanceOf(java.util.concurrent.TimeoutException.class);
			this.service.open("wait");
			assertThat(stopped).succeedsWithin(BOUND);
			assertThat(this.service.contexts.get(1).isCancelled()).isTrue();
		}
	}

	private static void assertMismatch(Reply<Pong> reply) {
		assertThat(reply.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
		assertThat(reply.status().getDescription())
			.isEqualTo("rpc-request-id: used before for another request (expected: one id for each call)");
		assertThat(reply.trailers().containsKey(RpcMetadata.NOT_EXECUTED)).isFalse();
	}

	private static void assertInvalid(EchoClient client, Metadata headers, String description) {
		Reply<Pong> reply = call(client, headers, "hello").join();
		assertThat(reply.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
		assertThat(reply.status().getDescription()).startsWith(description).hasSizeLessThan(200);
		assertThat(reply.trailers().get(RpcMetadata.NOT_EXECUTED)).isEqualTo("1");
	}

	private static StatusRuntimeException withoutDeadline(EchoClient client, String text) {
		return (StatusRuntimeException) catchThrowable(() -> {
			try {
				ClientCalls
					.futureUnaryCall(io.grpc.ClientInterceptors
						.intercept(client.channel(),
								MetadataUtils.newAttachHeadersInterceptor(RequestHeaders.first("r-1")))
						.newCall(EchoGrpc.getUnaryMethod(), CallOptions.DEFAULT), EchoClient.ping(text))
					.get(20, TimeUnit.SECONDS);
			}
			catch (ExecutionException ex) {
				throw ex.getCause();
			}
		});
	}

	private TestServer server(Dispatch dispatch) {
		return TestServer.with(this.service).dispatch(dispatch).start();
	}

	private static CompletableFuture<Reply<Pong>> call(EchoClient client, Metadata headers, String text) {
		return client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping(text));
	}

	private static String instance(Reply<Pong> reply) {
		return reply.headers().get(RpcMetadata.INSTANCE);
	}

	private static int permits(TestServer server) {
		return server.lifecycle().admission().limits().get("rpc.testing.Echo").running();
	}

	private static DeduplicationStatistics statistics(TestServer server) {
		return server.lifecycle().deduplication();
	}

	/** As a limit that stands behind deduplication. */
	@GlobalServerInterceptor
	@Order(ServerInterceptorOrder.DEDUPLICATION + 1)
	private static final class RefusingOnce implements ServerInterceptor {

		private boolean refused;

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			if (!this.refused) {
				this.refused = true;
				call.close(Refusal.overloaded("no room", 0), new Metadata());
				return new ServerCall.Listener<>() {
				};
			}
			return next.startCall(call, headers);
		}

	}

}
