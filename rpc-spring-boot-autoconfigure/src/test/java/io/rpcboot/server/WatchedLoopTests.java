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

import java.lang.Thread.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WatchedLoop}, on a clock of their own: a watch that wakes every 20 ms,
 * and every 5 ms while the loop is late, with 20 ms as the limit.
 */
class WatchedLoopTests {

	private static final List<StackTraceElement> STACK = List
		.of(new StackTraceElement("demo.Greeter", "sayHello", "G.java", 7));

	private final Deque<Runnable> probes = new ArrayDeque<>();

	private final List<Long> delays = new ArrayList<>();

	private final WatchedLoop loop = new WatchedLoop(this.probes::add, () -> this.task, this::sample, this::nanoTime,
			Duration.ofMillis(20).toNanos());

	private long millis = 1000;

	private long task;

	private @Nullable State state;

	private int samples;

	@Test
	void whenNoServiceHasRunThenTheLoopIsNotWoken() {
		tick(20);
		assertThat(this.probes).isEmpty();
		this.task++;
		tick(20);
		assertThat(this.probes).hasSize(1);
		runProbe();
		tick(20);
		tick(20);
		assertThat(this.probes).as("nothing has run since").isEmpty();
	}

	@Test
	void whenTheProbeRunsInTimeThenNobodyIsLookedAt() {
		this.state = State.TIMED_WAITING;
		for (int i = 0; i < 10; i++) {
			this.task++;
			assertThat(tick(20)).isNull();
			advance(19);
			runProbe();
		}
		assertThat(this.samples).isZero();
		assertThat(this.delays).isNotEmpty().allMatch((delay) -> delay == Duration.ofMillis(19).toNanos());
	}

	@Test
	void whenOneCallWaitsFor100MillisThenItIsNamedBeforeItsEnd() {
		this.task++;
		this.state = State.TIMED_WAITING;
		// The worst moment: it began just after the watch had looked.
		assertThat(tick(20)).as("sends a probe").isNull();
		assertThat(tick(20)).as("not later than the limit").isNull();
		assertThat(tick(20)).as("looked at once").isNull();
		LoopSample named = tick(5);
		assertThat(named).isNotNull();
		assertThat(named.service()).isEqualTo("demo.Greeter");
		assertThat(this.loop.lateNanos(nanoTime())).isEqualTo(Duration.ofMillis(45).toNanos());
	}

	@Test
	void whenTheLoopStaysBlockedThenItIsNamedOnceAndAgainTheNextTime() {
		assertThat(block(20)).isEqualTo(1);
		runProbe();
		assertThat(block(20)).isEqualTo(1);
	}

	@Test
	void whenManyCallsWaitFor5MillisOneAfterTheOtherThenTheServiceIsNamed() {
		int named = 0;
		tick(20);
		for (int call = 0; call < 64; call++) {
			this.task++;
			// Every fourth look falls between two waits.
			this.state = (call % 4 != 0) ? State.TIMED_WAITING : State.RUNNABLE;
			named += (tick(5) != null) ? 1 : 0;
		}
		assertThat(named).isEqualTo(1);
	}

	@Test
	void whenTheLoopOnlyWaitsForItsConnectionsThenNobodyIsNamed() {
		this.task++;
		this.state = null;
		for (int i = 0; i < 20; i++) {
			assertThat(tick(20)).isNull();
		}
		assertThat(this.samples).isPositive();
	}

	@Test
	void whenManyFastCallsKeepTheLoopBusyThenNobodyIsNamed() {
		this.state = State.RUNNABLE;
		for (int i = 0; i < 50; i++) {
			this.task++;
			assertThat(tick(20)).isNull();
		}
	}

	@Test
	void whenTheWatchItselfWokeLateThenTheTimeIsForgiven() {
		this.task++;
		this.state = State.TIMED_WAITING;
		tick(20);
		advance(500);
		assertThat(check(480)).isNull();
		assertThat(this.samples).as("20 ms of 500").isZero();
		assertThat(this.loop.isLate(nanoTime())).isFalse();
		assertThat(this.delays).as("what is measured stays").contains(Duration.ofMillis(500).toNanos());
	}

	@Test
	void whenTheLoopHasEndedThenThatIsNoFailure() {
		WatchedLoop ended = new WatchedLoop((probe) -> {
			throw new RejectedExecutionException("ended");
		}, () -> 1, this::sample, this::nanoTime, 1);
		assertThat(ended.check(nanoTime(), 0, this.delays::add)).isNull();
		assertThat(ended.check(nanoTime(), 0, this.delays::add)).isNull();
		assertThat(this.delays).isEmpty();
	}

	private int block(int ticks) {
		this.task++;
		this.state = State.WAITING;
		int named = 0;
		for (int i = 0; i < ticks; i++) {
			named += (tick(20) != null) ? 1 : 0;
		}
		return named;
	}

	private @Nullable LoopSample tick(long afterMillis) {
		advance(afterMillis);
		return check(0);
	}

	private @Nullable LoopSample check(long lateMillis) {
		return this.loop.check(nanoTime(), Duration.ofMillis(lateMillis).toNanos(), this.delays::add);
	}

	private void advance(long byMillis) {
		this.millis += byMillis;
	}

	private void runProbe() {
		this.probes.remove().run();
	}

	private long nanoTime() {
		return Duration.ofMillis(this.millis).toNanos();
	}

	private @Nullable LoopSample sample(long now) {
		this.samples++;
		State current = this.state;
		return (current != null)
				? new LoopSample("demo.Greeter", this.task, "rpc-server-loop-1", current, STACK, now, now) : null;
	}

}
