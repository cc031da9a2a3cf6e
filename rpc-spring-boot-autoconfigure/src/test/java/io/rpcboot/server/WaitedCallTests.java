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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.server.RpcServerSettings.Dispatch;
import io.rpcboot.server.admission.AdmissionSettings;
import io.rpcboot.server.admission.AdmissionSettings.Limit;
import io.rpcboot.server.admission.AdmissionStatistics;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls with a permit, on an executor of the user's own.
 */
class WaitedCallTests {

	private static final ThreadLocal<String> IDENTITY = new ThreadLocal<>();

	private final ExecutorService threads = Executors.newFixedThreadPool(2);

	private final IdentifyingEcho service = new IdentifyingEcho();

	private volatile boolean outOfMemory;

	@AfterEach
	void stop() {
		this.service.gate.countDown();
		this.threads.shutdownNow();
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenACallWaitedForAPermitThenItGetsNothingOfTheCallThatGaveItBack(Dispatch dispatch) {
		try (TestServer server = start(dispatch, this::copying); EchoClient client = server.client()) {
			CompletableFuture<Reply<Pong>> first = client.unaryAsync("first");
			Awaitility.await().until(() -> !this.service.identities.isEmpty());
			CompletableFuture<Reply<Pong>> second = client.unaryAsync("second");
			Awaitility.await().until(() -> limit(server).waiting() == 1);
			CompletableFuture<Reply<Pong>> third = client.unaryAsync("third");
			Awaitility.await().until(() -> limit(server).waiting() == 2);
			this.service.gate.countDown();
			assertThat(List.of(first.join().code(), second.join().code(), third.join().code()))
				.containsOnly(Status.Code.OK);
			assertThat(this.service.identities).containsExactly("first: null", "second: null", "third: null");
			Awaitility.await().until(() -> limit(server).running() == 0);
		}
	}

	@ParameterizedTest
	@EnumSource(Dispatch.class)
	void whenAnExecutorHasNoMemoryForAThreadThenTheCallIsRefusedAndGivesItsPermitBack(Dispatch dispatch) {
		try (TestServer server = start(dispatch, this::failing); EchoClient client = server.client()) {
			this.service.gate.countDown();
			this.outOfMemory = true;
			Reply<Pong> refused = client.unary("refused");
			assertThat(refused.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(refused.trailers().getAll(RpcMetadata.NOT_EXECUTED)).containsExactly("1");
			Awaitility.await().until(() -> limit(server).running() == 0);
			this.outOfMemory = false;
			assertThat(client.unary("first").code()).isEqualTo(Status.Code.OK);
		}
	}

	private TestServer start(Dispatch dispatch, Executor own) {
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("own", own);
		beans.addBean("service", this.service);
		return TestServer.in(beans)
			.dispatch(dispatch)
			.admission(new AdmissionSettings(false, new Limit(1, 5, Duration.ofSeconds(20), null), Map.of(), Map.of(),
					TestServer.UNLIMITED.adaptive(), TestServer.UNLIMITED.callers()))
			.start();
	}

	private static AdmissionStatistics.Limit limit(TestServer server) {
		return server.lifecycle().admission().limits().get("rpc.testing.Echo");
	}

	/**
	 * Takes along who the current thread works for, as decorators do.
	 */
	private void copying(Runnable task) {
		String identity = IDENTITY.get();
		this.threads.execute(() -> {
			IDENTITY.set(identity);
			try {
				task.run();
			}
			finally {
				IDENTITY.remove();
			}
		});
	}

	private void failing(Runnable task) {
		if (this.outOfMemory) {
			throw new OutOfMemoryError("unable to create native thread, says the test");
		}
		this.threads.execute(task);
	}

	@RpcService(executor = "own")
	private static final class IdentifyingEcho extends EchoService {

		private final List<String> identities = new CopyOnWriteArrayList<>();

		private final CountDownLatch gate = new CountDownLatch(1);

		IdentifyingEcho() {
			super("identifying");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			this.identities.add(request.getText() + ": " + IDENTITY.get());
			IDENTITY.set(request.getText());
			try {
				this.gate.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			super.unary(request, responseObserver);
		}

	}

}
