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

package io.rpcboot.call;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.Context;
import io.grpc.Deadline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a task sees of the call during which it was handed over.
 */
class RpcExecutorsTests {

	private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);

	private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

	private final Context.CancellableContext call = Context.current()
		.withValue(CallContext.LANE, "blue")
		.withDeadline(Deadline.after(1, TimeUnit.HOURS), this.timer);

	@AfterEach
	void close() {
		this.call.cancel(null);
		this.threads.shutdownNow();
		this.timer.shutdownNow();
	}

	@Test
	void executorPassesDeadlineAndValues() throws Exception {
		CompletableFuture<Context> seen = new CompletableFuture<>();
		this.call.call(() -> {
			RpcExecutors.wrap((java.util.concurrent.Executor) this.threads)
				.execute(() -> seen.complete(Context.current()));
			return null;
		});
		assertThat(seen.get(30, TimeUnit.SECONDS)).matches(this::isOfCall);
	}

	@Test
	void executorServicePassesThemInEachWay() throws Exception {
		passesInEachWay(RpcExecutors.wrap((ExecutorService) this.threads));
	}

	@Test
	void virtualThreadsPassThemInEachWay() throws Exception {
		Assumptions.assumeTrue(Runtime.version().feature() >= 21, "virtual threads");
		Method factory = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
		ExecutorService virtual = (ExecutorService) factory.invoke(null);
		passesInEachWay(RpcExecutors.wrap(virtual));
		virtual.shutdown();
	}

	@Test
	void schedulerPassesThemInEachWay() throws Exception {
		ScheduledExecutorService scheduler = RpcExecutors.wrap(this.threads);
		passesInEachWay(scheduler);
		assertThat(
				this.call.call(() -> scheduler.schedule((Callable<Context>) Context::current, 1, TimeUnit.MILLISECONDS))
					.get())
			.matches(this::isOfCall);
		CompletableFuture<Context> once = new CompletableFuture<>();
		CompletableFuture<Context> atRate = new CompletableFuture<>();
		CompletableFuture<Context> withDelay = new CompletableFuture<>();
		this.call.run(() -> {
			scheduler.schedule(() -> once.complete(Context.current()), 1, TimeUnit.MILLISECONDS);
			scheduler.scheduleAtFixedRate(() -> atRate.complete(Context.current()), 1, 1000, TimeUnit.MILLISECONDS);
			scheduler.scheduleWithFixedDelay(() -> withDelay.complete(Context.current()), 1, 1000,
					TimeUnit.MILLISECONDS);
		});
		assertThat(once.get(30, TimeUnit.SECONDS)).matches(this::isOfCall);
		assertThat(atRate.get(30, TimeUnit.SECONDS)).matches(this::isOfCall);
		assertThat(withDelay.get(30, TimeUnit.SECONDS)).matches(this::isOfCall);
	}

	@Test
	void taskSeesThatItsCallIsCancelledWhileItRuns() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CompletableFuture<String> seen = new CompletableFuture<>();
		this.call.run(() -> RpcExecutors.wrap((ExecutorService) this.threads).execute(() -> {
			Context.current().addListener((context) -> seen.complete(CallContext.LANE.get(context)), Runnable::run);
			running.countDown();
		}));
		assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(seen).isNotDone();
		this.call.cancel(null);
		assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo("blue");
	}

	@Test
	void wrappedOneStopsWithTheOneInside() throws Exception {
		ExecutorService wrapped = RpcExecutors.wrap((ExecutorService) this.threads);
		assertThat(wrapped.isShutdown()).isFalse();
		wrapped.shutdown();
		assertThat(this.threads.isShutdown()).isTrue();
		assertThat(wrapped.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		assertThat(wrapped.isTerminated()).isTrue();
		assertThat(wrapped.shutdownNow()).isEmpty();
	}

	private boolean isOfCall(Context context) {
		return "blue".equals(CallContext.LANE.get(context)) && this.call.getDeadline().equals(context.getDeadline());
	}

	private void passesInEachWay(ExecutorService executor) throws Exception {
		Callable<Context> task = Context::current;
		CompletableFuture<Context> executed = new CompletableFuture<>();
		CompletableFuture<Context> submitted = new CompletableFuture<>();
		CompletableFuture<Context> withResult = new CompletableFuture<>();
		this.call.call(() -> {
			executor.execute(() -> executed.complete(Context.current()));
			executor.submit((Runnable) () -> submitted.complete(Context.current()));
			assertThat(executor.submit(() -> assertThat(withResult.complete(Context.current())).isTrue(), 7).get())
				.isEqualTo(7);
			assertThat(executor.submit(task).get()).matches(this::isOfCall);
			assertThat(executor.invokeAny(List.of(task))).matches(this::isOfCall);
			assertThat(executor.invokeAny(List.of(task), 30, TimeUnit.SECONDS)).matches(this::isOfCall);
			assertThat(executor.invokeAll(List.of(task)).get(0).get()).matches(this::isOfCall);
			assertThat(executor.invokeAll(List.of(task), 30, TimeUnit.SECONDS).get(0).get()).matches(this::isOfCall);
			return null;
		});
		assertThat(executed.get(30, TimeUnit.SECONDS)).matches(this::isOfCall);
		assertThat(submitted.get(30, TimeUnit.SECONDS)).matches(this::isOfCall);
		assertThat(withResult.get(30, TimeUnit.SECONDS)).matches(this::isOfCall);
		// The next task, of nobody, sees nothing of it.
		assertThat(executor.submit(task).get()).isSameAs(Context.ROOT);
	}

}
