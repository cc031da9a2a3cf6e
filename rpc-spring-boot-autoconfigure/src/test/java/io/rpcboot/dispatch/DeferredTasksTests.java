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

package io.rpcboot.dispatch;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeferredTasks}.
 */
class DeferredTasksTests {

	private static final long LIMIT_SECONDS = 20;

	private final ScheduledExecutorService timer = DeferredTasks.timer("deferred-timer");

	private final WakeOnePool pool = new WakeOnePool("deferred-", 4);

	private final DeferredTasks tasks = new DeferredTasks(this.pool, this.timer);

	@AfterEach
	void close() {
		this.pool.close();
		this.timer.shutdownNow();
	}

	@Test
	void whenManyThreadsGiveTasksThenEachRunsOnAThreadOfTheExecutor() throws InterruptedException {
		int givers = 4;
		int each = 50_000;
		CountDownLatch done = new CountDownLatch(givers * each);
		Set<String> threads = ConcurrentHashMap.newKeySet();
		for (int i = 0; i < givers; i++) {
			new Thread(() -> {
				for (int task = 0; task < each; task++) {
					this.tasks.execute(() -> {
						threads.add(Thread.currentThread().getName());
						done.countDown();
					});
				}
			}, "giver").start();
		}
		assertThat(done.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
		assertThat(done.getCount()).isZero();
		assertThat(threads).allSatisfy((name) -> assertThat(name).startsWith("deferred-").doesNotContain("timer"));
	}

	@Test
	void whenManyTasksAreGivenAtOnceThenTheyAreHandedOverTogether() throws InterruptedException {
		AtomicInteger handOvers = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(1000);
		DeferredTasks counted = new DeferredTasks((task) -> {
			handOvers.incrementAndGet();
			this.pool.execute(task);
		}, this.timer);
		for (int i = 0; i < 1000; i++) {
			counted.execute(done::countDown);
		}
		assertThat(done.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
		assertThat(handOvers).hasValueLessThan(500);
	}

	@Test
	void whenTasksBlockThenTheOthersRunOnFurtherThreads() throws InterruptedException {
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch free = new CountDownLatch(2);
		for (int i = 0; i < 3; i++) {
			this.tasks.execute(() -> awaitUnchecked(gate));
		}
		this.tasks.execute(free::countDown);
		this.tasks.execute(free::countDown);
		assertThat(free.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
		gate.countDown();
	}

	@Test
	void whenATaskFailsThenTheOthersRun() throws InterruptedException {
		CountDownLatch free = new CountDownLatch(2);
		this.tasks.execute(free::countDown);
		this.tasks.execute(() -> {
			throw new AssertionError("expected by the test");
		});
		this.tasks.execute(free::countDown);
		assertThat(free.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whenTheExecutorHasNoRoomThenTheTasksRunAsSoonAsItHas() throws InterruptedException {
		AtomicInteger rejections = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(2);
		DeferredTasks rejected = new DeferredTasks((task) -> {
			if (rejections.getAndIncrement() < 3) {
				throw new RejectedExecutionException("expected by the test");
			}
			this.pool.execute(task);
		}, this.timer);
		rejected.execute(done::countDown);
		rejected.execute(done::countDown);
		assertThat(done.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
		assertThat(rejections).hasValueGreaterThan(3);
	}

	@Test
	void whenTheExecutorHasRejectedForTenSecondsThenTheTasksRunAllTheSame() throws InterruptedException {
		AtomicInteger rejections = new AtomicInteger();
		AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
		DeferredTasks rejected = new DeferredTasks((task) -> {
			rejections.incrementAndGet();
			throw new RejectedExecutionException("expected by the test");
		}, this.timer, now::get);
		CountDownLatch done = new CountDownLatch(1);
		rejected.execute(done::countDown);
		Awaitility.await().until(() -> rejections.get() >= 2);
		now.addAndGet(DeferredTasks.PATIENCE_NANOS - 1);
		int before = rejections.get();
		Awaitility.await().until(() -> rejections.get() >= before + 2);
		assertThat(done.getCount()).isOne();
		now.incrementAndGet();
		assertThat(done.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
	}

	private static void awaitUnchecked(CountDownLatch latch) {
		try {
			latch.await(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
