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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A message over the limit fails its own call, and no other on the connection.
 */
class ServerLimitsTests {

	private static final int LIMIT = 1000;

	private final Connections connections = new Connections();

	static Stream<MethodDescriptor<Ping, Pong>> methods() {
		return Stream.of(EchoGrpc.getUnaryMethod(), EchoGrpc.getServerStreamMethod(), EchoGrpc.getClientStreamMethod(),
				EchoGrpc.getBidiMethod());
	}

	@ParameterizedTest
	@MethodSource("methods")
	void whenAMessageIsTooLargeThenItsCallAloneIsRefused(MethodDescriptor<Ping, Pong> method) {
		try (TestServer server = server(); EchoClient client = server.client()) {
			OpenStream open = OpenStream.open(client, "before");
			Reply<Pong> reply = client.call(method, EchoClient.ping("x".repeat(LIMIT + 1))).join();
			assertThat(reply.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			open.send("after").await("after");
			assertThat(client.unary("fine").code()).isEqualTo(Status.Code.OK);
			assertThat(open.complete().awaitEnd()).endsWith(OpenStream.COMPLETED);
			assertThat(this.connections.seen()).as("connections").isEqualTo(1);
		}
	}

	@Test
	void whenAMessageIsWithinTheLimitThenItIsServed() {
		try (TestServer server = server(); EchoClient client = server.client()) {
			String text = "x".repeat(LIMIT - 10);
			assertThat(client.unary(text).messages()).extracting(Pong::getText).containsExactly(text);
		}
	}

	@Test
	void whenALaterMessageOfARequestStreamIsTooLargeThenTheStreamIsRefused() {
		try (TestServer server = server(); EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> reply = client.call(EchoGrpc.getClientStreamMethod(), EchoClient.ping("one"),
					EchoClient.ping("x".repeat(LIMIT + 1)));
			assertThat(reply.join().code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		}
	}

	/**
	 * All that grpc-java can do once response headers are out is to reset the stream.
	 */
	@Test
	void whenAMessageIsTooLargeAfterTheFirstAnswerThenTheStreamIsCancelled() {
		try (TestServer server = server(); EchoClient client = server.client()) {
			OpenStream open = OpenStream.open(client, "one").send("x".repeat(LIMIT + 1));
			assertThat(open.awaitEnd()).hasSize(2)
				.last()
				.asString()
				.startsWith("io.grpc.StatusRuntimeException: CANCELLED");
			assertThat(client.unary("fine").code()).isEqualTo(Status.Code.OK);
			assertThat(this.connections.seen()).as("connections").isEqualTo(1);
		}
	}

	private TestServer server() {
		return TestServer.with(new EchoService("one"), this.connections)
			.customizer((builder) -> builder.maxInboundMessageSize(LIMIT))
			.start();
	}

	/**
	 * Counts the connections over which calls come.
	 */
	@GlobalServerInterceptor
	private static final class Connections implements ServerInterceptor {

		private final List<Object> peers = new CopyOnWriteArrayList<>();

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			this.peers.add(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
			return next.startCall(call, headers);
		}

		long seen() {
			return this.peers.stream().distinct().count();
		}

	}

}
