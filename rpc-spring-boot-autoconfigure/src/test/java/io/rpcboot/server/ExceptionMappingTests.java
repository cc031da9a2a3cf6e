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

import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcError;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.error.ExceptionMappingInterceptor;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExceptionMappingInterceptor}, over a real connection.
 */
class ExceptionMappingTests {

	private static final Metadata.Key<String> DETAIL = Metadata.Key.of("detail", Metadata.ASCII_STRING_MARSHALLER);

	private final FailingEcho service = new FailingEcho();

	private final TestServer server = TestServer.with(this.service).build();

	private CapturedLog log;

	private EchoClient client;

	@BeforeEach
	void start() {
		this.log = new CapturedLog(ExceptionMappingInterceptor.class);
		this.server.lifecycle().start();
		this.client = this.server.client();
	}

	@AfterEach
	void stop() {
		this.client.close();
		this.server.close();
		this.log.close();
	}

	static Stream<Arguments> table() {
		return Stream.of(Arguments.of(new IllegalArgumentException("no such size: XXL"), Status.Code.INVALID_ARGUMENT),
				Arguments.of(new NumberFormatException("no such size: XXL"), Status.Code.INVALID_ARGUMENT),
				Arguments.of(new IllegalStateException("no such size: XXL"), Status.Code.FAILED_PRECONDITION),
				Arguments.of(new NoSuchElementException("no such size: XXL"), Status.Code.NOT_FOUND),
				Arguments.of(new UnsupportedOperationException("no such size: XXL"), Status.Code.UNIMPLEMENTED),
				Arguments.of(new SecurityException("no such size: XXL"), Status.Code.PERMISSION_DENIED),
				Arguments.of(new TimeoutException("no such size: XXL"), Status.Code.DEADLINE_EXCEEDED),
				Arguments.of(new CancellationException("no such size: XXL"), Status.Code.CANCELLED),
				Arguments.of(new CompletionException(new IllegalArgumentException("no such size: XXL")),
						Status.Code.INVALID_ARGUMENT),
				Arguments.of(
						new CompletionException(
								new ExecutionException(new IllegalArgumentException("no such size: XXL"))),
						Status.Code.INVALID_ARGUMENT));
	}

	@ParameterizedTest
	@MethodSource("table")
	void whenAServiceThrowsThenTheStatusIsThatOfTheTable(Exception thrown, Status.Code code) {
		this.service.failure = thrown;
		assertMapped(this.client.unary("thrown"), code, "no such size: XXL");
		assertLoggedOnce(thrown, Level.WARN);
	}

	@ParameterizedTest
	@MethodSource("table")
	void whenAServiceHandsItToOnErrorThenTheStatusIsThatOfTheTable(Exception handed, Status.Code code) {
		this.service.failure = handed;
		assertMapped(this.client.unary("handed"), code, "no such size: XXL");
		assertLoggedOnce(handed, Level.WARN);
	}

	@ParameterizedTest
	@EnumSource
	void whenAnythingElseFailsThenTheStatusIsInternalWithoutTheMessage(Place place) {
		this.service.failure = new IOException("password=secret");
		Reply<Pong> reply = call(place);
		assertMapped(reply, Status.Code.INTERNAL, "The service failed");
		assertThat(reply.trailers().toString() + reply.headers() + reply.status()).doesNotContain("secret",
				"IOException");
		assertLoggedOnce(this.service.failure, Level.ERROR);
		assertThat(this.log.messages()).containsExactly(
				place.method + " failed [rpc-correlation-id " + reply.trailers().get(RpcMetadata.CORRELATION_ID) + "]");
	}

	@ParameterizedTest
	@EnumSource
	void whenAnErrorIsThrownThenItIsMappedLikeAnException(Place place) {
		this.service.failure = new NoClassDefFoundError("com/example/Secret");
		assertMapped(call(place), Status.Code.INTERNAL, "The service failed");
		assertLoggedOnce(this.service.failure, Level.ERROR);
	}

