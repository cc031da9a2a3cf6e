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

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * When tasks on a wheel run, and when its thread sleeps.
 */
@ExtendWith(OutputCaptureExtension.class)
class TimerWheelTests {

	private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private final AtomicReference<Thread> thread = new AtomicReference<>();

	private final TimerWheel wheel = new TimerWheel((turn) -> {
		Thread made = new Thread(turn, "wheel");
		made.setDaemon(true);
		this.thread.set(made);
		return made;
	}, TICK_NANOS, Runnable::run);

	@AfterEach
	void stop() throws InterruptedException {
		this.wheel.stop();
		this.thread.get().join(5000);
		assertThat(this.thread.get().isAlive()).isFalse();
	}

	@Test
	void whenATaskIsDueBeforeTheThreadWakesThenItIsWoken() throws InterruptedException {
		add(TimeUnit.MINUTES.toNanos(1), () -> {
		});
		awaitSleep();
		CountDownLatch ran = new CountDownLatch(1);
		add(TimeUnit.MILLISECONDS.toNanos(100), ran::countDown);
		assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whenATaskIsDueAfterTheThreadWakesThenItIsTakenInThen() throws InterruptedException {
		add(TimeUnit.SECONDS.toNanos(1), () -> {
		});
		awaitSleep();
		CountDownLatch ran = new CountDownLatch(1);
		add(TimeUnit.MILLISECONDS.toNanos(1200), ran::countDown);
		assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whenATaskTakesMoreThanOneRevolutionThenItRunsInItsOwn() throws InterruptedException {
		TimerWheel fast = new TimerWheel(Thread::new, TimeUnit.MICROSECONDS.toNanos(100), Runnable::run);
		CountDownLatch ran = new CountDownLatch(1);
		long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
		fast.add(new WheelTask(fast, ran::countDown, due));
		assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
		assertThat(System.nanoTime() - due).isNotNegative();
		fast.stop();
	}

	@Test
	void whenManyAreAddedAndCancelledByManyThreadsThenEachOtherRunsOnceAndNotTooEarly() throws InterruptedException {
		int threads = 4;
		int each = 5000;
		AtomicInteger early = new AtomicInteger();
		AtomicInteger[] runs = IntStream.range(0, threads * each)
			.mapToObj((i) -> new AtomicInteger())
			.toArray(AtomicInteger[]::new);
		boolean[] cancelled = new boolean[runs.length];
		List<Thread> adding = new ArrayList<>();
		for (int t = 0; t < threads; t++) {
			int first = t * each;
			Random random = new Random(t);
			adding.add(new Thread(() -> {
				for (int i = first; i < first + each; i++) {
					AtomicInteger run = runs[i];
					long due = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(random.nextInt(600_000));
					WheelTask task = new WheelTask(this.wheel, () -> {
						run.incrementAndGet();
						if (System.nanoTime() - due < 0) {
							early.incrementAndGet();
						}
					}, due);
					this.wheel.add(task);
					cancelled[i] = random.nextInt(3) > 0 && task.cancel(false);
				}
			}));
		}
		adding.forEach(Thread::start);
		for (Thread one : adding) {
			one.join();
		}
		Awaitility.await()
			.untilAsserted(() -> assertThat(IntStream.range(0, runs.length)
				.filter((i) -> (runs[i].get() == 1) == cancelled[i] || runs[i].get() > 1)).isEmpty());
		assertThat(early).hasValue(0);
		awaitSleep();
	}

	@Test
	void whenItHasStoppedThenATaskIsRejected() {
		add(TimeUnit.SECONDS.toNanos(1), () -> {
		});
		this.wheel.stop();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> add(TimeUnit.SECONDS.toNanos(1), () -> {
			}))
			.withMessage("The timer has stopped");
	}

	@Test
	void whenTheExecutorFailsThenWhatIsDueRunsOnceWhenItTakesTasksAgain() throws InterruptedException {
		AtomicInteger failures = new AtomicInteger(3);
		AtomicInteger runs = new AtomicInteger();
		CountDownLatch ran = new CountDownLatch(5);
		TimerWheel failing = new TimerWheel(Thread::new, TICK_NANOS, (task) -> {
			// It may have taken the task before it failed, as Netty's loops do.
			task.run();
			if (failures.getAndDecrement() > 0) {
				throw new OutOfMemoryError("unable to create native thread");
			}
		});
		long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
		for (int i = 0; i < 5; i++) {
			failing.add(new WheelTask(failing, () -> {
				runs.incrementAndGet();
				ran.countDown();
			}, due));
		}
		assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
		CountDownLatch later = new CountDownLatch(1);
		failing.add(new WheelTask(failing, later::countDown, System.nanoTime() + TICK_NANOS));
		assertThat(later.await(5, TimeUnit.SECONDS)).isTrue();
		assertThat(failures).hasNegativeValue();
		assertThat(runs).hasValue(5);
		failing.stop();
	}

	@Test
	void whileTheExecutorFailsThenOneTaskIsTriedWithEachTickAndOneLineIsLogged(CapturedOutput output)
			throws InterruptedException {
		AtomicInteger tries = new AtomicInteger();
		CountDownLatch triedOften = new CountDownLatch(5);
		long began = System.nanoTime();
		TimerWheel failing = new TimerWheel(Thread::new, TICK_NANOS, (task) -> {
			tries.incrementAndGet();
			triedOften.countDown();
			throw new OutOfMemoryError("unable to create native thread");
		});
		for (int i = 0; i < 100; i++) {
			failing.add(new WheelTask(failing, () -> {
			}, began));
		}
		assertThat(triedOften.await(5, TimeUnit.SECONDS)).isTrue();
		int tried = tries.get();
		assertThat(tried).isLessThanOrEqualTo((int) ((System.nanoTime() - began) / TICK_NANOS) + 1);
		failing.stop();
		assertThat(output).containsOnlyOnce("Tasks that are due cannot be run "
				+ "(java.lang.OutOfMemoryError: unable to create native thread); trying again with each tick");
	}

	@Test
	void whenTheThreadCannotBeStartedThenTheNextTaskTriesAgain() throws InterruptedException {
		AtomicInteger failures = new AtomicInteger(1);
		TimerWheel poor = new TimerWheel((turn) -> new Thread(turn) {

			@Override
			public void start() {
				if (failures.getAndDecrement() > 0) {
					throw new OutOfMemoryError("unable to create native thread");
				}
				super.start();
			}

		}, TICK_NANOS, Runnable::run);
		AtomicInteger lost = new AtomicInteger();
		WheelTask first = new WheelTask(poor, lost::incrementAndGet, System.nanoTime());
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> poor.add(first));
		assertThat(first.isCancelled()).isTrue();
		CountDownLatch ran = new CountDownLatch(1);
		poor.add(new WheelTask(poor, ran::countDown, System.nanoTime() + TICK_NANOS));
		assertThat(ran.await(5, TimeUnit.SECONDS)).isTrue();
		assertThat(lost).hasValue(0);
		poor.stop();
	}

	private void add(long delayNanos, Runnable task) {
		this.wheel.add(new WheelTask(this.wheel, task, System.nanoTime() + delayNanos));
	}

	private void awaitSleep() {
		Awaitility.await().until(() -> this.thread.get().getState() == Thread.State.TIMED_WAITING);
	}

}
