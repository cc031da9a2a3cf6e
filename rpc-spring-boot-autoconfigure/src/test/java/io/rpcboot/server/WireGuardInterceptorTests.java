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

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;

import org.springframework.core.Ordered;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WireGuardInterceptor}: what only the starter may say on the wire.
 */
class WireGuardInterceptorTests {

	private static final Metadata.Key<String> OWN = Metadata.Key.of("own", Metadata.ASCII_STRING_MARSHALLER);

	@Test
	void whenAServiceAnswersThenTheReplyNamesTheInstance() {
		try (TestServer server = TestServer.with(new EchoService("one")).start(); EchoClient client = server.client()) {
			Reply<Pong> reply = client.unary("hello");
			assertThat(reply.headers().get(RpcMetadata.INSTANCE)).hasSize(36);
			assertThat(client.unary("again").headers().get(RpcMetadata.INSTANCE))
				.isEqualTo(reply.headers().get(RpcMetadata.INSTANCE));
			assertThat(reply.headers().containsKey(RpcMetadata.DRAIN)).isFalse();
			assertThat(reply.trailers().containsKey(RpcMetadata.DRAIN)).isFalse();
		}
	}

	@Test
	void whenAServiceForwardsTheErrorOfACalleeThenItsClaimsAreStripped() {
		try (TestServer server = TestServer.with(new ForwardingEcho(false)).start();
				EchoClient client = server.client()) {
			assertStripped(client.unary("hello"));
		}
	}

	@Test
	void whenAServiceThrowsTheErrorOfACalleeThenItsClaimsAreStripped() {
		try (TestServer server = TestServer.with(new ForwardingEcho(true)).start();
				EchoClient client = server.client()) {
			assertStripped(client.unary("hello"));
		}
	}

	@Test
	void whenAnInterceptorFurtherInSetsClaimsOnASuccessThenTheyAreStrippedFromHeadersAndTrailers() {
		try (TestServer server = TestServer.with(new EchoService("one"), new Claiming()).start();
				EchoClient client = server.client()) {
			Reply<Pong> reply = client.unary("hello");
			assertThat(reply.code()).isEqualTo(Status.Code.OK);
			assertWithoutClaims(reply.headers());
			assertWithoutClaims(reply.trailers());
			assertThat(reply.headers().get(OWN)).isEqualTo("kept");
			assertThat(reply.trailers().get(OWN)).isEqualTo("kept");
		}
	}

	@Test
	void whenACallSendsClaimsAsRequestHeadersThenTheReplyHasNone() {
		try (TestServer server = TestServer.with(new EchoService("one")).start(); EchoClient client = server.client()) {
			Metadata headers = claims();
			headers.put(Metadata.Key.of("rpc-internal-queue-full", Metadata.ASCII_STRING_MARSHALLER), "1");
			Reply<Pong> reply = client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("hello")).join();
			assertThat(reply.code()).isEqualTo(Status.Code.OK);
			assertWithoutClaims(reply.headers());
			assertWithoutClaims(reply.trailers());
		}
	}

	private static void assertStripped(Reply<Pong> reply) {
		assertThat(reply.code()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(reply.status().getDescription()).isEqualTo("callee is away");
		assertWithoutClaims(reply.headers());
		assertWithoutClaims(reply.trailers());
		assertThat(reply.trailers().get(OWN)).isEqualTo("kept");
	}

	private static void assertWithoutClaims(Metadata metadata) {
		assertThat(metadata.containsKey(RpcMetadata.NOT_EXECUTED)).isFalse();
		assertThat(metadata.containsKey(RpcMetadata.DRAIN)).isFalse();
		assertThat(metadata.containsKey(RpcMetadata.RETRY_PUSHBACK)).isFalse();
	}

	private static Metadata claims() {
		Metadata metadata = new Metadata();
		metadata.put(RpcMetadata.NOT_EXECUTED, "1");
		metadata.put(RpcMetadata.NOT_EXECUTED, "1");
		metadata.put(RpcMetadata.DRAIN, "1");
		metadata.put(RpcMetadata.RETRY_PUSHBACK, "10");
		metadata.put(OWN, "kept");
		return metadata;
	}

	private static final class ForwardingEcho extends EchoService {

		private final boolean thrown;

		ForwardingEcho(boolean thrown) {
			super("forwarding");
			this.thrown = thrown;
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			RuntimeException callee = Status.UNAVAILABLE.withDescription("callee is away").asRuntimeException(claims());
			if (this.thrown) {
				throw callee;
			}
			responseObserver.onError(callee);
		}

	}

	@GlobalServerInterceptor
	private static final class Claiming implements ServerInterceptor, Ordered {

		@Override
		public int getOrder() {
			return ServerInterceptorOrder.VALIDATION;
		}

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			return next.startCall(new SimpleForwardingServerCall<>(call) {
				@Override
				public void sendHeaders(Metadata responseHeaders) {
					responseHeaders.merge(claims());
					super.sendHeaders(responseHeaders);
				}

				@Override
				public void close(Status status, Metadata trailers) {
					trailers.merge(claims());
					super.close(status, trailers);
				}
			}, headers);
		}

	}

}
