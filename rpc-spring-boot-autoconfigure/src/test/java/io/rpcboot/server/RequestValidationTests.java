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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcError;
import io.rpcboot.call.RpcError.Violation;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.validation.RequestValidator;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestValidator} beans, over a real connection.
 */
class RequestValidationTests {

	private static final Violation EMPTY = new Violation("text", "must not be empty", "NOT_EMPTY");

	private final List<String> seen = new CopyOnWriteArrayList<>();

	private final RequestValidator notEmpty = (message, method) -> ((Ping) message).getText().isEmpty() ? List.of(EMPTY)
			: List.of();

	@ParameterizedTest
	@EnumSource
	void whenTheOneRequestIsWrongThenTheServiceNeverRuns(Dispatch dispatch) {
		try (TestServer server = TestServer.with(new SeeingEcho(), this.notEmpty).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			for (MethodDescriptor<Ping, Pong> method : List.of(EchoGrpc.getUnaryMethod(),
					EchoGrpc.getServerStreamMethod())) {
				assertRefused(client.call(method, EchoClient.ping("")).join());
				assertThat(this.seen).isEmpty();
			}
			assertThat(client.unary("fine").code()).isEqualTo(Status.Code.OK);
			assertThat(this.seen).containsExactly("fine");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenAMessageOfAStreamIsWrongThenTheStreamEndsAndTheServiceIsToldThatItWasCancelled(Dispatch dispatch) {
		try (TestServer server = TestServer.with(new SeeingEcho(), this.notEmpty).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			for (MethodDescriptor<Ping, Pong> method : List.of(EchoGrpc.getClientStreamMethod(),
					EchoGrpc.getBidiMethod())) {
				this.seen.clear();
				Reply<Pong> reply = client
					.call(method, EchoClient.ping("one"), EchoClient.ping(""), EchoClient.ping("three"))
					.join();
				assertRefused(reply);
				// The answer is sent first.
				Awaitility.await().until(() -> this.seen.contains("cancelled"));
				// Another call over the same connection: all of this one has arrived.
				assertThat(client.unary("fine").code()).isEqualTo(Status.Code.OK);
				assertThat(this.seen).containsExactly("one", "cancelled", "fine");
			}
		}
	}

	@Test
	void whenAServiceStillSendsIntoARefusedStreamThenThatGoesNowhere() {
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		AtomicInteger cancelled = new AtomicInteger();
		EchoService service = new EchoService("late") {
			@Override
			public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
				ServerCallStreamObserver<Pong> replies = (ServerCallStreamObserver<Pong>) responseObserver;
				replies.setOnCancelHandler(() -> {
					try {
						assertThat(replies.isCancelled()).isTrue();
						replies.onNext(pong("late"));
						replies.onCompleted();
					}
					catch (RuntimeException | Error ex) {
						failures.add(ex);
					}
					cancelled.incrementAndGet();
				});
				return super.bidi(responseObserver);
			}
		};
		try (TestServer server = TestServer.with(service, this.notEmpty).start(); EchoClient client = server.client()) {
			assertRefused(client.call(EchoGrpc.getBidiMethod(), EchoClient.ping("")).join());
			Awaitility.await().until(() -> cancelled.get() == 1);
			assertThat(failures).isEmpty();
		}
	}

	@Test
	void whatAllValidatorsFindIsTheAnswer() {
		Violation negative = new Violation("count", "must not be negative");
		RequestValidator other = (message, method) -> (((Ping) message).getCount() < 0) ? List.of(negative) : List.of();
		try (TestServer server = TestServer.with(new SeeingEcho(), this.notEmpty, other).start();
				EchoClient client = server.client()) {
			Ping wrong = Ping.newBuilder().setCount(-1).build();
			Reply<Pong> reply = client.call(EchoGrpc.getUnaryMethod(), wrong).join();
			assertThat(RpcError.of(reply.status(), reply.trailers()).violations()).containsExactlyInAnyOrder(EMPTY,
					negative);
			assertThat(reply.status().getDescription()).endsWith(" (and 1 more)");
		}
	}

	@Test
	void whenAValidatorIsNotForAMethodThenItIsAskedOnceAndNeverChecks() {
		List<String> asked = new CopyOnWriteArrayList<>();
		RequestValidator streamsOnly = new RequestValidator() {
			@Override
			public List<Violation> validate(Object message, MethodDescriptor<?, ?> method) {
				return List.of(EMPTY);
			}

			@Override
			public boolean supports(MethodDescriptor<?, ?> method) {
				asked.add(String.valueOf(method.getBareMethodName()));
				return method.getType() == MethodDescriptor.MethodType.SERVER_STREAMING;
			}
		};
		try (TestServer server = TestServer.with(new SeeingEcho(), streamsOnly).start();
				EchoClient client = server.client()) {
			assertThat(client.unary("").code()).isEqualTo(Status.Code.OK);
			assertThat(client.unary("").code()).isEqualTo(Status.Code.OK);
			assertRefused(client.call(EchoGrpc.getServerStreamMethod(), EchoClient.ping("")).join());
			assertThat(asked).containsExactlyInAnyOrder("Unary", "ServerStream", "ClientStream", "Bidi");
		}
	}

	@Test
	void whenAValidatorFailsThenTheCallFailsAsIfTheServiceHad() {
		RequestValidator failing = (message, method) -> {
			throw new IllegalStateException("no rules");
		};
		try (TestServer server = TestServer.with(new SeeingEcho(), failing).start();
				EchoClient client = server.client()) {
			Reply<Pong> reply = client.unary("x");
			assertThat(reply.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
			assertThat(reply.trailers().containsKey(RpcMetadata.CORRELATION_ID)).isTrue();
			assertThat(this.seen).isEmpty();
		}
	}

	@Test
	void healthIsNotChecked() {
		RequestValidator everything = (message, method) -> List.of(EMPTY);
		try (TestServer server = TestServer.with(new SeeingEcho(), everything).start();
				EchoClient client = server.client()) {
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
		}
	}

	/**
	 * Refused, and not as something that may be sent again.
	 */
	private static void assertRefused(Reply<Pong> reply) {
		assertThat(reply.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
		assertThat(reply.status().getDescription()).isEqualTo("text: must not be empty");
		assertThat(RpcError.of(reply.status(), reply.trailers()).violations()).containsExactly(EMPTY);
		assertThat(reply.trailers().containsKey(RpcMetadata.NOT_EXECUTED)).isFalse();
		assertThat(reply.trailers().containsKey(RpcMetadata.CORRELATION_ID)).isFalse();
	}

	/**
	 * Records what reaches it.
	 */
	private final class SeeingEcho extends EchoService {

		SeeingEcho() {
			super("seeing");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			RequestValidationTests.this.seen.add(request.getText());
			super.unary(request, responseObserver);
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			RequestValidationTests.this.seen.add(request.getText());
			super.serverStream(request, responseObserver);
		}

		@Override
		public StreamObserver<Ping> clientStream(StreamObserver<Pong> responseObserver) {
			return recorded();
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
			return recorded();
		}

		private StreamObserver<Ping> recorded() {
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					RequestValidationTests.this.seen.add(value.getText());
				}

				@Override
				public void onError(Throwable ex) {
					RequestValidationTests.this.seen.add("cancelled");
				}

				@Override
				public void onCompleted() {
					RequestValidationTests.this.seen.add("completed");
				}
			};
		}

	}

}
