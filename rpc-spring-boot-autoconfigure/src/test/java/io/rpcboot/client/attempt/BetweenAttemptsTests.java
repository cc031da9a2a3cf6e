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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.CallReport.Reason;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What can happen to a call after one attempt has failed and before the next is the one
 * to talk to.
 */
class BetweenAttemptsTests extends AbstractAttemptTests {

	private static final Context.Key<String> TENANT = Context.key("tenant");

	private static final Metadata.Key<String> DETAIL = Metadata.Key.of("detail", Metadata.ASCII_STRING_MARSHALLER);

	@ParameterizedTest
	@ValueSource(ints = { 64, 65 })
	void whenMoreIsSentDuringTheBackoffThanIsKeptThenTheStreamIsNotSentAgain(int messages) {
		ClientCall<Ping, Pong> call = started(EchoGrpc.getClientStreamMethod(), options(AttemptPolicy.DEFAULT));
		call.request(2);
		Metadata refusal = notExecuted("70");
		refusal.put(DETAIL, "full");
		this.channel.attempt(0).fail(OVERLOADED, refusal);
		IntStream.range(0, messages).forEach((i) -> call.sendMessage(Ping.getDefaultInstance()));
		call.halfClose();
		this.time.passMillis(70);
		if (messages == 64) {
			assertThat(this.channel.attempt(1).steps).hasSize(1 + 1 + 64 + 1);
			assertThat(this.recorder.closed).isEmpty();
			return;
		}
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.recorder.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(this.recorder.trailers.get(DETAIL)).isEqualTo("full");
		assertThat(this.recorder.reason()).isEqualTo(Reason.NOT_KEPT);
		assertThat(this.counters.notRetried(Reason.NOT_KEPT)).isOne();
	}

	@Test
	void whenAnAnswerOfTheApplicationFollowsARetryThenItIsToldAsItIs() {
		call(IDEMPOTENT);
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(50);
		Status answer = Status.NOT_FOUND.withDescription("no order");
		this.channel.attempt(1).fail(answer);
		assertThat(this.recorder.status()).isSameAs(answer);
		for (Reason reason : Reason.values()) {
			assertThat(this.counters.notRetried(reason)).as(reason.name()).isZero();
		}
	}

	@Test
	void whenAnAnswerFollowsAttemptsThatSurelyDidNotRunThenItIsAcknowledged() {
		call(DEDUPLICATED);
		this.channel.attempt(0).fail(OVERLOADED, notExecuted(null));
		this.time.passMillis(50);
		this.channel.attempt(1).fail(Status.NOT_FOUND, detail());
		assertThat(acknowledged("p-1")).isEqualTo(this.channel.attempt(0).header(RpcMetadata.REQUEST_ID));
	}

