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

package io.rpcboot.server.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rpcboot.server.stream.StreamSettings.Limits;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StreamGuard} on fake time: ages, notices and slow consumers.
 */
class StreamGuardTests {

	private static final Duration AGE = Duration.ofSeconds(100);

	private static final Duration SLOW = Duration.ofSeconds(30);

	private long now = 1_000;

	private double random = 0.5;

	private final List<String> events = new ArrayList<>();

	private final Context.CancellableContext transport = Context.ROOT.withCancellation();

	private Context handlerContext = Context.ROOT;

	private Runnable onNotice = () -> {
	};

	@Test
	void whenTheAgeNearsThenTheHandlerIsToldATenthBeforeAndTheStreamEndsAborted() {
		StreamGuard guard = guard(new Limits(Duration.ofSeconds(50), null, null, 0));
		FakeCall call = start(guard);
		at(guard, 44.9);
		assertThat(this.events).isEmpty();
		at(guard, 45);
		assertThat(this.events).containsExactly("notice MAX_AGE");
		at(guard, 49.9);
		assertThat(call.status).isNull();
		assertThat(this.handlerContext.isCancelled()).isFalse();
		at(guard, 50);
		assertThat(call.status).isNotNull();
		assertThat(call.status.getCode()).isEqualTo(Status.Code.ABORTED);
		assertThat(call.status.getDescription())
			.isEqualTo("The stream is older than PT50S (rpc.server.streams.max-age); open it again");
		assertThat(this.handlerContext.isCancelled()).isTrue();
		call.listener.onComplete();
		assertThat(this.events).containsExactly("notice MAX_AGE", "onCancel");
	}

	@Test
	void whenTheStreamMayGetVeryOldThenItsHandlerIsToldTenSecondsBefore() {
		StreamGuard guard = guard(new Limits(Duration.ofHours(1), null, null, 0));
		start(guard);
		at(guard, 3589.9);
		assertThat(this.events).isEmpty();
		at(guard, 3590);
		assertThat(this.events).containsExactly("notice MAX_AGE");
	}

	@Test
	void whenTheNoticeIsSetThenTheHandlerIsToldSoLongBefore() {
		StreamGuard guard = guard(new Limits(AGE, Duration.ofSeconds(40), null, 0));
		start(guard);
		at(guard, 59.9);
		assertThat(this.events).isEmpty();
		at(guard, 60);
		assertThat(this.events).containsExactly("notice MAX_AGE");
	}

	@Test
	void whenStreamsBeginTogetherThenTheyEndWithinTenPercentOfTheAge() {
		StreamGuard guard = guard(new Limits(AGE, null, null, 0));
		this.random = 0;
		FakeCall first = start(guard);
		this.random = 1;
		FakeCall last = start(guard);
		at(guard, 89.9);
		assertThat(first.status).isNull();
		at(guard, 90);
		assertThat(first.status).isNotNull();
		at(guard, 109.9);
		assertThat(last.status).isNull();
		at(guard, 110);
		assertThat(last.status).isNotNull();
	}

	@Test
	void whenTheHandlerEndsTheStreamOnTheNoticeThenItsOwnStatusHolds() {
		StreamGuard guard = guard(new Limits(AGE, null, null, 0));
		FakeCall call = start(guard);
		at(guard, 95);
		call.handlerCall.close(Status.OK, new Metadata());
		at(guard, 200);
		assertThat(call.status).isEqualTo(Status.OK);
		assertThat(this.transport.isCancelled()).isFalse();
		call.listener.onComplete();
		assertThat(this.events).containsExactly("notice MAX_AGE", "onComplete");
	}

