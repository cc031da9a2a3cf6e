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

package io.rpcboot.registry.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often watches are asked, and what their answers say of the registry.
 */
class WatchPaceTests {

	private static final Duration TTL = Duration.ofSeconds(15);

	/** From the first watch to the first question. */
	private static final Duration FIRST = TTL.dividedBy(3);

	private final WatchPace pace = new WatchPace(TTL, this::schedule);

	private final RegistryLiveness registry = new RegistryLiveness(TTL.toNanos(), this::nanoTime);

	private final List<Watch> watches = new ArrayList<>();

	private long nowMillis;

	private long dueMillis;

	private @Nullable Runnable due;

	private @Nullable Future<?> scheduled;

	private boolean silent;

	@Test
	void whenThereAreFewWatchesThenEachIsAskedAtAThirdOfTheTtl() {
		open(5);
		pass(FIRST);
		assertThat(asked(Duration.ofMinutes(1))).hasSize(5).containsOnly(12);
	}

	@Test
	void whenThereAreManyWatchesThenAllTogetherAreAskedFourTimesASecond() {
		open(1000);
		pass(FIRST);
		assertThat(asked(Duration.ofSeconds(250))).hasSize(1000).containsOnly(1);
	}

	@Test
	void whenWatchesEndThenTheOthersAreAskedMoreOften() {
		open(1000);
		close(800);
		pass(FIRST);
		assertThat(asked(Duration.ofSeconds(50))).hasSize(200).containsOnly(1);
	}

	@Test
	void whenAllWatchesHaveEndedThenNothingIsAskedUntilOneBegins() {
		open(3);
		close(3);
		assertThat(this.scheduled).isNotNull().satisfies((next) -> assertThat(next.isCancelled()).isTrue());
		open(1);
		assertThat(asked(FIRST)).containsExactly(1);
	}

	@Test
	void whenAQuestionFailsThenTheNextIsAskedAllTheSame() {
		this.pace.opened(() -> {
			throw new IllegalStateException("closed");
		});
		open(1);
		assertThat(asked(FIRST.multipliedBy(2))).containsExactly(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 40, 100, 1000 })
	void whileTheRegistryAnswersThenNoWatchIsSilentOrInDoubtBeThereHoweverMany(int count) {
		open(count);
		passing(Duration.ofMinutes(5),
				() -> assertThat(this.watches).noneMatch((watch) -> watch.trust.isSilent() || watch.trust.isInDoubt()));
		close(count - count / 5 - 1);
		passing(Duration.ofMinutes(5),
				() -> assertThat(this.watches).noneMatch((watch) -> watch.trust.isSilent() || watch.trust.isInDoubt()));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 40, 100, 1000 })
	void whenTheRegistryWasSilentThenEachWatchIsAndIsInDoubtForOneTtlAfterTheFirstAnswer(int count) {
		open(count);
		pass(Duration.ofMinutes(1));
		this.silent = true;
		pass(TTL);
		assertThat(this.watches).allMatch((watch) -> watch.trust.isSilent());
		this.silent = false;
		this.watches.get(count - 1).run();
		assertThat(this.watches).noneMatch((watch) -> watch.trust.isSilent())
			.allMatch((watch) -> watch.trust.doubtNanos() == TTL.toNanos());
		pass(TTL.minusMillis(1));
		assertThat(this.watches).allMatch((watch) -> watch.trust.isInDoubt());
		pass(Duration.ofMillis(1));
		assertThat(this.watches).noneMatch((watch) -> watch.trust.isInDoubt());
	}

	private void open(int count) {
		for (int i = 0; i < count; i++) {
			Watch watch = new Watch();
			this.watches.add(watch);
			this.pace.opened(watch);
			watch.trust.answered();
		}
	}

	private void close(int count) {
		for (int i = 0; i < count; i++) {
			this.pace.closed(this.watches.remove(0));
		}
	}

	/** How many times each is. */
	private List<Integer> asked(Duration time) {
		this.watches.forEach((watch) -> watch.asked = 0);
		pass(time);
		return this.watches.stream().map((watch) -> watch.asked).toList();
	}

	private void pass(Duration time) {
		passing(time, () -> {
		});
	}

	/** Looks just before each question, when the answer before is the oldest. */
	private void passing(Duration time, Runnable look) {
		long end = this.nowMillis + time.toMillis();
		while (this.due != null && this.dueMillis <= end) {
			this.nowMillis = this.dueMillis;
			look.run();
			Runnable task = this.due;
			this.due = null;
			try {
				task.run();
			}
			catch (IllegalStateException ex) {
				// As the thread of the connection does.
			}
		}
		this.nowMillis = end;
	}

	private Future<?> schedule(Runnable task, long delayMillis) {
		this.due = task;
		this.dueMillis = this.nowMillis + delayMillis;
		this.scheduled = new CompletableFuture<>();
		return this.scheduled;
	}

	private long nanoTime() {
		return TimeUnit.MILLISECONDS.toNanos(this.nowMillis);
	}

	/**
	 * A watch that is answered at once while the registry is not silent.
	 */
	private final class Watch implements Runnable {

		private final RegistryTrust trust = new RegistryTrust(WatchPaceTests.this.registry,
				WatchPaceTests.this::nanoTime);

		private int asked;

		@Override
		public void run() {
			this.asked++;
			if (!WatchPaceTests.this.silent) {
				WatchPaceTests.this.registry.answered();
				this.trust.answered();
			}
		}

	}

}
