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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link WakeOnePool}.
 */
class WakeOnePoolTests {

	private static final long LIMIT_SECONDS = 20;

	private final String prefix = "wake-one-" + System.nanoTime() + "-";

	private final List<WakeOnePool> pools = new ArrayList<>();

	@AfterEach
	void close() {
		this.pools.forEach(WakeOnePool::close);
	}

	@Test
	void whenThereIsNoThreadAndNoneCanBeStartedThenATaskIsRejectedAndNeverRun() throws InterruptedException {
		AtomicBoolean failing = new AtomicBoolean(true);
		WakeOnePool pool = new WakeOnePool(this.prefix, 2, (thread) -> startUnless(failing, thread));
		this.pools.add(pool);
		List<String> runs = new CopyOnWriteArrayList<>();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> pool.execute(() -> runs.add("no")));
		assertThat(pool.threads()).isZero();
		failing.set(false);
		CountDownLatch done = new CountDownLatch(1);
		pool.execute(() -> {
			runs.add("yes");
			done.countDown();
		});
		await(done);
		assertThat(runs).containsExactly("yes");
	}

	@Test
	void whenNoFurtherThreadCanBeStartedThenTheTasksWaitForThoseThereAre() throws InterruptedException {
		AtomicBoolean failing = new AtomicBoolean();
		WakeOnePool pool = new WakeOnePool(this.prefix, 4, (thread) -> startUnless(failing, thread));
		this.pools.add(pool);
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(3);
		pool.execute(() -> {
			entered.countDown();
			awaitUnchecked(gate);
		});
		await(entered);
		failing.set(true);
		for (int i = 0; i < 3; i++) {
			pool.execute(done::countDown);
		}
		assertThat(pool.threads()).isOne();
		gate.countDown();
		await(done);
	}

	private static void startUnless(AtomicBoolean failing, Thread thread) {
		if (failing.get()) {
			throw new StackOverflowError("thrown by the test");
		}
		thread.start();
	}

	@Test
	void whenManyThreadsSubmitThenEachTaskRunsOnceOnNoMoreThreadsThanAllowed() throws InterruptedException {
		int submitters = 8;
		int each = 20_000;
		WakeOnePool pool = pool(4);
		AtomicIntegerArray runs = new AtomicIntegerArray(submitters * each);
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		CountDownLatch done = new CountDownLatch(submitters * each);
		for (int i = 0; i < submitters; i++) {
			int first = i * each;
			start(() -> {
				for (int task = first; task < first + each; task++) {
					int number = task;
					pool.execute(() -> {
						most.accumulateAndGet(running.incrementAndGet(), Math::max);
						runs.incrementAndGet(number);
						threads.add(Thread.currentThread());
						running.decrementAndGet();
						done.countDown();
					});
				}
			});
		}
		await(done);
		for (int i = 0; i < runs.length(); i++) {
			assertThat(runs.get(i)).as("runs of task " + i).isOne();
		}
		assertThat(most).hasValueLessThanOrEqualTo(4);
		assertThat(threads).hasSizeLessThanOrEqualTo(4);
	}

	@Test
	void whenTasksBlockThenTheOthersRunWhileThreadsAreLeftAndWaitAfterThat() throws InterruptedException {
		int threads = 5;
		WakeOnePool pool = pool(threads);
		CountDownLatch gate = new CountDownLatch(1);
		Semaphore begun = new Semaphore(0);
		CountDownLatch last = new CountDownLatch(1);
		for (int i = 0; i < threads - 1; i++) {
			pool.execute(() -> {
				begun.release();
				awaitUnchecked(gate);
			});
		}
		assertThat(begun.tryAcquire(threads - 1, LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
		CountDownLatch free = new CountDownLatch(1);
		pool.execute(free::countDown);
		await(free);
		pool.execute(() -> {
			begun.release();
			awaitUnchecked(gate);
		});
		assertThat(begun.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
		pool.execute(last::countDown);
		assertThat(threads()).hasSize(threads);
		assertThat(last.getCount()).as("tasks beyond the threads").isOne();
		gate.countDown();
		await(last);
	}

	@Test
	void whenABurstOfBlockingTasksComesThenAllThreadsAreWoken() throws InterruptedException {
		WakeOnePool pool = pool(8);
		for (int round = 0; round < 50; round++) {
			CountDownLatch gate = new CountDownLatch(1);
			CountDownLatch begun = new CountDownLatch(8);
			CountDownLatch done = new CountDownLatch(8);
			for (int i = 0; i < 8; i++) {
				pool.execute(() -> {
					begun.countDown();
					awaitUnchecked(gate);
					done.countDown();
				});
			}
			await(begun);
			gate.countDown();
			await(done);
		}
	}

	@Test
	void whenOneThreadSubmitsShortTasksOneByOneThenTheThreadThatParkedLastTakesThem() throws InterruptedException {
		WakeOnePool pool = pool(64);
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		for (int i = 0; i < 2000; i++) {
			CountDownLatch done = new CountDownLatch(1);
			pool.execute(() -> {
				threads.add(Thread.currentThread());
				done.countDown();
			});
			await(done);
		}
		// A thread starts only where no other had parked yet; a pool that starts one a
		// task until all are there would have 64.
		assertThat(threads).hasSizeLessThanOrEqualTo(16);
	}

	@Test
	void whenThePoolIsClosedThenItsThreadsEndAndLaterTasksRunStill() throws InterruptedException {
		WakeOnePool pool = pool(3);
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch before = new CountDownLatch(10);
		for (int i = 0; i < 10; i++) {
			pool.execute(() -> {
				awaitUnchecked(gate);
				before.countDown();
			});
		}
		pool.close();
		gate.countDown();
		await(before);
		Awaitility.await().atMost(Duration.ofSeconds(LIMIT_SECONDS)).until(() -> threads().isEmpty());
		for (int i = 0; i < 100; i++) {
			CountDownLatch after = new CountDownLatch(1);
			pool.execute(after::countDown);
			await(after);
		}
		Awaitility.await().atMost(Duration.ofSeconds(LIMIT_SECONDS)).until(() -> threads().isEmpty());
	}

	@Test
	void whenParkedThreadsAreInterruptedThenTheyGoOn() throws InterruptedException {
		WakeOnePool pool = pool(1);
		CountDownLatch first = new CountDownLatch(1);
		pool.execute(first::countDown);
		await(first);
		threads().forEach(Thread::interrupt);
		AtomicBoolean interrupted = new AtomicBoolean();
		CountDownLatch second = new CountDownLatch(1);
		Awaitility.await()
			.atMost(Duration.ofSeconds(LIMIT_SECONDS))
			.until(() -> threads().stream().noneMatch(Thread::isInterrupted));
		pool.execute(() -> {
			interrupted.set(Thread.currentThread().isInterrupted());
			second.countDown();
		});
		await(second);
		assertThat(interrupted).isFalse();
	}

	@Test
	void whenATaskFailsThenThatIsLoggedAndTheThreadGoesOn() throws InterruptedException {
		Logger logger = (Logger) LoggerFactory.getLogger(WakeOnePool.class);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		logger.addAppender(log);
		try {
			WakeOnePool pool = pool(1);
			pool.execute(() -> {
				throw new AssertionError("expected by the test");
			});
			CountDownLatch next = new CountDownLatch(1);
			pool.execute(next::countDown);
			await(next);
			assertThat(log.list).singleElement().satisfies((event) -> {
				assertThat(event.getFormattedMessage()).isEqualTo("A task failed on " + this.prefix + "1");
				assertThat(event.getThrowableProxy().getMessage()).isEqualTo("expected by the test");
			});
			assertThat(threads()).extracting(Thread::getName).containsExactly(this.prefix + "1");
		}
		finally {
			logger.detachAppender(log);
		}
	}

	@Test
	void whenATaskLeavesTheInterruptFlagSetThenTheNextTaskDoesNotSeeIt() throws InterruptedException {
		WakeOnePool pool = pool(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		CountDownLatch next = new CountDownLatch(1);
		pool.execute(() -> Thread.currentThread().interrupt());
		pool.execute(() -> {
			interrupted.set(Thread.currentThread().isInterrupted());
			next.countDown();
		});
		await(next);
		assertThat(interrupted).isFalse();
	}

	@Test
	void whenTasksComeJustAsTheOnlyThreadParksThenNoWakeUpIsLost() throws InterruptedException {
		pingPong(pool(1), 100_000, false);
	}

	@Test
	void whenASpinningThreadSubmitsToTheOnlyThreadThenNoWakeUpIsLost() throws InterruptedException {
		pingPong(pool(1), 500_000, true);
	}

	@Test
	void whenTwoThreadsSubmitJustAsThreadsParkThenNoWakeUpIsLost() throws InterruptedException {
		WakeOnePool pool = pool(2);
		List<Throwable> failures = new ArrayList<>();
		Thread other = start(() -> {
			try {
				pingPong(pool, 50_000, true);
			}
			catch (Throwable ex) {
				failures.add(ex);
			}
		});
		pingPong(pool, 50_000, true);
		other.join();
		assertThat(failures).isEmpty();
	}

	private void pingPong(WakeOnePool pool, int rounds, boolean spinning) throws InterruptedException {
		for (int i = 0; i < rounds; i++) {
			CountDownLatch pong = new CountDownLatch(1);
			pool.execute(pong::countDown);
			long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
			while (spinning && pong.getCount() > 0 && System.nanoTime() < limit) {
				// The next task comes while the thread is about to park.
				Thread.onSpinWait();
			}
			assertThat(pong.await(spinning ? 0 : LIMIT_SECONDS, TimeUnit.SECONDS)).as("task " + i + " ran").isTrue();
		}
	}

	private WakeOnePool pool(int threads) {
		WakeOnePool pool = new WakeOnePool(this.prefix, threads);
		this.pools.add(pool);
		return pool;
	}

	private List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(this.prefix))
			.toList();
	}

	private static Thread start(Runnable task) {
		Thread thread = new Thread(task, "submitter");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private static void await(CountDownLatch latch) throws InterruptedException {
		assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
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