	@Test
	void whenAnAnswerFollowsAnAttemptThatMayStillArriveThenItIsNotAcknowledged() {
		call(DEDUPLICATED);
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(50);
		this.channel.attempt(1).fail(Status.NOT_FOUND, detail());
		assertThat(acknowledged("p-0")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Keepalive failed. The connection is likely gone", "Channel shutdownNow invoked" })
	void whenThisSideClosesTheConnectionByForceThenItIsNoProofThatNothingLeft(String text) {
		call(AttemptPolicy.DEFAULT);
		this.channel.attempt(0).close(Status.UNAVAILABLE.withDescription(text));
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.recorder.reason()).isEqualTo(Reason.MAY_HAVE_RUN);
	}

	@Test
	void whenTheApplicationEndsThenACallInItsBackoffEndsToo() {
		call(IDEMPOTENT);
		this.channel.attempt(0).fail(UNAVAILABLE);
		assertThat(this.recorder.closed).isEmpty();
		this.engine.close();
		assertThat(this.recorder.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(this.recorder.status().getDescription())
			.startsWith("The channel was closed before the call was sent again [1 attempt in 0 ms: UNAVAILABLE at p-0");
		assertThat(this.recorder.reason()).isEqualTo(Reason.STOPPED);
		this.engine.close();
		this.time.passMillis(1_000);
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.recorder.closed).hasSize(1);
	}

	@Test
	void whenTheApplicationHasEndedThenNoBackoffBegins() {
		this.engine.close();
		call(IDEMPOTENT);
		this.channel.attempt(0).fail(UNAVAILABLE);
		assertThat(this.recorder.reason()).isEqualTo(Reason.STOPPED);
	}

	@Test
	void whenABackoffIsOverThenTheEndOfTheApplicationIsNotItsEnd() {
		call(IDEMPOTENT);
		this.channel.attempt(0).fail(UNAVAILABLE);
		this.time.passMillis(50);
		this.engine.close();
		this.channel.attempt(1).close(Status.OK);
		assertThat(this.recorder.closed).containsExactly(Status.OK);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheNextAttemptCannotBeMadeThenTheCallEndsOnce(boolean afterBackoff) {
		for (MethodDescriptor<Ping, Pong> method : List.of(EchoGrpc.getUnaryMethod(), EchoGrpc.getBidiMethod())) {
			this.channel.attempts.clear();
			this.recorder.clear();
			this.channel.broken = null;
			call(method, AttemptPolicy.DEFAULT);
			this.channel.broken = new IllegalStateException("broken");
			refuse(afterBackoff);
			assertThat(this.recorder.status().getCause()).isSameAs(this.channel.broken);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheNextAttemptCannotBeReplayedThenItIsCancelledAndTheCallEndsOnce(boolean afterBackoff) {
		for (MethodDescriptor<Ping, Pong> method : List.of(EchoGrpc.getUnaryMethod(), EchoGrpc.getBidiMethod())) {
			this.channel.attempts.clear();
			this.recorder.clear();
			call(method, AttemptPolicy.DEFAULT);
			IllegalStateException broken = new IllegalStateException("broken");
			this.channel.onSend = (attempt) -> {
				this.channel.onSend = (other) -> {
				};
				throw broken;
			};
			refuse(afterBackoff);
			assertThat(this.channel.attempt(1).isCancelled()).isTrue();
			assertThat(this.recorder.closed).as("told by its end").isEmpty();
			this.channel.attempt(1).close(Status.CANCELLED);
			assertThat(this.recorder.status().getCause()).isSameAs(broken);
			assertThat(this.channel.attempts).hasSize(2);
		}
	}

	@Test
	void whenCancelledWhileTheFailureIsLookedAtAndBeforeTheRequestIsCompleteThenItIsClosedOnce() {
		ClientCall<Ping, Pong> call = started(EchoGrpc.getUnaryMethod(), options(AttemptPolicy.DEFAULT));
		this.time.onLook = () -> call.cancel("enough", null);
		refuse(false);
		assertThat(this.time.onLook).isNull();
		assertThat(this.recorder.status().getCode()).isEqualTo(Status.Code.CANCELLED);
		call.cancel("again", null);
		assertThat(this.recorder.closed).hasSize(1);
		assertThat(this.channel.attempts).hasSize(1);
	}

	@Test
	void whenMoreIsAskedForWhileACallIsReplayedThenTheNextAttemptIsAskedToo() {
		ClientCall<Ping, Pong> call = call(AttemptPolicy.DEFAULT);
		this.channel.onSend = (attempt) -> call.request(3);
		this.channel.attempt(0).close(UNAVAILABLE);
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "request 2", "send", "halfClose",
				"request 3");
	}

	@Test
	void whenTheRequestIsCompletedElsewhereThenTheNextAttemptIsMadeInTheContextOfTheCall() {
		Context context = Context.current().withValue(TENANT, "blue");
		List<ClientCall<Ping, Pong>> calls = new ArrayList<>();
		context.run(() -> calls.add(started(EchoGrpc.getUnaryMethod(), options(AttemptPolicy.DEFAULT))));
		this.channel.attempt(0).close(UNAVAILABLE);
		calls.get(0).halfClose();
		assertThat(TENANT.get(this.channel.attempt(1).context)).isEqualTo("blue");
		assertThat(TENANT.get()).isNull();
	}

	@Test
	void whenAnAttemptEndsThenWhatWasCountedForItIsReleased() {
		AtomicInteger released = new AtomicInteger();
		call(AttemptPolicy.DEFAULT);
		this.channel.attempt(0).picked(released::incrementAndGet);
		assertThat(released).hasValue(0);
		this.channel.attempt(0).close(UNAVAILABLE);
		assertThat(released).hasValue(1);
		AtomicInteger second = new AtomicInteger();
		this.channel.attempt(1).picked(second::incrementAndGet);
		assertThat(second).hasValue(0);
		this.channel.attempt(1).close(Status.OK);
		assertThat(second).hasValue(1);
	}

	@Test
	void whenAnInstanceIsPickedAfterTheEndThenItIsReleasedAtOnce() {
		AtomicInteger released = new AtomicInteger();
		call(AttemptPolicy.DEFAULT);
		this.channel.attempt(0).close(Status.DEADLINE_EXCEEDED);
		this.channel.attempt(0).picked(released::incrementAndGet);
		assertThat(released).hasValue(1);
	}

	/**
	 * The first attempt is refused, so that there is to be another, at once or later.
	 */
	private void refuse(boolean afterBackoff) {
		Metadata refusal = notExecuted(null);
		if (!afterBackoff) {
			refusal.put(RpcMetadata.DRAIN, RpcMetadata.SET);
		}
		this.channel.attempt(0).fail(OVERLOADED, refusal);
		this.time.passMillis(1_000);
	}

	private @Nullable String acknowledged(String instance) {
		Metadata headers = new Metadata();
		this.engine.target("echo").acks().addTo(headers, instance);
		return headers.get(RpcMetadata.ACK);
	}

	private static Metadata detail() {
		Metadata trailers = new Metadata();
		trailers.put(DETAIL, "any");
		return trailers;
	}

}
