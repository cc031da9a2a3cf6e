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

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcError;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.error.ExceptionMappingInterceptor;
import io.rpcboot.server.error.RpcExceptionResolver;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RpcAdvice}, {@link RpcExceptionHandler} and
 * {@link RpcExceptionResolver}, over a real connection.
 */
class RpcAdviceTests {

	private static final String EXAMPLE = "\n\n    @RpcExceptionHandler\n"
			+ "    RpcError failed(IllegalStateException ex) {\n"
			+ "        return RpcError.of(Status.Code.FAILED_PRECONDITION, \"Not in this state\");\n    }";

	private static final Metadata.Key<String> DETAIL = Metadata.Key.of("detail", Metadata.ASCII_STRING_MARSHALLER);

	@ParameterizedTest
	@ValueSource(strings = { "thrown", "handed" })
	void theNearestTypeDecides(String how) {
		assertThat(description(how, new FileNotFoundException("x"), new Files(), new First())).isEqualTo("file x");
		assertThat(description(how, new IOException("x"), new Files(), new First())).isEqualTo("first");
		assertThat(description(how, new RuntimeException("x"), new Files(), new First())).isEqualTo("anything");
	}

	@Test
	void ofTheSameTypeInTwoBeansTheFirstByOrderDecides() {
		assertThat(description("thrown", new IOException("x"), new Second(), new First())).isEqualTo("first");
		assertThat(description("thrown", new IOException("x"), new First(), new Second())).isEqualTo("first");
	}

	@Test
	void theNearestTypeComesBeforeTheOrder() {
		assertThat(description("thrown", new FileNotFoundException("x"), new First(), new Files())).isEqualTo("file x");
	}

	@ParameterizedTest
	@ValueSource(strings = { "thrown", "handed" })
	void whenNobodyIsForAnExceptionThenItsCauseIsLookedUp(String how) {
		assertThat(description(how, new UncheckedIOException(new FileNotFoundException("x")), new OnlyFiles()))
			.isEqualTo("file x");
		assertThat(description(how, new CompletionException(new FileNotFoundException("x")), new Files()))
			.isEqualTo("file x");
	}

	@Test
	void whenNobodyIsForAnExceptionAtAllThenTheTableDecides() {
		assertThat(call("thrown", new IllegalStateException("x"), new OnlyFiles()).code())
			.isEqualTo(Status.Code.FAILED_PRECONDITION);
	}

	static Stream<Arguments> answers() {
		return Stream.of(Arguments.of("rpc", new FileNotFoundException()),
				Arguments.of("status", new IllegalCallerException()), Arguments.of("proto", new ArithmeticException()),
				Arguments.of("checked", new ClassCastException()),
				Arguments.of("unchecked", new NegativeArraySizeException()));
	}

	@ParameterizedTest
	@MethodSource("answers")
	void anAnswerMayHaveAnyOfTheTypes(String type, Exception thrown) {
		Reply<Pong> reply = call("thrown", thrown, new Returns());
		assertThat(reply.code()).isEqualTo(Status.Code.ABORTED);
		assertThat(reply.status().getDescription()).isEqualTo(type);
		assertThat(RpcError.of(reply.status(), reply.trailers()).reason())
			.isEqualTo((type.equals("rpc") || type.equals("proto")) ? "BUSY" : "");
		assertThat(reply.trailers().get(DETAIL)).isEqualTo(type.endsWith("checked") ? "size" : null);
		assertThat(reply.trailers().getAll(RpcMetadata.CORRELATION_ID)).hasSize(1);
	}

