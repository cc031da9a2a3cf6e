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

package io.rpcboot.client.balancer;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.internal.KeepAliveManager.ClientKeepAlivePinger;
import io.grpc.internal.KeepAliveManager.ClientKeepAlivePinger.TransportWithDisconnectReason;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What gRPC says of connections that this side closes by force.
 */
class NotExecutedTests {

	@Test
	void aChannelThatIsShutDownNowIsClosedByForce() throws Exception {
		try (EchoServer server = EchoServer.start("a")) {
			// As all of ours: with gRPC's own retries a race decides who ends the call.
			ManagedChannel channel = NettyChannelBuilder.forTarget(server.address())
				.usePlaintext()
				.disableRetry()
				.build();
			ListenableFuture<Pong> call = EchoGrpc.newFutureStub(channel)
				.unary(Ping.newBuilder().setText(EchoServer.HOLD).build());
			server.awaitHeld();
			channel.shutdownNow();
			Status status = Status
				.fromThrowable(catchThrowableOfType(ExecutionException.class, () -> call.get(30, TimeUnit.SECONDS)));
			assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(NotExecuted.isClosedByForce(status)).isTrue();
			server.release();
		}
	}

	@Test
	void aConnectionWithoutAReplyToItsKeepAliveIsClosedByForce() {
		List<Status> reasons = new ArrayList<>();
		TransportWithDisconnectReason transport = (TransportWithDisconnectReason) Proxy.newProxyInstance(
				TransportWithDisconnectReason.class.getClassLoader(),
				new Class<?>[] { TransportWithDisconnectReason.class }, (proxy, method, arguments) -> {
					assertThat(method.getName()).isEqualTo("shutdownNow");
					reasons.add((Status) arguments[0]);
					return null;
				});
		new ClientKeepAlivePinger(transport).onPingTimeout();
		assertThat(reasons).singleElement().satisfies((status) -> {
			assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(NotExecuted.isClosedByForce(status)).isTrue();
		});
	}

	@Test
	void otherEndsAreNot() {
		assertThat(NotExecuted.isClosedByForce(Status.UNAVAILABLE)).isFalse();
		assertThat(NotExecuted.isClosedByForce(Status.UNAVAILABLE.withDescription("Network closed for unknown reason")))
			.isFalse();
	}

}
