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

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.google.rpc.DebugInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcError;
import io.rpcboot.call.RpcError.Violation;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An error that is too large for the headers that a client of Netty accepts arrives all
 * the same, while the server drains too.
 */
class ErrorSizeTests {

	private static final RpcError ERROR = RpcError.of(Status.Code.ABORTED, "too much")
		.withReason("shop.example", "LARGE");

	static Stream<Arguments> errors() {
		DebugInfo debug = DebugInfo.newBuilder().setDetail("x".repeat(100_000)).build();
		List<Violation> violations = new ArrayList<>();
		for (int i = 0; i < 10_000; i++) {
			violations.add(new Violation("field" + i, "is wrong"));
		}
		RpcError wide = RpcError.of(Status.Code.ABORTED, "\u4e16".repeat(50_000)).withReason("shop.example", "LARGE");
		return Stream.of(Arguments.of("debug", ERROR.withDetail(debug)),
				Arguments.of("violations", ERROR.withViolations(violations)),
				Arguments.of("metadata", ERROR.withMetadata("all", "x".repeat(20_000))), Arguments.of("message", wide),
				Arguments.of("everything",
						wide.withDetail(debug).withViolations(violations).withMetadata("all", "x".repeat(20_000))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("errors")
	void whenAnErrorIsTooLargeThenItIsCutAndArrives(String what, RpcError error) {
		Metadata own = new Metadata();
		own.put(Metadata.Key.of("own", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(20_000));
		own.merge(error.toTrailers());
		for (Metadata trailers : List.of(error.toTrailers(), own)) {
			EchoService service = new EchoService("large") {
				@Override
				public void unary(Ping request, StreamObserver<Pong> responseObserver) {
					responseObserver.onError(error.toStatus().asRuntimeException(trailers));
				}
			};
			try (TestServer server = TestServer.with(service).start(); EchoClient client = server.client()) {
				server.lifecycle().stopRequested();
				Reply<Pong> reply = client.unary("x");
				assertThat(reply.code()).isEqualTo(Status.Code.ABORTED);
				assertThat(reply.status().getDescription()).startsWith(error.message().substring(0, 8));
			}
		}
	}

}