	@ParameterizedTest
	@EnumSource
	void whenAMessageIsKnownToTheTableThenTheLogHasTheIdOfTheTrailer(Place place) {
		this.service.failure = new IllegalArgumentException("no such size: XXL");
		Reply<Pong> reply = call(place);
		assertMapped(reply, Status.Code.INVALID_ARGUMENT, "no such size: XXL");
		assertThat(this.log.messages()).containsExactly(place.method + " answered INVALID_ARGUMENT [rpc-correlation-id "
				+ reply.trailers().get(RpcMetadata.CORRELATION_ID) + "]");
	}

	@Test
	void whenAMessageIsMadeOfACauseThenNoClassNameIsOnTheWire() {
		this.service.failure = new IllegalArgumentException(new IOException("secret"));
		Reply<Pong> reply = this.client.unary("thrown");
		assertThat(reply.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
		assertThat(reply.status().getDescription()).isNull();
		assertThat(reply.trailers().toString() + reply.status()).doesNotContain("java.io", "secret");
	}

	@ParameterizedTest
	@EnumSource
	void whenAStatusExceptionFailsACallThenItPassesWithItsTrailersUnlogged(Place place) {
		Metadata trailers = new Metadata();
		trailers.put(DETAIL, "size");
		this.service.failure = Status.OUT_OF_RANGE.withDescription("too large").asRuntimeException(trailers);
		assertPassed(call(place));
		this.service.failure = new StatusException(Status.OUT_OF_RANGE.withDescription("too large"), trailers);
		assertPassed(call(place));
		assertThat(this.log.events()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whenAStatusExceptionIsTheCauseThenItPassesWhereverItFails(Place place) {
		Metadata trailers = new Metadata();
		trailers.put(DETAIL, "size");
		StatusRuntimeException status = Status.OUT_OF_RANGE.withDescription("too large").asRuntimeException(trailers);
		this.service.failure = new IllegalStateException("wrapped", status);
		assertPassed(call(place));
		assertThat(this.log.events()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "THROWN", "HANDED" })
	void whenAStatusIsUnknownThenItPassesToo(Place place) {
		this.service.failure = Status.UNKNOWN.withDescription("who knows").asRuntimeException();
		Reply<Pong> reply = call(place);
		assertThat(reply.code()).isEqualTo(Status.Code.UNKNOWN);
		assertThat(reply.status().getDescription()).isEqualTo("who knows");
		assertThat(reply.trailers().containsKey(RpcMetadata.CORRELATION_ID)).isFalse();
		assertThat(this.log.events()).isEmpty();
	}

	@Test
	void whenMoreMessagesFollowTheOneThatFailedThenTheyAreNotDeliveredAndNothingMoreIsLogged() {
		this.service.failure = new IllegalArgumentException("no such size: XXL");
		Ping ping = EchoClient.ping("next");
		Reply<Pong> reply = this.client.call(EchoGrpc.getClientStreamMethod(), ping, ping, ping, ping).join();
		assertMapped(reply, Status.Code.INVALID_ARGUMENT, "no such size: XXL");
		// A later call over the same connection: all of the earlier one has arrived.
		assertThat(this.client.unary("fine").code()).isEqualTo(Status.Code.OK);
		assertThat(this.log.events()).hasSize(1);
	}

	@Test
	void whenAMessageIsLongThenItIsCutSoThatTheStatusArrives() {
		this.service.failure = new IllegalArgumentException("\u4e16".repeat(20_000));
		Reply<Pong> reply = this.client.unary("thrown");
		assertThat(reply.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
		assertThat(reply.status().getDescription()).startsWith("\u4e16").endsWith("…").hasSize(513);
	}

	@ParameterizedTest
	@ValueSource(strings = { "thrown", "handed" })
	void whenAStatusIsAFaultWithACauseThenItIsStillAnAnswerAndTheCauseIsLoggedUnderItsId(String how) {
		IllegalArgumentException hidden = new IllegalArgumentException("hidden");
		this.service.failure = Status.UNKNOWN.withDescription("who knows").withCause(hidden).asRuntimeException();
		Reply<Pong> reply = this.client.unary(how);
		assertMapped(reply, Status.Code.UNKNOWN, "who knows");
		assertLoggedOnce(hidden, Level.ERROR);
		assertThat(this.log.messages()).containsExactly("rpc.testing.Echo/Unary answered UNKNOWN [rpc-correlation-id "
				+ reply.trailers().get(RpcMetadata.CORRELATION_ID) + "]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "thrown", "handed" })
	void whenAStatusIsNoFaultThenItsCauseIsNotLogged(String how) {
		this.service.failure = Status.NOT_FOUND.withCause(new IllegalArgumentException("hidden")).asRuntimeException();
		Reply<Pong> reply = this.client.unary(how);
		assertThat(reply.code()).isEqualTo(Status.Code.NOT_FOUND);
		assertThat(reply.trailers().containsKey(RpcMetadata.CORRELATION_ID)).isFalse();
		assertThat(this.log.events()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "thrown", "handed" })
	void whenAnErrorOfACalleeIsAFaultThenItKeepsTheIdThatItHasThere(String how) {
		Metadata trailers = new Metadata();
		trailers.put(RpcMetadata.CORRELATION_ID, "id-of-the-callee");
		this.service.failure = Status.INTERNAL.withCause(new IOException("decoded")).asRuntimeException(trailers);
		assertThat(this.client.unary(how).trailers().getAll(RpcMetadata.CORRELATION_ID))
			.containsExactly("id-of-the-callee");
		assertThat(this.log.messages())
			.containsExactly("rpc.testing.Echo/Unary answered INTERNAL [rpc-correlation-id id-of-the-callee]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "thrown", "handed" })
	void whenAnErrorOfACalleeIsUnknownAndDecodedThenItIsHandedOnAndNotMappedAgain(String how) {
		Metadata trailers = RpcError.of(Status.Code.UNKNOWN, "").withReason("shop.example", "ODD").toTrailers();
		this.service.failure = Status.UNKNOWN.withCause(new IllegalArgumentException("decoded"))
			.asRuntimeException(trailers);
		Reply<Pong> reply = this.client.unary(how);
		assertThat(reply.code()).isEqualTo(Status.Code.UNKNOWN);
		assertThat(RpcError.of(reply.status(), reply.trailers()).reason()).isEqualTo("ODD");
	}

	@Test
	void whenTheIdOfACalleeIsNoneThenItIsReplaced() {
		Metadata trailers = new Metadata();
		trailers.put(RpcMetadata.CORRELATION_ID, "forged] answered OK [");
		this.service.failure = Status.INTERNAL.withCause(new IOException("decoded")).asRuntimeException(trailers);
		Reply<Pong> reply = this.client.unary("thrown");
		assertThat(reply.trailers().getAll(RpcMetadata.CORRELATION_ID)).hasSize(1);
		assertThat(reply.trailers().get(RpcMetadata.CORRELATION_ID)).doesNotContain("forged");
	}

	@Test
	void whenOneExceptionEndsManyCallsThenItsTrailersStayAsTheyAre() {
		Metadata trailers = new Metadata();
		trailers.put(DETAIL, "size");
		this.service.failure = Status.UNKNOWN.withCause(new IOException("once")).asRuntimeException(trailers);
		String first = this.client.unary("thrown").trailers().get(RpcMetadata.CORRELATION_ID);
		Reply<Pong> second = this.client.unary("thrown");
		assertThat(second.trailers().getAll(RpcMetadata.CORRELATION_ID)).hasSize(1).doesNotContain(first);
		assertThat(trailers.keys()).containsExactly("detail");
	}

	@Test
	void whenACallFailsThenTheNextOneIsServed() {
		this.service.failure = new IllegalStateException("once");
		assertThat(this.client.unary("thrown").code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
		assertThat(this.client.unary("fine").code()).isEqualTo(Status.Code.OK);
	}

	private Reply<Pong> call(Place place) {
		return switch (place) {
			case THROWN -> this.client.unary("thrown");
			case HANDED -> this.client.unary("handed");
			case NEXT -> this.client.call(EchoGrpc.getClientStreamMethod(), EchoClient.ping("next")).join();
			case COMPLETED -> this.client.call(EchoGrpc.getClientStreamMethod(), EchoClient.ping("fine")).join();
			case SERVER_STREAM -> this.client.call(EchoGrpc.getServerStreamMethod(), EchoClient.ping("")).join();
			case OPENED -> this.client.call(EchoGrpc.getBidiMethod(), EchoClient.ping("")).join();
		};
	}

	private static void assertPassed(Reply<Pong> reply) {
		assertThat(reply.code()).isEqualTo(Status.Code.OUT_OF_RANGE);
		assertThat(reply.status().getDescription()).isEqualTo("too large");
		assertThat(reply.trailers().get(DETAIL)).isEqualTo("size");
		assertThat(reply.trailers().containsKey(RpcMetadata.CORRELATION_ID)).isFalse();
	}

	private static void assertMapped(Reply<Pong> reply, Status.Code code, String description) {
		assertThat(reply.code()).isEqualTo(code);
		assertThat(reply.status().getDescription()).isEqualTo(description);
		assertThat(reply.trailers().getAll(RpcMetadata.CORRELATION_ID)).hasSize(1);
		assertThat(reply.trailers().toString()).doesNotContain("Exception", "io.rpcboot", "\tat ");
	}

	private void assertLoggedOnce(Throwable failure, Level level) {
		List<ILoggingEvent> events = this.log.events();
		assertThat(events).hasSize(1);
		assertThat(events.get(0).getLevel()).isEqualTo(level);
		assertThat(((ThrowableProxy) events.get(0).getThrowableProxy()).getThrowable()).isSameAs(failure);
	}

	/**
	 * Where a service fails.
	 */
	enum Place {

		/** From the body of a unary method. */
		THROWN("Unary"),
		/** Handed to the observer by a unary method. */
		HANDED("Unary"),
		/** From a request stream's {@code onNext}. */
		NEXT("ClientStream"),
		/** From a request stream's {@code onCompleted}. */
		COMPLETED("ClientStream"),
		/** From the body of a server stream, between two answers. */
		SERVER_STREAM("ServerStream"),
		/** From the body of a bidirectional method, before there is any message. */
		OPENED("Bidi");

		private final String method;

		Place(String method) {
			this.method = "rpc.testing.Echo/" + method;
		}

	}

	/**
	 * Fails as it is told, wherever a call goes.
	 */
	private static final class FailingEcho extends EchoService {

		private volatile Throwable failure = new IllegalStateException("not set");

		FailingEcho() {
			super("failing");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			switch (request.getText()) {
				case "thrown" -> FailingEcho.<RuntimeException>sneak(this.failure);
				case "handed" -> responseObserver.onError(this.failure);
				default -> super.unary(request, responseObserver);
			}
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(pong("one"));
			FailingEcho.<RuntimeException>sneak(this.failure);
		}

		@Override
		public StreamObserver<Ping> clientStream(StreamObserver<Pong> responseObserver) {
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					if ("next".equals(value.getText())) {
						FailingEcho.<RuntimeException>sneak(FailingEcho.this.failure);
					}
				}

				@Override
				public void onError(Throwable ex) {
					// The caller is gone.
				}

				@Override
				public void onCompleted() {
					FailingEcho.<RuntimeException>sneak(FailingEcho.this.failure);
				}
			};
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
			FailingEcho.<RuntimeException>sneak(this.failure);
			return super.bidi(responseObserver);
		}

		@SuppressWarnings("unchecked")
		private static <T extends Throwable> void sneak(Throwable failure) throws T {
			throw (T) failure;
		}

	}

}
