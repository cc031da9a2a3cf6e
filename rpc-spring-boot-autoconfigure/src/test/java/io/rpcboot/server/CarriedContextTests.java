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
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.testing.AllocatedBytes;
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

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lane and tenant of a request, as handlers see them.
 */
class CarriedContextTests {

	private static final List<MethodDescriptor<Ping, Pong>> METHODS = List.of(EchoGrpc.getUnaryMethod(),
			EchoGrpc.getServerStreamMethod(), EchoGrpc.getClientStreamMethod(), EchoGrpc.getBidiMethod());

	static Stream<Arguments> ways() {
		return Stream.of(Dispatch.values())
			.flatMap((dispatch) -> Stream.of(new LaneService(), new NonBlockingLaneService())
				.flatMap((service) -> METHODS.stream().map((method) -> Arguments.of(dispatch, service, method))));
	}

	@ParameterizedTest
	@MethodSource("ways")
	void handlersSeeThemInEachEvent(Dispatch dispatch, LaneService service, MethodDescriptor<Ping, Pong> method) {
		try (TestServer server = TestServer.with(service).dispatch(dispatch).start();
				EchoClient client = server.client()) {
			assertThat(texts(client.call(method, headers("blue", "acme"), EchoClient.ping("x")).join()))
				.allMatch("blue/acme"::equals)
				.isNotEmpty();
			assertThat(texts(client.call(method, headers("green", null), EchoClient.ping("x")).join()))
				.allMatch("green/null"::equals);
			assertThat(texts(client.call(method, headers(null, "acme"), EchoClient.ping("x")).join()))
				.allMatch("null/acme"::equals);
			assertThat(texts(client.call(method, EchoClient.ping("x")).join())).allMatch("null/null"::equals);
		}
	}

	@Test
	void whenAValueIsNoNameThenItIsPassedOverAndTheOtherIsNot() {
		String tooLong = "x".repeat(65);
		try (CapturedLog log = new CapturedLog(CarriedContext.class, Level.DEBUG);
				TestServer server = TestServer.with(new LaneService()).start();
				EchoClient client = server.client()) {
			assertThat(texts(
					client.call(EchoGrpc.getUnaryMethod(), headers("no lane", "acme"), EchoClient.ping("x")).join()))
				.containsExactly("null/acme");
			assertThat(texts(
					client.call(EchoGrpc.getUnaryMethod(), headers("blue", tooLong), EchoClient.ping("x")).join()))
				.containsExactly("blue/null");
			assertThat(texts(client.call(EchoGrpc.getUnaryMethod(), headers("", tooLong), EchoClient.ping("x")).join()))
				.containsExactly("null/null");
			assertThat(log.messages()).containsExactly(
					"The header rpc-lane with 7 characters is passed over (expected: 1 to 64 of A-Za-z0-9._-)",
					"The header rpc-tenant with 65 characters is passed over (expected: 1 to 64 of A-Za-z0-9._-)",
					"The header rpc-lane with 0 characters is passed over (expected: 1 to 64 of A-Za-z0-9._-)",
					"The header rpc-tenant with 65 characters is passed over (expected: 1 to 64 of A-Za-z0-9._-)");
		}
	}

	@Test
	void whenARequestIsARepeatedAttemptThenItsHandlerKnows() {
		CarriedContext interceptor = new CarriedContext();
		Metadata headers = new Metadata();
		headers.put(RpcMetadata.NO_RETRY, RpcMetadata.SET);
		AtomicReference<@Nullable Boolean> seen = new AtomicReference<>();
		interceptor.interceptCall(new IdleCall(), headers, (call, received) -> {
			seen.set(CallContext.NO_RETRY.get());
			return new ServerCall.Listener<>() {
			};
		});
		assertThat(seen.get()).isTrue();
		assertThat(CallContext.NO_RETRY.get()).as("elsewhere").isNull();
	}