	@Test
	void whenTheClientHasTakenNothingForTheTimeoutThenTheStreamEndsResourceExhausted() {
		StreamGuard guard = guard(new Limits(null, null, SLOW, 0));
		FakeCall call = start(guard);
		at(guard, 100);
		call.ready = false;
		at(guard, 129);
		call.ready = true;
		at(guard, 130);
		call.ready = false;
		at(guard, 159.9);
		assertThat(call.status).as("ready for a moment").isNull();
		at(guard, 160);
		assertThat(call.status).isNotNull();
		assertThat(call.status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(call.status.getDescription())
			.isEqualTo("The client has taken nothing for PT30S (rpc.server.streams.slow-consumer-timeout)");
		assertThat(this.handlerContext.isCancelled()).isTrue();
	}

	@Test
	void whenTheTransportWasReadyBetweenTwoLooksThenTheClientIsNotSlow() {
		StreamGuard guard = guard(new Limits(null, null, SLOW, 0));
		FakeCall call = start(guard);
		call.ready = false;
		at(guard, 29);
		call.listener.onReady();
		at(guard, 35);
		assertThat(call.status).isNull();
		at(guard, 65);
		assertThat(call.status).isNotNull();
	}

	@Test
	void whenTheHandlerHasEndedTheStreamThenNoTimeCountsAnyMore() {
		StreamGuard guard = guard(new Limits(AGE, null, SLOW, 0));
		FakeCall call = start(guard);
		call.ready = false;
		call.handlerCall.close(Status.OK, new Metadata());
		at(guard, 200);
		assertThat(call.status).isEqualTo(Status.OK);
		assertThat(this.handlerContext.isCancelled()).isFalse();
	}

	@Test
	void whenTheStreamWasEndedThenWhatTheHandlerDoesGoesNowhere() {
		StreamGuard guard = guard(new Limits(AGE, null, null, 0));
		FakeCall call = start(guard);
		at(guard, 100);
		call.handlerCall.sendHeaders(new Metadata());
		call.handlerCall.sendMessage(Pong.getDefaultInstance());
		call.handlerCall.close(Status.OK, new Metadata());
		call.listener.onMessage(Ping.getDefaultInstance());
		call.listener.onHalfClose();
		assertThat(call.handlerCall.isReady()).isFalse();
		assertThat(call.handlerCall.isCancelled()).isTrue();
		assertThat(call.sent).isZero();
		assertThat(call.status.getCode()).isEqualTo(Status.Code.ABORTED);
		assertThat(this.events).isEmpty();
	}

	@Test
	void whenTheHandlerSendsBesideItsOwnEndThenThatGoesNowhere() {
		FakeCall call = start(guard(new Limits(AGE, null, null, 0)));
		call.onClose = () -> {
			call.handlerCall.sendHeaders(new Metadata());
			call.handlerCall.sendMessage(Pong.getDefaultInstance());
		};
		call.handlerCall.close(Status.OK, new Metadata());
		assertThat(call.status).isEqualTo(Status.OK);
		assertThat(call.sent).isZero();
		assertThat(this.events).isEmpty();
	}

	@Test
	void whenTheActionOfAStreamFailsThenTheOthersAreWatchedOn() {
		StreamGuard guard = guard(new Limits(AGE, null, null, 0));
		this.onNotice = () -> {
			throw new AssertionError("thrown by the test");
		};
		FakeCall first = start(guard);
		FakeCall second = start(guard);
		at(guard, 95);
		at(guard, 100);
		assertThat(List.of(first, second)).allMatch((call) -> call.status != null);
	}

	@Test
	void whenAStreamCannotBeEndedThenTheOthersAre() {
		StreamGuard guard = guard(new Limits(AGE, null, null, 0));
		FakeCall first = start(guard);
		FakeCall second = start(guard);
		List.of(first, second).forEach((call) -> call.onClose = () -> {
			throw new AssertionError("thrown by the test");
		});
		at(guard, 100);
		assertThat(List.of(first, second)).allMatch((call) -> call.handlerCall.isCancelled());
	}

	@Test
	void whenAHandlerSendsInAnEventOfACancelledStreamThenItIsToldByAnException() {
		FakeCall call = start(guard(new Limits(null, null, null, 0)));
		call.onMessage = () -> {
			call.handlerCall.sendMessage(Pong.getDefaultInstance());
			this.transport.cancel(null);
			call.handlerCall.sendMessage(Pong.getDefaultInstance());
		};
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> call.listener.onMessage(Ping.getDefaultInstance()))
			.withMessage("CANCELLED: The caller waits for the stream no more");
		assertThat(call.sent).isOne();
	}

	@Test
	void whenAMethodHasLimitsOfItsOwnThenTheyHoldInsteadOfTheOthers() {
		Limits own = new Limits(Duration.ofSeconds(10), null, null, 0);
		Limits standard = new Limits(AGE, null, null, 0);
		FakeCall ofMethod = start(guard(new StreamSettings(standard, Map.of("rpc.testing.Echo/ServerStream", own))));
		FakeCall ofService = start(guard(new StreamSettings(standard, Map.of("rpc.testing.Echo", own))));
		FakeCall ofNone = start(guard(new StreamSettings(standard, Map.of("rpc.testing.Echo/Bidi", own))));
		List.of(ofMethod, ofService, ofNone).forEach((call) -> at(call.guard, 10));
		assertThat(ofMethod.status).isNotNull();
		assertThat(ofService.status).isNotNull();
		assertThat(ofNone.status).isNull();
	}