	@Test
	void aHandlerIsToldTheMethodAndTheHeaders() {
		try (TestServer server = TestServer.with(new FailingEcho(new IOException("x")), new Told()).start();
				EchoClient client = server.client()) {
			Metadata headers = new Metadata();
			headers.put(RpcMetadata.CALLER, "shop");
			Reply<Pong> reply = client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("thrown")).join();
			assertThat(reply.status().getDescription()).isEqualTo("Unary of shop");
		}
	}

	@Test
	void whenAHandlerAnswersNullThenTheTableDecides() {
		assertThat(call("thrown", new IllegalArgumentException("null"), new Returns()).code())
			.isEqualTo(Status.Code.INVALID_ARGUMENT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "throws", "ok" })
	void whenAHandlerThrowsOrAnswersOkThenThatIsLoggedAndTheTableDecides(String how) {
		try (CapturedLog log = new CapturedLog(ExceptionMappingInterceptor.class)) {
			Reply<Pong> reply = call("thrown", new IllegalStateException(how), new Returns());
			assertThat(reply.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
			assertThat(reply.status().getDescription()).isEqualTo(how);
			assertThat(log.messages()).containsExactly(
					"@RpcAdvice cannot resolve the java.lang.IllegalStateException of rpc.testing.Echo/Unary;"
							+ " the default table decides",
					"rpc.testing.Echo/Unary answered FAILED_PRECONDITION [rpc-correlation-id " + id(reply) + "]");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "thrown", "handed" })
	void whatAnAdviceAnswersHasAnIdInTheLogTheTrailerAndTheLoggingContext(String how) {
		try (CapturedLog log = new CapturedLog(ExceptionMappingInterceptor.class)) {
			Reply<Pong> reply = call(how, new FileNotFoundException("x"), new Files());
			assertThat(reply.trailers().getAll(RpcMetadata.CORRELATION_ID)).hasSize(1);
			assertThat(log.messages()).containsExactly("rpc.testing.Echo/Unary answered NOT_FOUND [rpc-correlation-id "
					+ id(reply) + "]: java.io.FileNotFoundException: x");
			ILoggingEvent event = log.events().get(0);
			assertThat(event.getLevel()).isEqualTo(Level.INFO);
			assertThat(event.getThrowableProxy()).isNull();
			assertThat(event.getMDCPropertyMap()).containsEntry("rpc-correlation-id", id(reply));
		}
	}

	@Test
	void whenAnAdviceAnswersAFaultThenTheStackTraceIsLogged() {
		try (CapturedLog log = new CapturedLog(ExceptionMappingInterceptor.class)) {
			Reply<Pong> reply = call("thrown", new RuntimeException("x"), new Files());
			assertThat(log.messages())
				.containsExactly("rpc.testing.Echo/Unary failed [rpc-correlation-id " + id(reply) + "]");
			assertThat(log.events().get(0).getLevel()).isEqualTo(Level.ERROR);
			assertThat(log.events().get(0).getThrowableProxy().getMessage()).isEqualTo("x");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "thrown", "handed" })
	void aStatusExceptionIsAnAnswerAndReachesNoHandler(String how) {
		Reply<Pong> reply = call(how, Status.OUT_OF_RANGE.withDescription("mine").asRuntimeException(), new Files());
		assertThat(reply.status().toString()).contains("OUT_OF_RANGE", "mine");
	}

	@Test
	void whenAStatusExceptionIsTheCauseThenAHandlerOfWhatWasThrownDecides() {
		StatusRuntimeException callee = Status.UNAVAILABLE.asRuntimeException();
		assertThat(description("thrown", new IllegalStateException("x", callee), new Files())).isEqualTo("anything");
		assertThat(call("thrown", new IllegalStateException("x", callee), new OnlyFiles()).code())
			.isEqualTo(Status.Code.UNAVAILABLE);
	}

	@Test
	void resolversAreAskedInTheirOrderWithAllAdviceAtZero() {
		RpcExceptionResolver before = new Resolver(-1, "before", IOException.class);
		RpcExceptionResolver after = new Resolver(1, "after", Exception.class);
		assertThat(description("thrown", new FileNotFoundException("x"), after, new OnlyFiles(), before))
			.isEqualTo("before");
		assertThat(description("thrown", new RuntimeException("x"), after, new OnlyFiles(), before)).isEqualTo("after");
		assertThat(description("thrown", new FileNotFoundException("x"), after, new OnlyFiles())).isEqualTo("file x");
	}

	@Test
	void whenAnAdviceCannotBeRightThenTheServerDoesNotStart() {
		assertRefused(new ReturnsText(), "The @RpcExceptionHandler ReturnsText.handle of the bean 'bean1' returns"
				+ " java.lang.String (expected: RpcError, io.grpc.Status, com.google.rpc.Status, StatusException or"
				+ " StatusRuntimeException)");
		assertRefused(new TakesText(), "The @RpcExceptionHandler TakesText.handle of the bean 'bean1' has a parameter"
				+ " of type java.lang.String (expected: one exception, io.grpc.MethodDescriptor, io.grpc.Metadata)");
		assertRefused(new NamesNone(), "The @RpcExceptionHandler NamesNone.handle of the bean 'bean1' names no"
				+ " exception (expected: types in the annotation, or a parameter of an exception's type)");
		assertRefused(new TakesAnother(), "The @RpcExceptionHandler TakesAnother.handle of the bean 'bean1' is for"
				+ " java.lang.IllegalStateException but has a parameter of type java.io.IOException (expected: a"
				+ " parameter that takes each of its types)");
		assertRefused(new ForAnswers(),
				"The @RpcExceptionHandler ForAnswers.handle of the bean 'bean1' is for"
						+ " io.grpc.StatusRuntimeException (expected: another type: a status exception is an answer and"
						+ " reaches no handler)");
		assertRefused(new Twice(), "The @RpcAdvice bean 'bean1' has two methods for java.io.IOException: Twice.one and"
				+ " Twice.other (expected: one)", "Remove one of them, or give it another type.");
		assertRefused(new HasNone(),
				"The @RpcAdvice bean 'bean1' of type " + HasNone.class.getName()
						+ " has no method with @RpcExceptionHandler (expected: at least one)",
				"Remove @RpcAdvice, or annotate its methods, such as:" + EXAMPLE);
	}

	private static void assertRefused(Object advice, String message) {
		assertRefused(advice, message, "Correct the method, such as:" + EXAMPLE);
	}

	private static void assertRefused(Object advice, String message, String action) {
		TestServer server = TestServer.with(new EchoService("one"), advice).build();
		assertThatExceptionOfType(RpcServerException.class).isThrownBy(() -> server.lifecycle().start())
			.withMessage(message)
			.satisfies((ex) -> assertThat(ex.action()).isEqualTo(action));
		assertThat(server.lifecycle().isRunning()).isFalse();
	}

	private static @Nullable String description(String how, Throwable failure, Object... beans) {
		return call(how, failure, beans).status().getDescription();
	}

	private static Reply<Pong> call(String how, Throwable failure, Object... beans) {
		Object[] all = new Object[beans.length + 1];
		all[0] = new FailingEcho(failure);
		System.arraycopy(beans, 0, all, 1, beans.length);
		try (TestServer server = TestServer.with(all).start(); EchoClient client = server.client()) {
			return client.unary(how);
		}
	}

	private static @Nullable String id(Reply<Pong> reply) {
		return reply.trailers().get(RpcMetadata.CORRELATION_ID);
	}

	@RpcAdvice
	static class Files {

		@RpcExceptionHandler
		Status file(FileNotFoundException ex) {
			return Status.NOT_FOUND.withDescription("file " + ex.getMessage());
		}

		@RpcExceptionHandler(Exception.class)
		Status anything() {
			return Status.INTERNAL.withDescription("anything");
		}

	}

	@RpcAdvice
	static class OnlyFiles {

		@RpcExceptionHandler
		Status file(FileNotFoundException ex) {
			return Status.NOT_FOUND.withDescription("file " + ex.getMessage());
		}

	}

	@RpcAdvice
	@Order(1)
	static class First {

		@RpcExceptionHandler({ IOException.class, InterruptedException.class })
		Status io(Exception ex) {
			return Status.UNAVAILABLE.withDescription("first");
		}

	}

	@RpcAdvice
	@Order(2)
	static class Second {

		@RpcExceptionHandler
		Status io(IOException ex) {
			return Status.UNAVAILABLE.withDescription("second");
		}

	}

	@RpcAdvice
	static class Told {

		@RpcExceptionHandler
		Status io(Metadata headers, IOException ex, MethodDescriptor<?, ?> method) {
			return Status.ABORTED
				.withDescription(method.getBareMethodName() + " of " + headers.get(RpcMetadata.CALLER));
		}

	}

	@RpcAdvice
	static class Returns {

		private static final RpcError BUSY = RpcError.of(Status.Code.ABORTED, "").withReason("shop.example", "BUSY");

		@RpcExceptionHandler
		RpcError rpc(FileNotFoundException ex) {
			return RpcError.of(Status.Code.ABORTED, "rpc").withReason("shop.example", "BUSY");
		}

		@RpcExceptionHandler
		Status status(IllegalCallerException ex) {
			return Status.ABORTED.withDescription("status");
		}

		@RpcExceptionHandler
		com.google.rpc.Status proto(ArithmeticException ex) {
			return BUSY.toProto().toBuilder().setMessage("proto").build();
		}

		@RpcExceptionHandler
		StatusException checked(ClassCastException ex) {
			return Status.ABORTED.withDescription("checked").asException(trailers());
		}

		@RpcExceptionHandler
		StatusRuntimeException unchecked(NegativeArraySizeException ex) {
			return Status.ABORTED.withDescription("unchecked").asRuntimeException(trailers());
		}

		@RpcExceptionHandler
		@Nullable Status none(IllegalArgumentException ex) {
			return null;
		}

		@RpcExceptionHandler
		Status wrong(IllegalStateException ex) throws IOException {
			if ("ok".equals(ex.getMessage())) {
				return Status.OK;
			}
			throw new IOException("the advice itself");
		}

		private static Metadata trailers() {
			Metadata trailers = new Metadata();
			trailers.put(DETAIL, "size");
			return trailers;
		}

	}

	@RpcAdvice
	static class ReturnsText {

		@RpcExceptionHandler
		String handle(IOException ex) {
			return "";
		}

	}

	@RpcAdvice
	static class TakesText {

		@RpcExceptionHandler
		Status handle(IOException ex, String text) {
			return Status.ABORTED;
		}

	}

	@RpcAdvice
	static class NamesNone {

		@RpcExceptionHandler
		Status handle(Metadata headers) {
			return Status.ABORTED;
		}

	}

	@RpcAdvice
	static class TakesAnother {

		@RpcExceptionHandler(IllegalStateException.class)
		Status handle(IOException ex) {
			return Status.ABORTED;
		}

	}

	@RpcAdvice
	static class ForAnswers {

		@RpcExceptionHandler
		Status handle(StatusRuntimeException ex) {
			return ex.getStatus();
		}

	}

	@RpcAdvice
	static class Twice {

		@RpcExceptionHandler
		Status one(IOException ex) {
			return Status.ABORTED;
		}

		@RpcExceptionHandler({ IOException.class, IllegalStateException.class })
		Status other() {
			return Status.ABORTED;
		}

	}

	@RpcAdvice
	static class HasNone {

	}

	private record Resolver(int order, String text,
			Class<? extends Throwable> type) implements RpcExceptionResolver, Ordered {

		@Override
		public int getOrder() {
			return this.order;
		}

		@Override
		public @Nullable StatusRuntimeException resolve(Throwable exception, MethodDescriptor<?, ?> method,
				Metadata headers) {
			return this.type.isInstance(exception) ? Status.ABORTED.withDescription(this.text).asRuntimeException()
					: null;
		}

	}

	private static final class FailingEcho extends EchoService {

		private final Throwable failure;

		FailingEcho(Throwable failure) {
			super("failing");
			this.failure = failure;
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			if ("handed".equals(request.getText())) {
				responseObserver.onError(this.failure);
				return;
			}
			FailingEcho.<RuntimeException>sneak(this.failure);
		}

		@SuppressWarnings("unchecked")
		private static <T extends Throwable> void sneak(Throwable failure) throws T {
			throw (T) failure;
		}

	}

}
