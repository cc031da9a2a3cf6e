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

package io.rpcboot.system;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import io.rpcboot.autoconfigure.RpcContextPropagationAutoConfiguration;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.RpcReference;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that leaves work to an {@code @Async} method and answers: the work goes on
 * after the call, in its lane.
 */
class AsyncTasksTests {

	private static final Metadata.Key<String> GRPC_TIMEOUT = Metadata.Key.of("grpc-timeout",
			Metadata.ASCII_STRING_MARSHALLER);

	private final EchoServer c = EchoServer.start("c");

	@AfterEach
	void close() {
		this.c.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "true" })
	void taskHasTheValuesAndOutlivesTheCall(String propagateContext) throws Exception {
		try (ConfigurableApplicationContext b = run("spring.task.execution.propagate-context=" + propagateContext);
				EchoClient client = new EchoClient(RpcApplications.port(b))) {
			Metadata headers = headers();
			assertThat(client.call(EchoGrpc.getUnaryMethod(), headers, EchoClient.ping("x")).join().status().isOk())
				.isTrue();
			Work work = b.getBean(Work.class);
			// gRPC cancels the context of a call that has ended.
			assertThat(work.handlersContext.get(30, TimeUnit.SECONDS).isCancelled()).isTrue();
			work.proceed.countDown();
			assertThat(work.done.get(10, TimeUnit.SECONDS)).isEqualTo("blue, cancelled: false, deadline: null");
			Metadata seen = this.c.nextHeaders();
			assertThat(seen.get(RpcMetadata.LANE)).isEqualTo("blue");
			// Its own timeout of a minute, not what is left of the call's ten seconds.
			String timeout = seen.get(GRPC_TIMEOUT);
			assertThat(timeout).endsWith("u");
			assertThat(Long.parseLong(timeout.substring(0, timeout.length() - 1))).isGreaterThan(30_000_000L);
			assertThat(b.getBean(Decorated.class).tasks).hasSize(1);
		}
	}

	@Test
	void whenItIsOffThenTheTaskSeesNothing() throws Exception {
		try (ConfigurableApplicationContext b = run("rpc.client.carry.async-tasks=false");
				EchoClient client = new EchoClient(RpcApplications.port(b))) {
			client.call(EchoGrpc.getUnaryMethod(), headers(), EchoClient.ping("x")).join();
			Work work = b.getBean(Work.class);
			work.proceed.countDown();
			assertThat(work.done.get(10, TimeUnit.SECONDS)).startsWith("null, ");
		}
	}

	private static Metadata headers() {
		Metadata headers = new Metadata();
		headers.put(RpcMetadata.LANE, "blue");
		return headers;
	}

	private ConfigurableApplicationContext run(String property) {
		return RpcApplications.run(Background.class, "spring.application.name=b", "rpc.registry.type=none",
				"rpc.client.defaults.timeout=60s", "rpc.client.references.next.addresses=127.0.0.1:" + this.c.port(),
				property);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	@ImportAutoConfiguration({ TaskExecutionAutoConfiguration.class, RpcContextPropagationAutoConfiguration.class })
	static class Background {

		@Bean
		Work work() {
			return new Work();
		}

		@Bean
		BackgroundWork backgroundWork(@RpcReference("next") EchoGrpc.EchoBlockingStub next, Work work) {
			return new BackgroundWork(next, work);
		}

		/** A decorator of the user's own. */
		@Bean
		Decorated decorated() {
			return new Decorated();
		}

		@Bean
		@RpcService
		EchoGrpc.EchoImplBase service(BackgroundWork background, Work work) {
			return new EchoGrpc.EchoImplBase() {
				@Override
				public void unary(Ping request, StreamObserver<Pong> responseObserver) {
					Context context = Context.current();
					context.addListener((cancelled) -> work.handlersContext.complete(cancelled), Runnable::run);
					background.work();
					responseObserver.onNext(Pong.getDefaultInstance());
					responseObserver.onCompleted();
				}
			};
		}

	}

	static class Work {

		private final CompletableFuture<Context> handlersContext = new CompletableFuture<>();

		private final CountDownLatch proceed = new CountDownLatch(1);

		private final CompletableFuture<String> done = new CompletableFuture<>();

	}

	static class BackgroundWork {

		private final EchoGrpc.EchoBlockingStub next;

		private final Work work;

		BackgroundWork(EchoGrpc.EchoBlockingStub next, Work work) {
			this.next = next;
			this.work = work;
		}

		@Async
		void work() {
			try {
				if (!this.work.proceed.await(10, TimeUnit.SECONDS)) {
					throw new IllegalStateException("not told to proceed");
				}
				this.next.unary(Ping.getDefaultInstance());
				this.work.done.complete(CallContext.LANE.get() + ", cancelled: " + Context.current().isCancelled()
						+ ", deadline: " + Context.current().getDeadline());
			}
			catch (Exception ex) {
				this.work.done.completeExceptionally(ex);
			}
		}

	}

	static class Decorated implements TaskDecorator {

		private final List<Runnable> tasks = new CopyOnWriteArrayList<>();

		@Override
		public Runnable decorate(Runnable runnable) {
			this.tasks.add(runnable);
			return runnable;
		}

	}

}