	@Test
	void whenACallIsUnaryOrExemptThenItIsLeftAlone() {
		StreamGuard guard = guard(new Limits(AGE, null, SLOW, 1));
		FakeCall unary = new FakeCall(EchoGrpc.getUnaryMethod(), guard);
		unary.start();
		assertThat(unary.handlerCall).isSameAs(unary);
		StreamGuard exempting = new StreamGuard(new StreamSettings(new Limits(null, null, null, 0), Map.of()),
				"rpc.testing.Echo/ServerStream"::equals, 0);
		FakeCall exempt = start(exempting);
		assertThat(exempt.handlerCall).isSameAs(exempt);
		exempting.drain();
		assertThat(this.events).isEmpty();
	}

	@Test
	void whenTheServerStopsAndTheStreamIsOldThenAnActionForAnyReasonRunsOnce() {
		StreamGuard guard = guard(new Limits(AGE, null, null, 0));
		start(guard);
		guard.drain();
		at(guard, 95);
		assertThat(this.events).containsExactly("notice DRAINING");
	}

	private StreamGuard guard(Limits limits) {
		return guard(new StreamSettings(limits, Map.of()));
	}

	/**
	 * Makes a guard whose timer never comes: the test looks by itself.
	 */
	private StreamGuard guard(StreamSettings settings) {
		ScheduledThreadPoolExecutor never = new ScheduledThreadPoolExecutor(1, new ThreadPoolExecutor.DiscardPolicy());
		never.shutdown();
		return new StreamGuard(settings, (method) -> false, 0, () -> this.now, () -> this.random, never);
	}

	private FakeCall start(StreamGuard guard) {
		FakeCall call = new FakeCall(EchoGrpc.getServerStreamMethod(), guard);
		call.start();
		return call;
	}

	private void at(StreamGuard guard, double seconds) {
		this.now = 1_000 + (long) (seconds * 1e9);
		guard.look();
	}

	private final class FakeCall extends ServerCall<Ping, Pong> {

		private final MethodDescriptor<Ping, Pong> method;

		private final StreamGuard guard;

		private boolean ready = true;

		private int sent;

		private @Nullable Status status;

		private Runnable onMessage = () -> {
		};

		private Runnable onClose = () -> {
		};

		private ServerCall<Ping, Pong> handlerCall = this;

		private ServerCall.Listener<Ping> listener = new ServerCall.Listener<>() {
		};

		FakeCall(MethodDescriptor<Ping, Pong> method, StreamGuard guard) {
			this.method = method;
			this.guard = guard;
		}

		void start() {
			AtomicReference<ServerCall.Listener<Ping>> started = new AtomicReference<>();
			StreamGuardTests.this.transport
				.run(() -> started.set(this.guard.interceptCall(this, new Metadata(), (call, headers) -> {
					this.handlerCall = call;
					StreamGuardTests.this.handlerContext = Context.current();
					StreamNotice.current().onNotice((reason) -> {
						StreamGuardTests.this.events.add("notice " + reason);
						StreamGuardTests.this.onNotice.run();
					});
					return new HandlerListener(this);
				})));
			this.listener = started.get();
		}

		@Override
		public void request(int messages) {
			// There is no transport.
		}

		@Override
		public void sendHeaders(Metadata headers) {
			StreamGuardTests.this.events.add("headers");
		}

		@Override
		public void sendMessage(Pong message) {
			this.sent++;
		}

		@Override
		public boolean isReady() {
			return this.ready && this.status == null;
		}

		@Override
		public void close(Status newStatus, Metadata trailers) {
			if (this.status != null) {
				throw new IllegalStateException("closed twice");
			}
			this.onClose.run();
			this.status = newStatus;
		}

		@Override
		public boolean isCancelled() {
			return false;
		}

		@Override
		public MethodDescriptor<Ping, Pong> getMethodDescriptor() {
			return this.method;
		}

	}

	private final class HandlerListener extends ServerCall.Listener<Ping> {

		private final FakeCall call;

		HandlerListener(FakeCall call) {
			this.call = call;
		}

		@Override
		public void onMessage(Ping message) {
			this.call.onMessage.run();
		}

		@Override
		public void onHalfClose() {
			StreamGuardTests.this.events.add("onHalfClose");
		}

		@Override
		public void onCancel() {
			StreamGuardTests.this.events.add("onCancel");
		}

		@Override
		public void onComplete() {
			StreamGuardTests.this.events.add("onComplete");
		}

	}

}
