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
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HandlerThreads}: a bounded pool, and refusal in front of it.
 */
class HandlerThreadsTests {

	private final GatedEchoService service = new GatedEchoService();

	@Test
	void whenTheQueueIsFullThenFurtherCallsAreRefusedUnexecutedAndTheOthersFinish() throws InterruptedException {
		try (TestServer server = TestServer.with(this.service).pool(1, 1).start();
				EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(GatedEchoService.WAIT);
			this.service.awaitEntered(1);
			CompletableFuture<Reply<Pong>> queued = client.unaryAsync("queued");
			Reply<Pong> refused = client.unary("refused");
			assertThat(refused.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(refused.status().getDescription())
				.isEqualTo("The server's queue of calls is full: 1 (rpc.server.executor.queue-capacity)");
			assertThat(refused.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			assertThat(refused.trailers().containsKey(RpcMetadata.CORRELATION_ID)).isFalse();
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			assertThat(client.health("rpc.testing.Echo")).isEqualTo(ServingStatus.SERVING);
			this.service.open();
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(queued.join().messages()).extracting(Pong::getText).containsExactly("queued");
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
			assertThat(this.service.entered()).as("handlers that ran after the first").isEqualTo(2);
		}
	}

	@Test
	void whenACallExpiresInTheQueueThenItNeverRuns() throws InterruptedException {
		try (TestServer server = TestServer.with(this.service).pool(1, 10).start();
				EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(GatedEchoService.WAIT);
			this.service.awaitEntered(1);
			EchoGrpc.EchoBlockingStub hurried = EchoGrpc.newBlockingStub(client.channel())
				.withDeadlineAfter(100, TimeUnit.MILLISECONDS);
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> hurried.unary(EchoClient.ping("expired")))
				.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
			// The health answer comes over the same connection, behind the cancellation.
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			this.service.open();
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(client.unary("after").code()).isEqualTo(Status.Code.OK);
			assertThat(this.service.entered()).as("handlers that ran after the first").isEqualTo(1);
		}
	}

	@Test
	void whenHandlersRunThenNoMoreThanTheThreadsDo() throws InterruptedException {
		try (TestServer server = TestServer.with(this.service).pool(2, 100).start();
				EchoClient client = server.client()) {
			List<CompletableFuture<Reply<Pong>>> blocked = List.of(client.unaryAsync(GatedEchoService.WAIT),
					client.unaryAsync(GatedEchoService.WAIT), client.unaryAsync(GatedEchoService.WAIT));
			this.service.awaitEntered(2);
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			assertThat(this.service.entered()).as("handlers beside the two").isZero();
			this.service.open();
			blocked.forEach((reply) -> assertThat(reply.join().code()).isEqualTo(Status.Code.OK));
		}
	}

	@Test
	void whenAServiceIsServedThenItsHandlersRunOnThePoolAndHealthDoesNot() {
		try (TestServer server = TestServer.with(new ThreadNamingEcho()).start(); EchoClient client = server.client()) {
			assertThat(client.unary("").messages().get(0).getText()).startsWith("rpc-handler-");
			Iterable<Pong> pongs = () -> ClientCalls.blockingServerStreamingCall(client.channel(),
					EchoGrpc.getServerStreamMethod(), CallOptions.DEFAULT, EchoClient.ping(""));
			assertThat(pongs).allSatisfy((pong) -> assertThat(pong.getText()).startsWith("rpc-handler-"));
		}
	}

	private static final class ThreadNamingEcho extends EchoService {

		ThreadNamingEcho() {
			super("naming");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(pong(Thread.currentThread().getName()));
			responseObserver.onCompleted();
		}

		@Override
		public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
			unary(request, responseObserver);
		}

	}

}
