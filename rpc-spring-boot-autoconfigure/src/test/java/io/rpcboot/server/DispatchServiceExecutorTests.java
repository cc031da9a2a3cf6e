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

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A service whose own executor rejects: whole calls are refused, and a call that was
 * taken loses none of its events. gRPC's own dispatch has no answer to that.
 */
class DispatchServiceExecutorTests {

	private final ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES,
			new ArrayBlockingQueue<>(1), new ThreadPoolExecutor.AbortPolicy());

	private final GatedEchoService service = new GatedEchoService();

	@AfterEach
	void stop() {
		this.service.open();
		this.executor.shutdownNow();
	}

	@Test
	void whenTheExecutorRejectsThenCallsOfAllModesAreRefusedUnexecuted() throws InterruptedException {
		try (TestServer server = start(new RecordingInterceptor(0)); EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(GatedEchoService.WAIT);
			this.service.awaitEntered(1);
			CompletableFuture<Reply<Pong>> queued = client.unaryAsync("queued");
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			for (MethodDescriptor<Ping, Pong> method : DispatchFailureTests.METHODS) {
				RawCall refused = RawCall.start(client, method).send("1").halfClose();
				assertThat(refused.status().getCode()).as(method.getFullMethodName())
					.isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
				assertThat(refused.status().getDescription())
					.isEqualTo("The executor of rpc.testing.Echo has no room for the call");
				assertThat(refused.trailers.getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			}
			this.service.open();
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(queued.join().code()).isEqualTo(Status.Code.OK);
		}
	}

	@Test
	void whenTheExecutorRejectsTheEventsOfAStreamThenTheyComeWhenItHasRoom() throws InterruptedException {
		RecordingInterceptor recorder = new RecordingInterceptor(0);
		try (TestServer server = start(recorder); EchoClient client = server.client()) {
			RawCall stream = RawCall.start(client, EchoGrpc.getBidiMethod()).send("first");
			Awaitility.await().until(() -> stream.texts.size() == 1);
			CompletableFuture<Reply<Pong>> running = client.unaryAsync(GatedEchoService.WAIT);
			this.service.awaitEntered(1);
			CompletableFuture<Reply<Pong>> queued = client.unaryAsync("queued");
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			stream.send("second").halfClose();
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			this.service.open();
			assertThat(running.join().code()).isEqualTo(Status.Code.OK);
			assertThat(queued.join().code()).isEqualTo(Status.Code.OK);
			assertThat(stream.status()).isEqualTo(Status.OK);
			assertThat(stream.texts).containsExactly("first", "second");
			Awaitility.await().until(() -> recorder.events.contains("onComplete"));
			assertThat(recorder.events).containsExactly("startCall", "onReady", "onMessage", "onMessage", "onHalfClose",
					"onComplete");
		}
	}

	private TestServer start(RecordingInterceptor recorder) {
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("own", this.executor);
		beans.addBean("service", new OwnExecutorEcho(this.service));
		beans.addBean("recorder", recorder);
		return TestServer.in(beans).dispatch(Dispatch.ONE_HOP).start();
	}

	@RpcService(executor = "own")
	private record OwnExecutorEcho(GatedEchoService delegate) implements BindableService {

		@Override
		public ServerServiceDefinition bindService() {
			return this.delegate.bindService();
		}

	}

}
