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

package io.rpcboot.client.attempt;

import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.google.protobuf.Descriptors;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.CallReport.Reason;
import io.rpcboot.client.attempt.FakeChannel.FakeCall;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which calls are sent again, when and where to, and what those say that are not.
 */
class RetryTests extends AbstractAttemptTests {

	@Test
	void whenAnIdempotentCallFailsThenItIsSentToAnotherInstanceAfterTheBackoff() {
		call(IDEMPOTENT);
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(49);
		assertThat(this.channel.attempts).hasSize(1);
		this.time.passMillis(1);
		FakeCall<?> second = this.channel.attempt(1);
		assertThat(second.steps).containsExactly("start", "request 2", "send", "halfClose");
		assertThat(second.hints().avoided()).containsExactly("p-0");
		assertThat(second.header(RpcMetadata.NO_RETRY)).isEqualTo("1");
		assertThat(this.channel.attempt(0).header(RpcMetadata.NO_RETRY)).isNull();
		second.fail(UNAVAILABLE);
		this.time.passMillis(100);
		assertThat(this.channel.attempt(2).hints().avoided()).containsExactlyInAnyOrder("p-0", "p-1");
		this.channel.attempt(2).answerHeaders();
		this.channel.attempt(2).answer(Pong.getDefaultInstance());
		this.channel.attempt(2).close(Status.OK);
		assertThat(this.recorder.events).containsExactly("headers", "message", "OK");
		assertThat(this.counters.retries()).isEqualTo(2);
	}

	@Test
	void whenNoAttemptIsLeftThenAnAnswerWithoutItsStatusIsNone() {
		call(IDEMPOTENT);
		fail(2, UNAVAILABLE);
		this.channel.attempt(2).answerHeaders();
		this.channel.attempt(2).answer(Pong.getDefaultInstance());
		this.channel.attempt(2).fail(UNAVAILABLE);
		assertThat(this.recorder.events).containsExactly("headers", "UNAVAILABLE");
	}

	@Test
	void whenGrpcSaysUnknownOfAConnectionThatIsGoneThenTheAttemptIsUnavailable() {
		Status closed = Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());
		call(DEDUPLICATED);
		this.channel.attempt(0).fail(closed);
		this.time.passMillis(50);
		assertThat(this.channel.attempts).hasSize(2);
		call(AttemptPolicy.DEFAULT);
		this.channel.attempt(2).fail(closed);
		assertThat(this.recorder.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(this.recorder.reason()).isEqualTo(Reason.MAY_HAVE_RUN);
	}

	@Test
	void whenNoInstanceWasFoundThenTheNextAttemptCostsTheBudgetNothing() {
		this.channel.picks = false;
		for (int call = 0; call < 200; call++) {
			int before = this.channel.attempts.size();
			call(IDEMPOTENT);
			this.channel.attempt(before).close(UNAVAILABLE);
			this.time.passMillis(50);
			assertThat(this.channel.attempts).hasSize(before + 2);
		}
	}

	@Test
	void whenAllAttemptsFailThenTheLastStatusIsToldWithAReport() {
		call(IDEMPOTENT);
		fail(3, UNAVAILABLE);
		assertThat(this.channel.attempts).hasSize(3);
		Status told = this.recorder.status();
		assertThat(told.getDescription()).isEqualTo("io exception [3 attempts in 150 ms: UNAVAILABLE at p-0, "
				+ "UNAVAILABLE at p-1, UNAVAILABLE at p-2; not retried: no more attempts are allowed]");
		CallReport report = CallReport.from(told.asRuntimeException());
		assertThat(report.reason()).isEqualTo(Reason.MAX_ATTEMPTS);
		assertThat(report.attempts()).extracting(CallReport.Attempt::instance).containsExactly("p-0", "p-1", "p-2");
		assertThat(this.counters.notRetried(Reason.MAX_ATTEMPTS)).isOne();
	}