	@Test
	void handlersSeeWhoCallsAndTheBaggage() {
		Metadata headers = new Metadata();
		headers.put(RpcMetadata.CALLER, "shop");
		headers.put(RpcMetadata.BAGGAGE, "x-a, no name,x-absent,x-b");
		headers.put(header("rpc-baggage-x-a"), "1");
		headers.put(header("rpc-baggage-x-b"), "2");
		headers.put(header("rpc-baggage-x-unlisted"), "3");
		LaneService service = new LaneService() {
			@Override
			public void unary(Ping request, StreamObserver<Pong> responseObserver) {
				responseObserver.onNext(pong(CallContext.CALLER.get() + " " + CallContext.baggage()));
				responseObserver.onCompleted();
			}
		};
		try (TestServer server = TestServer.with(service).start(); EchoClient client = server.client()) {
			assertThat(texts(client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("x")).join()))
				.containsExactly("shop {x-a=1, x-b=2}");
			assertThat(texts(client.call(EchoGrpc.getUnaryMethod(), EchoClient.ping("x")).join()))
				.containsExactly("null {}");
		}
	}

	@Test
	void whenARequestHasNeitherThenNothingIsAllocated() {
		CarriedContext interceptor = new CarriedContext();
		Metadata headers = new Metadata();
		for (int i = 0; i < 8; i++) {
			headers.put(Metadata.Key.of("rpc-other" + i, Metadata.ASCII_STRING_MARSHALLER), "value");
		}
		ServerCall.Listener<Ping> listener = new ServerCall.Listener<>() {
		};
		ServerCallHandler<Ping, Pong> next = (call, received) -> listener;
		ServerCall<Ping, Pong> call = new IdleCall();
		assertThat(AllocatedBytes.of(10_000, () -> interceptor.interceptCall(call, headers, next))).isLessThan(10_000);
	}

	private static Metadata headers(@Nullable String lane, @Nullable String tenant) {
		Metadata headers = new Metadata();
		if (lane != null) {
			headers.put(RpcMetadata.LANE, lane);
		}
		if (tenant != null) {
			headers.put(RpcMetadata.TENANT, tenant);
		}
		return headers;
	}

	private static Metadata.Key<String> header(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

	private static List<String> texts(Reply<Pong> reply) {
		assertThat(reply.code()).isEqualTo(Status.Code.OK);
		return reply.messages().stream().map(Pong::getText).toList();
	}

	/**
	 * Answers what it is told with the lane and tenant that it sees at that moment.
	 */
	static class LaneService extends EchoService {

		LaneService() {
			super("lanes");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			tell(responseObserver);
			responseObserver.onCompleted();
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			tell(responseObserver);
			responseObserver.onCompleted();
		}

		@Override
		public StreamObserver<Ping> clientStream(StreamObserver<Pong> responseObserver) {
			String atStart = labels();
			return new StreamObserver<>() {
				private String atMessage = "";

				@Override
				public void onNext(Ping value) {
					this.atMessage = labels();
				}

				@Override
				public void onError(Throwable ex) {
					// The caller is gone.
				}

				@Override
				public void onCompleted() {
					String text = labels();
					responseObserver.onNext(pong((text.equals(atStart) && text.equals(this.atMessage)) ? text
							: atStart + " " + this.atMessage + " " + text));
					responseObserver.onCompleted();
				}
			};
		}

		@Override
		public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
			tell(responseObserver);
			return new StreamObserver<>() {
				@Override
				public void onNext(Ping value) {
					tell(responseObserver);
				}

				@Override
				public void onError(Throwable ex) {
					// The caller is gone.
				}

				@Override
				public void onCompleted() {
					tell(responseObserver);
					responseObserver.onCompleted();
				}
			};
		}

		private void tell(StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(pong(labels()));
		}

		private static String labels() {
			return CallContext.LANE.get() + "/" + CallContext.TENANT.get();
		}

	}

	@NonBlocking
	static class NonBlockingLaneService extends LaneService {

	}

	private static final class IdleCall extends ServerCall<Ping, Pong> {

		@Override
		public void request(int numMessages) {
		}

		@Override
		public void sendHeaders(Metadata headers) {
		}

		@Override
		public void sendMessage(Pong message) {
		}

		@Override
		public void close(Status status, Metadata trailers) {
		}

		@Override
		public boolean isCancelled() {
			return false;
		}

		@Override
		public MethodDescriptor<Ping, Pong> getMethodDescriptor() {
			return EchoGrpc.getUnaryMethod();
		}

	}

}
