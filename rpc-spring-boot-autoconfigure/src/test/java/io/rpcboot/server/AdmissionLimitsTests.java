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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.RpcServerSettings.Pool;
import io.rpcboot.server.admission.AdmissionSettings;
import io.rpcboot.server.admission.AdmissionSettings.Callers;
import io.rpcboot.server.admission.AdmissionSettings.Limit;
import io.rpcboot.server.admission.AdmissionSettings.Priority;
import io.rpcboot.server.admission.AdmissionSettings.Rate;
import io.rpcboot.server.admission.AdmissionStatistics;
import io.rpcboot.server.admission.AdmissionStatistics.Reason;
import io.rpcboot.server.admission.CallerIdentity;
import io.rpcboot.server.stream.StreamSettings;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc;
import io.rpcboot.testing.echo.Pong;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The limits of a server, over the wire and with either dispatch.
 */
class AdmissionLimitsTests {

	private static final String ECHO = "rpc.testing.Echo";

	private static final Duration LONG = Duration.ofSeconds(20);

	private final SteppedEcho service = new SteppedEcho();

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenTheLimitIsReachedThenCallsWaitAndFurtherOnesAreRefusedUnexecuted(Dispatch dispatch) {
		try (TestServer server = server(dispatch, limit(1, 1)); EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(SteppedEcho.WAIT);
			awaitCounts(server, 1, 0);
			CompletableFuture<Reply<Pong>> waits = client.unaryAsync("waits");
			awaitCounts(server, 1, 1);
			Reply<Pong> refused = client.unary("refused");
			assertThat(refused.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(refused.status().getDescription())
				.isEqualTo("rpc.testing.Echo is at its limit (rpc.server.admission): 1 of 1 calls run, 1 of 1 wait");
			assertThat(refused.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			assertThat(refused.trailers().getAll(RpcMetadata.RETRY_PUSHBACK)).containsExactly("1");
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			// A permit is taken a moment before the handler begins.
			Awaitility.await().untilAsserted(() -> assertThat(this.service.entered).containsExactly(SteppedEcho.WAIT));
			this.service.open(1);
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(waits.join().messages()).extracting(Pong::getText).containsExactly("waits");
			awaitCounts(server, 0, 0);
			assertThat(counts(server).refused()).isEqualTo(Map.of(Reason.LIMIT, 1L));
		}
	}

	static Stream<Arguments> endings() {
		return Stream.of(Dispatch.values())
			.flatMap((dispatch) -> Stream.of(Ending.values()).map((ending) -> Arguments.of(dispatch, ending)));
	}

	@ParameterizedTest
	@MethodSource("endings")
	void whateverEndsACallGivesItsPermitBackOnce(Dispatch dispatch, Ending ending) {
		try (TestServer server = server(dispatch, limit(1, 0)); EchoClient client = server.client()) {
			EchoClient other = server.client();
			RawCall call = RawCall.start(other, ending.method);
			if (ending.text != null) {
				call.send(ending.text);
			}
			if (ending.halfClosed) {
				call.halfClose();
			}
			Awaitility.await().until(() -> !this.service.entered.isEmpty());
			if (ending.open) {
				assertThat(counts(server).running()).isOne();
				assertThat(client.unary("refused").code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			}
			switch (ending.end) {
				case CANCEL -> call.cancel();
				case CUT -> other.close();
				case HALF_CLOSE -> call.halfClose();
				case NONE -> {
					// It ends by itself.
				}
			}
			if (SteppedEcho.WAIT.equals(ending.text)) {
				// The handler goes on, and so does what it may use.
				client.health("");
				assertThat(counts(server).running()).as("while the handler blocks").isOne();
				this.service.open(1);
			}
			call.status();
			awaitCounts(server, 0, 0);
			other.close();
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
			awaitCounts(server, 0, 0);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAStreamIsCutWhileItsHandlerHoldsAThreadThenItKeepsItsPermit(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service)
			.dispatch(dispatch)
			.streams(new StreamSettings.Limits(Duration.ofSeconds(3), null, null, 0))
			.admission(admission(Map.of(ECHO, limit(1, 0)), Map.of()))
			.start(); EchoClient client = server.client()) {
			RawCall stream = RawCall.start(client, EchoGrpc.getServerStreamMethod()).send(SteppedEcho.WAIT).halfClose();
			Awaitility.await().until(() -> !this.service.entered.isEmpty());
			assertThat(stream.status().getCode()).isEqualTo(Status.Code.ABORTED);
			assertThat(this.service.entered).containsExactly(SteppedEcho.WAIT);
			assertThat(counts(server).running()).isOne();
			assertThat(client.unary("refused").code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			this.service.open(1);
			awaitCounts(server, 0, 0);
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
			awaitCounts(server, 0, 0);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenMethodsShareALimitThenEachKeepsItsOwnLongestWait(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service)
			.dispatch(dispatch)
			.admission(admission(Map.of(ECHO, new Limit(1, 5, Duration.ofMillis(50), null)),
					Map.of("rpc.testing.Echo/ServerStream", new Limit(null, null, Duration.ofMinutes(10), null))))
			.start(); EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(SteppedEcho.WAIT);
			awaitCounts(server, 1, 0);
			CompletableFuture<Reply<Pong>> patient = client.call(EchoGrpc.getServerStreamMethod(),
					EchoClient.ping("patient"));
			awaitCounts(server, 1, 1);
			assertThat(client.unary("late").code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(counts(server).refused()).isEqualTo(Map.of(Reason.QUEUE_TIME, 1L));
			this.service.open(1);
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(patient.join().code()).isEqualTo(Status.Code.OK);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAWaitingCallExpiresOrItsCallerLeavesThenTheServiceNeverSeesIt(Dispatch dispatch) {
		try (TestServer server = server(dispatch, limit(1, 5)); EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(SteppedEcho.WAIT);
			awaitCounts(server, 1, 0);
			RawCall left = RawCall.start(client, EchoGrpc.getBidiMethod()).send("left");
			awaitCounts(server, 1, 1);
			RawCall hurried = RawCall.start(client, EchoGrpc.getUnaryMethod(), Duration.ofSeconds(1))
				.send("expired")
				.halfClose();
			awaitCounts(server, 1, 2);
			left.cancel();
			assertThat(hurried.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
			// The health answer comes behind the cancellation.
			client.health("");
			this.service.open(1);
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			awaitCounts(server, 0, 0);
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
			assertThat(this.service.entered).containsExactly(SteppedEcho.WAIT, "after");
			assertThat(counts(server).refused()).isEqualTo(Map.of(Reason.EXPIRED, 2L));
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenACallWaitsForTooLongThenItIsToldWhileTheOthersStillRun(Dispatch dispatch) {
		try (TestServer server = server(dispatch, new Limit(1, 5, Duration.ofMillis(50), null));
				EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(SteppedEcho.WAIT);
			awaitCounts(server, 1, 0);
			Reply<Pong> refused = client.unary("late");
			assertThat(refused.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(refused.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			assertThat(running).isNotDone();
			assertThat(counts(server).refused()).isEqualTo(Map.of(Reason.QUEUE_TIME, 1L));
			this.service.open(1);
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(this.service.entered).containsExactly(SteppedEcho.WAIT);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAServiceIsAtItsLimitThenItHoldsNoMoreThreadsAndOthersAnswer(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service, new PlainEcho())
			.pool(3, 100)
			.dispatch(dispatch)
			.admission(admission(Map.of(ECHO, limit(2, 50)), Map.of()))
			.start(); EchoClient client = server.client()) {
			List<CompletableFuture<Reply<Pong>>> slow = Stream.generate(() -> client.unaryAsync(SteppedEcho.WAIT))
				.limit(20)
				.toList();
			awaitCounts(server, 2, 18);
			for (int i = 0; i < 50; i++) {
				assertThat(client.call(PlainGrpc.getSayMethod(), EchoClient.ping("quick")).join().code())
					.isEqualTo(Status.Code.OK);
			}
			Awaitility.await().untilAsserted(() -> assertThat(this.service.entered).hasSize(2));
			this.service.open(20);
			slow.forEach((call) -> assertThat(call.join().code()).isEqualTo(Status.Code.OK));
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAMethodHasALimitOfItsOwnThenItIsCountedApart(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service)
			.dispatch(dispatch)
			.admission(admission(Map.of(ECHO, limit(1, 0)),
					Map.of("rpc.testing.Echo/ServerStream", new Limit(2, 0, null, null))))
			.start(); EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> unary = client.unaryAsync(SteppedEcho.WAIT);
			awaitCounts(server, 1, 0);
			CompletableFuture<Reply<Pong>> stream = client.call(EchoGrpc.getServerStreamMethod(),
					EchoClient.ping(SteppedEcho.WAIT));
			Awaitility.await().until(() -> this.service.entered.size() == 2);
			assertThat(client.unary("over").code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(server.lifecycle().admission().limits().get("rpc.testing.Echo/ServerStream").running()).isOne();
			this.service.open(2);
			assertThat(unary.join().code()).isEqualTo(Status.Code.OK);
			assertThat(stream.join().code()).isEqualTo(Status.Code.OK);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAMethodIsOfHighPriorityThenItsCallsGoFirst(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service)
			.dispatch(dispatch)
			.admission(admission(Map.of(ECHO, limit(1, 3)),
					Map.of("rpc.testing.Echo/ServerStream", new Limit(null, null, null, Priority.HIGH))))
			.start(); EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(SteppedEcho.WAIT);
			awaitCounts(server, 1, 0);
			CompletableFuture<Reply<Pong>> normal = client.unaryAsync("normal");
			awaitCounts(server, 1, 1);
			CompletableFuture<Reply<Pong>> high = client.call(EchoGrpc.getServerStreamMethod(),
					EchoClient.ping("high"));
			awaitCounts(server, 1, 2);
			this.service.open(1);
			Stream.of(running, normal, high)
				.forEach((call) -> assertThat(call.join().code()).isEqualTo(Status.Code.OK));
			assertThat(this.service.entered).containsExactly(SteppedEcho.WAIT, "high", "normal");
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenItIsADryRunThenCallsPassAndAreCounted(Dispatch dispatch) {
		AdmissionSettings settings = new AdmissionSettings(true, limit(1, 0), Map.of(), Map.of(),
				TestServer.UNLIMITED.adaptive(),
				new Callers(Map.of(), new Rate(0.001, 1), 10, CallerIdentity.BY_HEADER));
		try (TestServer server = TestServer.with(this.service).dispatch(dispatch).admission(settings).start();
				EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(SteppedEcho.WAIT);
			awaitCounts(server, 1, 0);
			for (int i = 0; i < 3; i++) {
				assertThat(client.unary("over").code()).isEqualTo(Status.Code.OK);
			}
			this.service.open(1);
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			awaitCounts(server, 0, 0);
			AdmissionStatistics statistics = server.lifecycle().admission();
			assertThat(statistics.dryRun()).isTrue();
			assertThat(statistics.limits().get(ECHO).refused()).isEqualTo(Map.of(Reason.LIMIT, 3L));
			assertThat(statistics.refusedByRate()).isEqualTo(Map.of(ECHO, 3L));
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenACallerIsOverItsRateThenItAloneIsRefusedUnexecutedAndHoldsNoPermit(Dispatch dispatch) {
		AdmissionSettings settings = new AdmissionSettings(false, limit(1, 0), Map.of(), Map.of(),
				TestServer.UNLIMITED.adaptive(),
				new Callers(Map.of("batch", new Rate(0.5, 2)), null, 10, CallerIdentity.BY_HEADER));
		try (TestServer server = TestServer.with(this.service).dispatch(dispatch).admission(settings).start();
				EchoClient client = server.client()) {
			assertThat(from(client, "batch").code()).isEqualTo(Status.Code.OK);
			assertThat(from(client, "batch").code()).isEqualTo(Status.Code.OK);
			Reply<Pong> refused = from(client, "batch");
			assertThat(refused.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(refused.status().getDescription())
				.isEqualTo("The caller batch is over its rate (rpc.server.admission.callers)");
			assertThat(refused.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			assertThat(Long.parseLong(refused.trailers().get(RpcMetadata.RETRY_PUSHBACK))).isBetween(1L, 2001L);
			awaitCounts(server, 0, 0);
			assertThat(from(client, "shop").code()).isEqualTo(Status.Code.OK);
			assertThat(client.health(ECHO)).isEqualTo(ServingStatus.SERVING);
			assertThat(this.service.entered).containsExactly("batch", "batch", "shop");
			assertThat(server.lifecycle().admission().refusedByRate()).isEqualTo(Map.of(ECHO, 1L));
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAServiceRunsOnAPoolOfItsOwnThenThatAloneFills(Dispatch dispatch) {
		try (TestServer server = TestServer.with(this.service, new PlainEcho())
			.pool(1, 1)
			.dispatch(dispatch)
			.executors(Map.of("slow", new Pool(1, 1)), Map.of(ECHO, "slow"))
			.start(); EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(SteppedEcho.WAIT);
			Awaitility.await().until(() -> !this.service.entered.isEmpty());
			CompletableFuture<Reply<Pong>> queued = client.unaryAsync("queued");
			Awaitility.await().until(() -> executor(server, "slow").waiting() == 1);
			Reply<Pong> refused = client.unary("refused");
			assertThat(refused.status().getDescription())
				.isEqualTo("The server's queue of calls is full: 1 (rpc.server.executors.[slow].queue-capacity)");
			assertThat(refused.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			assertThat(refused.trailers().getAll(RpcMetadata.RETRY_PUSHBACK)).containsExactly("101");
			assertThat(client.call(PlainGrpc.getSayMethod(), EchoClient.ping("quick")).join().code())
				.isEqualTo(Status.Code.OK);
			assertThat(executor(server, "slow"))
				.isEqualTo(new AdmissionStatistics.Executor(1, 1, 1, 1, 1, Map.of(ECHO, 1L)));
			assertThat(executor(server, "default").refused()).isEmpty();
			this.service.open(1);
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(queued.join().code()).isEqualTo(Status.Code.OK);
		}
	}

	@Test
	void whenAServiceRunsOnTheEventLoopThenCallsOverItsLimitAreRefusedAndNoneWaits() {
		try (TestServer server = TestServer.with(new NonBlockingEcho())
			.admission(admission(Map.of(ECHO, limit(1, 10)), Map.of()))
			.start(); EchoClient client = server.client()) {
			RawCall open = RawCall.start(client, EchoGrpc.getBidiMethod());
			awaitCounts(server, 1, 0);
			assertThat(client.unary("over").code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			open.halfClose();
			assertThat(open.status().getCode()).isEqualTo(Status.Code.OK);
			awaitCounts(server, 0, 0);
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
		}
	}

	@Test
	void whenALimitOrAnExecutorIsForAServiceThatIsNotServedThenTheStartFails() {
		assertThatStartFails(
				TestServer.with(this.service).admission(admission(Map.of("demo.Greeter", limit(1, 0)), Map.of())))
			.isEqualTo(
					"rpc.server.admission.services.[demo.Greeter]: 'demo.Greeter' is not served here (expected: one of"
							+ " [rpc.testing.Echo])");
		assertThatStartFails(TestServer.with(this.service)
			.admission(admission(Map.of(), Map.of("rpc.testing.Echo/Fly", limit(1, 0)))))
			.startsWith("rpc.server.admission.methods.[rpc.testing.Echo/Fly]: 'rpc.testing.Echo/Fly' is not served here"
					+ " (expected: one of [rpc.testing.Echo/Bidi, ");
		assertThatStartFails(
				TestServer.with(this.service).executors(Map.of("slow", new Pool(1, 1)), Map.of("demo.Greeter", "slow")))
			.startsWith("rpc.server.services.[demo.Greeter]: 'demo.Greeter' is not served here");
		assertThatStartFails(
				TestServer.with(this.service).executors(Map.of("slow", new Pool(1, 1)), Map.of(ECHO, "fast")))
			.isEqualTo(
					"The executor 'fast' of rpc.testing.Echo is unknown (expected: a bean, one of [], or a pool, one of"
							+ " [slow])");
	}

	@Test
	void whenTheServerDoesNotRunThenThereIsNothingToCount() {
		TestServer server = TestServer.with(this.service).build();
		assertThat(server.lifecycle().admission()).isEqualTo(AdmissionStatistics.NONE);
	}

	private AbstractStringAssert<?> assertThatStartFails(TestServer.Builder builder) {
		TestServer server = builder.build();
		RpcServerException failure = Assertions.catchThrowableOfType(RpcServerException.class,
				() -> server.lifecycle().start());
		assertThat(failure).isNotNull();
		return assertThat(failure.getMessage());
	}

	private TestServer server(Dispatch dispatch, Limit limit) {
		return TestServer.with(this.service)
			.dispatch(dispatch)
			.admission(admission(Map.of(ECHO, limit), Map.of()))
			.start();
	}

	private static AdmissionSettings admission(Map<String, Limit> services, Map<String, Limit> methods) {
		return new AdmissionSettings(false, Limit.NONE, services, methods, TestServer.UNLIMITED.adaptive(),
				TestServer.UNLIMITED.callers());
	}

	private static Limit limit(int maxConcurrent, int queueCapacity) {
		return new Limit(maxConcurrent, queueCapacity, LONG, null);
	}

	private static Reply<Pong> from(EchoClient client, String caller) {
		Metadata headers = new Metadata();
		headers.put(RpcMetadata.CALLER, caller);
		return client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping(caller)).join();
	}

	private static AdmissionStatistics.Limit counts(TestServer server) {
		return server.lifecycle().admission().limits().get(ECHO);
	}

	private static AdmissionStatistics.Executor executor(TestServer server, String name) {
		return server.lifecycle().admission().executors().get(name);
	}

	private static void awaitCounts(TestServer server, int running, int waiting) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(List.of(counts(server).running(), counts(server).waiting()))
				.isEqualTo(List.of(running, waiting)));
	}

	private enum End {

		NONE, CANCEL, CUT, HALF_CLOSE

	}

	/**
	 * How a call ends.
	 */
	enum Ending {

		ANSWER(EchoGrpc.getUnaryMethod(), "answer", true, false, End.NONE),

		ERROR(EchoGrpc.getUnaryMethod(), SteppedEcho.ERROR, true, false, End.NONE),

		THROW(EchoGrpc.getUnaryMethod(), SteppedEcho.THROW, true, false, End.NONE),

		CANCEL_OF_A_BLOCKED_HANDLER(EchoGrpc.getUnaryMethod(), SteppedEcho.WAIT, true, true, End.CANCEL),

		CANCEL_OF_A_SILENT_HANDLER(EchoGrpc.getUnaryMethod(), SteppedEcho.SILENT, true, true, End.CANCEL),

		CUT_OF_A_SILENT_HANDLER(EchoGrpc.getUnaryMethod(), SteppedEcho.SILENT, true, true, End.CUT),

		SERVER_STREAM_ANSWER(EchoGrpc.getServerStreamMethod(), "answer", true, false, End.NONE),

		SERVER_STREAM_CANCEL(EchoGrpc.getServerStreamMethod(), SteppedEcho.SILENT, true, true, End.CANCEL),

		SERVER_STREAM_CUT(EchoGrpc.getServerStreamMethod(), SteppedEcho.SILENT, true, true, End.CUT),

		STREAM_CLOSE(EchoGrpc.getBidiMethod(), null, false, true, End.HALF_CLOSE),

		STREAM_ERROR(EchoGrpc.getBidiMethod(), SteppedEcho.ERROR, false, false, End.NONE),

		STREAM_THROW(EchoGrpc.getBidiMethod(), SteppedEcho.THROW, false, false, End.NONE),

		STREAM_CANCEL(EchoGrpc.getBidiMethod(), "message", false, true, End.CANCEL),

		STREAM_CUT(EchoGrpc.getBidiMethod(), "message", false, true, End.CUT);

		private final MethodDescriptor<Ping, Pong> method;

		private final String text;

		private final boolean halfClosed;

		private final boolean open;

		private final End end;

		Ending(MethodDescriptor<Ping, Pong> method, String text, boolean halfClosed, boolean open, End end) {
			this.method = method;
			this.text = text;
			this.halfClosed = halfClosed;
			this.open = open;
			this.end = end;
		}

	}

	private static final class PlainEcho extends PlainGrpc.PlainImplBase {

		@Override
		public void say(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(Pong.newBuilder().setText(request.getText()).build());
			responseObserver.onCompleted();
		}

	}

	@NonBlocking
	private static final class NonBlockingEcho extends EchoService {

		NonBlockingEcho() {
			super("loop");
		}

	}

}