	@Test
	void whetherTheSchemaAllowsItIsReadWhenACallHasFailed() {
		AtomicInteger reads = new AtomicInteger();
		Object schema = EchoGrpc.getUnaryMethod().getSchemaDescriptor();
		MethodDescriptor<Ping, Pong> method = EchoGrpc.getUnaryMethod()
			.toBuilder()
			.setSchemaDescriptor(new CountedSchema((ProtoMethodDescriptorSupplier) schema, reads))
			.build();
		call(method, CallOptions.DEFAULT);
		this.channel.attempt(0).answerHeaders();
		this.channel.attempt(0).answer(Pong.getDefaultInstance());
		this.channel.attempt(0).close(Status.OK);
		assertThat(reads).hasValue(0);
		call(method, CallOptions.DEFAULT);
		this.channel.attempt(1).fail(UNAVAILABLE);
		assertThat(reads).hasValue(1);
	}

	@Test
	void whenACallMayHaveRunAndIsNotIdempotentThenItIsNotSentAgain() {
		call(AttemptPolicy.DEFAULT);
		this.channel.attempt(0).fail(UNAVAILABLE);
		assertThat(this.time.waiting()).isZero();
		assertThat(this.recorder.status().getDescription()).isEqualTo("io exception [1 attempt in 0 ms: UNAVAILABLE at "
				+ "p-0; not retried: it may have run, and the method is not declared idempotent]");
		assertThat(this.recorder.reason()).isEqualTo(Reason.MAY_HAVE_RUN);
	}

	@Test
	void whenASingleCallSaysThatItIsIdempotentThenItIsSentAgain() {
		call(EchoGrpc.getUnaryMethod(), CallOptions.DEFAULT.withOption(AttemptPolicy.IDEMPOTENT, true));
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(50);
		assertThat(this.channel.attempts).hasSize(2);
	}

	@Test
	void whenASingleCallSaysThatItIsNotIdempotentThenItIsNotSentAgain() {
		call(EchoGrpc.getUnaryMethod(), options(IDEMPOTENT).withOption(AttemptPolicy.IDEMPOTENT, false));
		this.channel.attempt(0).fail(UNAVAILABLE);
		assertThat(this.recorder.reason()).isEqualTo(Reason.MAY_HAVE_RUN);
	}

