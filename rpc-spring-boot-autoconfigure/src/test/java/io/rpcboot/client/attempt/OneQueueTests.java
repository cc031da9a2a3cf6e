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

package io.rpcboot.client.attempt;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OneQueue}.
 */
class OneQueueTests {

	@Test
	void whatATaskAddsRunsAfterIt() {
		List<String> ran = new ArrayList<>();
		OneQueue queue = new OneQueue(Runnable::run);
		queue.execute(() -> {
			queue.execute(() -> ran.add("second"));
			ran.add("first");
		});
		assertThat(ran).containsExactly("first", "second");
	}

	@Test
	void whenManyThreadsAddThenNoTwoTasksRunAtATimeAndNoneIsLost() {
		ExecutorService pool = Executors.newFixedThreadPool(4);
		try {
			OneQueue queue = new OneQueue(pool);
			AtomicBoolean inside = new AtomicBoolean();
			AtomicInteger collisions = new AtomicInteger();
			AtomicInteger ran = new AtomicInteger();
			IntStream.range(0, 20_000).parallel().forEach((i) -> queue.execute(() -> {
				collisions.addAndGet(inside.compareAndSet(false, true) ? 0 : 1);
				ran.incrementAndGet();
				inside.set(false);
			}));
			Awaitility.await().untilAsserted(() -> assertThat(ran).hasValue(20_000));
			assertThat(collisions).hasValue(0);
		}
		finally {
			pool.shutdownNow();
		}
	}

	@Test
	void whenATaskFailsThenTheNextRuns() {
		List<Runnable> scheduled = new ArrayList<>();
		OneQueue queue = new OneQueue(scheduled::add);
		List<String> ran = new ArrayList<>();
		queue.execute(() -> {
			throw new IllegalStateException("failed");
		});
		queue.execute(() -> ran.add("next"));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(scheduled.get(0)::run);
		assertThat(scheduled).hasSize(2);
		scheduled.get(1).run();
		assertThat(ran).containsExactly("next");
	}

	@Test
	void whenTheExecutorRejectsThenTheTaskIsNotKept() {
		AtomicBoolean rejects = new AtomicBoolean(true);
		List<String> ran = new ArrayList<>();
		OneQueue queue = new OneQueue((task) -> {
			if (rejects.get()) {
				throw new RejectedExecutionException("full");
			}
			task.run();
		});
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> queue.execute(() -> ran.add("rejected")));
		rejects.set(false);
		queue.execute(() -> ran.add("accepted"));
		assertThat(ran).containsExactly("accepted");
	}

}