	@ParameterizedTest
	@EnumSource(names = { "INTERNAL", "UNKNOWN", "DEADLINE_EXCEEDED" })
	void whenTheStatusIsNotListedThenAnIdempotentCallIsNotSentAgain(Status.Code code) {
		call(IDEMPOTENT);
		this.channel.attempt(0).fail(code.toStatus());
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.recorder.reason()).isEqualTo(Reason.STATUS);
	}

	@ParameterizedTest
	@EnumSource(names = { "NOT_FOUND", "INVALID_ARGUMENT", "PERMISSION_DENIED", "ABORTED", "RESOURCE_EXHAUSTED" })
	void answersOfTheApplicationAreToldAsTheyAre(Status.Code code) {
		call(IDEMPOTENT);
		Status answer = code.toStatus().withDescription("no");
		this.channel.attempt(0).fail(answer);
		assertThat(this.recorder.status()).isSameAs(answer);
	}

	@Test
	void whenTheServerSaysThatItDidNotExecuteThenAnyCallIsSentElsewhereAfterThePushBack() {
		call(AttemptPolicy.DEFAULT);
		this.channel.attempt(0).fail(OVERLOADED, notExecuted("70"));
		this.time.passMillis(69);
		assertThat(this.channel.attempts).hasSize(1);
		this.time.passMillis(1);
		assertThat(this.channel.attempt(1).hints().avoided()).containsExactly("p-0");
		assertThat(this.counters.retries()).isOne();
	}

	@Test
	void whenOneAttemptMayHaveRunThenNoProofOfAnotherHelps() {
		call(AttemptPolicy.DEFAULT);
		this.channel.attempt(0).fail(OVERLOADED, notExecuted(null));
		this.time.passMillis(50);
		this.channel.attempt(1).fail(UNAVAILABLE);
		assertThat(this.channel.attempts).hasSize(2);
		assertThat(this.recorder.reason()).isEqualTo(Reason.MAY_HAVE_RUN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "soon", "" })
	void whenThePushBackSaysNoThenNothingIsSentAgain(String pushBack) {
		call(IDEMPOTENT);
		this.channel.attempt(0).fail(OVERLOADED, notExecuted(pushBack));
		assertThat(this.recorder.reason()).isEqualTo(Reason.PUSH_BACK);
	}

	@Test
	void whenServersLeaveThenTheCallGoesOnAtOnceAndForNothing() {
		withdrawAll();
		call(AttemptPolicy.DEFAULT);
		Metadata leaving = notExecuted(null);
		leaving.put(RpcMetadata.DRAIN, RpcMetadata.SET);
		for (int i = 0; i < 5; i++) {
			this.channel.attempt(i).fail(Status.UNAVAILABLE, leaving);
		}
		assertThat(this.channel.attempt(5).hints().avoided()).hasSize(5);
		assertThat(this.counters.retries()).isZero();
		assertThat(this.channel.attempt(5).header(RpcMetadata.NO_RETRY)).isNull();
	}

	@Test
	void whenTheTrailerFollowsHeadersThenItIsNotBelieved() {
		call(IDEMPOTENT);
		this.channel.attempt(0).answerHeaders();
		this.channel.attempt(0).fail(OVERLOADED, notExecuted(null));
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.recorder.events).first().isEqualTo("headers");
	}

	@Test
	void whenTheBudgetIsUsedUpThenNothingIsSentAgain() {
		withdrawAll();
		call(IDEMPOTENT);
		this.channel.attempt(0).fail(UNAVAILABLE);
		assertThat(this.recorder.reason()).isEqualTo(Reason.BUDGET);
	}

	@Test
	void whenLessTimeIsLeftThanTheBackoffThenNothingIsSentAgain() {
		Deadline deadline = Deadline.after(80, TimeUnit.MILLISECONDS, this.time);
		call(EchoGrpc.getUnaryMethod(), options(IDEMPOTENT).withDeadline(deadline)
			.withOption(AttemptPolicy.TIMEOUT_ORIGIN, "rpc.client.defaults.timeout"));
		this.time.passMillis(30);
		this.channel.attempt(0).fail(UNAVAILABLE);
		assertThat(this.recorder.status().getDescription())
			.isEqualTo("io exception [1 attempt in 30 ms: UNAVAILABLE at p-0; 50 ms left of "
					+ "rpc.client.defaults.timeout; not retried: not enough time is left]");
	}

	@Test
	void whenMadeForARetryThenItIsNotRetriedAndSaysSoDownstream() {
		Context.current().withValue(CallContext.NO_RETRY, true).run(() -> call(IDEMPOTENT));
		assertThat(this.channel.attempt(0).header(RpcMetadata.NO_RETRY)).isEqualTo("1");
		this.channel.attempt(0).fail(UNAVAILABLE);
		assertThat(this.recorder.reason()).isEqualTo(Reason.CHAIN_STOP);
	}

	@Test
	void whenMadeForARetryThenWhatNeverLeftIsSentAgainAllTheSame() {
		Context.current().withValue(CallContext.NO_RETRY, true).run(() -> call(AttemptPolicy.DEFAULT));
		this.channel.attempt(0).close(UNAVAILABLE);
		assertThat(this.channel.attempts).hasSize(2);
	}

	@Test
	void whenCancelledDuringTheBackoffThenItEndsAtOnceAndOnce() {
		ClientCall<Ping, Pong> call = call(IDEMPOTENT);
		this.channel.attempt(0).fail(UNAVAILABLE);
		call.cancel("enough", null);
		assertThat(this.recorder.status().getCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(this.recorder.status().getDescription()).isEqualTo("enough");
		assertThat(this.time.waiting()).isZero();
		this.time.passMillis(1_000);
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.recorder.events).hasSize(1);
	}

	@Test
	void whenTheContextIsCancelledDuringTheBackoffThenItEndsAtOnce() {
		Context.CancellableContext context = Context.current().withCancellation();
		context.run(() -> call(IDEMPOTENT));
		this.channel.attempt(0).fail(UNAVAILABLE);
		context.cancel(null);
		assertThat(this.recorder.status().getCode()).isEqualTo(Status.Code.CANCELLED);
		this.time.passMillis(1_000);
		assertThat(this.channel.attempts).hasSize(1);
	}

	@Test
	void whenAServerStreamFailsBeforeItsFirstMessageThenItIsSentAgain() {
		call(EchoGrpc.getServerStreamMethod(), options(IDEMPOTENT));
		this.channel.attempt(0).answerHeaders();
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(50);
		this.channel.attempt(1).answerHeaders();
		this.channel.attempt(1).answer(Pong.getDefaultInstance());
		assertThat(this.recorder.events).containsExactly("headers", "message");
		this.channel.attempt(1).fail(UNAVAILABLE);
		assertThat(this.channel.attempts).hasSize(2);
		assertThat(this.recorder.events).containsExactly("headers", "message", "UNAVAILABLE");
	}

	@Test
	void whenMoreThanOneMessageIsSentThenTheCallIsNotIdempotent() {
		call(EchoGrpc.getClientStreamMethod(), options(IDEMPOTENT));
		this.channel.attempt(0).fail(UNAVAILABLE);
		assertThat(this.recorder.reason()).isEqualTo(Reason.MAY_HAVE_RUN);
	}

	@Test
	void whenAllBackendsFailUnderTenTimesTheLoadThenTheBudgetBoundsWhatIsSent() {
		int seconds = 60;
		long offered = 0;
		for (int second = 0; second < seconds; second++) {
			int load = (second < 20) ? 50 : 500;
			for (int i = 0; i < load; i++) {
				int before = this.channel.attempts.size();
				call(IDEMPOTENT);
				offered++;
				this.channel.attempt(before).fail(UNAVAILABLE);
			}
			passAndFail(1_000);
		}
		passAndFail(2_000);
		assertThat(this.channel.attempts.size()).isLessThanOrEqualTo((int) (1.2 * offered + 10 * seconds));
		assertThat((long) this.channel.attempts.size()).isGreaterThan(offered + offered / 6);
		assertThat(this.recorder.events).hasSize((int) offered);
	}

	@Test
	void whenAStreamHasSentMoreThanIsKeptThenItIsNotSentAgain() {
		assertThat(attemptsOfAStream(4, 63 * 1024)).as("252 kB").isEqualTo(2);
		assertThat(attemptsOfAStream(4, 65 * 1024)).as("260 kB").isOne();
		assertThat(attemptsOfAStream(64, 1)).as("64 messages").isEqualTo(2);
		assertThat(attemptsOfAStream(65, 1)).as("65 messages").isOne();
	}

	/**
	 * How often a stream is sent that the server refuses, after so many messages.
	 */
	private int attemptsOfAStream(int messages, int bytes) {
		this.channel.attempts.clear();
		ClientCall<Ping, Pong> call = this.engine.interceptor("echo")
			.interceptCall(EchoGrpc.getBidiMethod(), options(AttemptPolicy.DEFAULT), this.channel);
		call.start(this.recorder, new Metadata());
		Ping message = Ping.newBuilder().setText("x".repeat(bytes)).build();
		IntStream.range(0, messages).forEach((i) -> call.sendMessage(message));
		Metadata refusal = notExecuted(null);
		refusal.put(RpcMetadata.DRAIN, RpcMetadata.SET);
		this.channel.attempt(0).fail(OVERLOADED, refusal);
		return this.channel.attempts.size();
	}

	private void fail(int attempts, Status status) {
		for (int i = 0; i < attempts; i++) {
			this.channel.attempt(i).fail(status);
			this.time.passMillis(50L << i);
		}
	}

	private void passAndFail(long millis) {
		for (long passed = 0; passed < millis; passed += 50) {
			int known = this.channel.attempts.size();
			this.time.passMillis(50);
			for (int i = known; i < this.channel.attempts.size(); i++) {
				this.channel.attempt(i).fail(UNAVAILABLE);
			}
		}
	}

	private void withdrawAll() {
		RetryBudget budget = this.engine.target("echo").budget();
		assertThat(IntStream.range(0, 101).filter((i) -> budget.tryWithdraw()).count()).isEqualTo(100);
	}

	private record CountedSchema(ProtoMethodDescriptorSupplier schema,
			AtomicInteger reads) implements ProtoMethodDescriptorSupplier {

		@Override
		public Descriptors.MethodDescriptor getMethodDescriptor() {
			this.reads.incrementAndGet();
			return this.schema.getMethodDescriptor();
		}

		@Override
		public Descriptors.ServiceDescriptor getServiceDescriptor() {
			return this.schema.getServiceDescriptor();
		}

		@Override
		public Descriptors.FileDescriptor getFileDescriptor() {
			return this.schema.getFileDescriptor();
		}

	}

}
