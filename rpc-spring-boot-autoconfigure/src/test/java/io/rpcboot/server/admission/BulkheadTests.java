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

package io.rpcboot.server.admission;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.dispatch.CallPermit;
import io.rpcboot.dispatch.GatedCall;
import io.rpcboot.server.admission.AdmissionStatistics.Reason;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Bulkhead} and its queue, {@link WaitingCalls}, on fake time.
 */
class BulkheadTests {

	private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long MAX_QUEUE = 100 * MILLI;

	private static final Executor INLINE = Runnable::run;

	private final Deque<Runnable> timer = new ArrayDeque<>();

	private final List<Long> delays = new ArrayList<>();

	private long now = Long.MAX_VALUE - 5;

	@Test
	void whenTheLimitIsReachedThenCallsWaitInTurn() {
		Bulkhead bulkhead = bulkhead(2, 2, false);
		FakeCall one = enter(bulkhead, "one");
		FakeCall two = enter(bulkhead, "two");
		FakeCall three = enter(bulkhead, "three");
		FakeCall four = enter(bulkhead, "four");
		assertThat(List.of(one, two)).allMatch(FakeCall::runs);
		assertThat(List.of(three, four)).noneMatch(FakeCall::runs);
		assertThat(bulkhead.statistics()).isEqualTo(new AdmissionStatistics.Limit(2, 0, 2, 2, Map.of()));
		two.end();
		assertThat(three.runs()).isTrue();
		assertThat(four.runs()).isFalse();
		one.end();
		assertThat(four.runs()).isTrue();
		three.end();
		four.end();
		assertThat(bulkhead.statistics()).isEqualTo(new AdmissionStatistics.Limit(2, 0, 0, 0, Map.of()));
	}

	@Test
	void whenTheQueueIsFullThenACallIsRefusedUnexecutedWithAPushBack() {
		Bulkhead bulkhead = bulkhead(1, 1, false);
		FakeCall timed = enter(bulkhead, "timed");
		this.now += 30 * MILLI;
		timed.end();
		enter(bulkhead, "runs");
		enter(bulkhead, "waits");
		LimitedMethod method = method(bulkhead, false);
		assertThat(method.look(new Metadata())).isNotNull();
		FakeCall refused = enter(bulkhead, "refused");
		assertThat(refused.refusal.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(refused.refusal.getDescription())
			.isEqualTo("demo.Greeter is at its limit (rpc.server.admission): 1 of 1 calls run, 1 of 1 wait");
		// Two turns of 30 ms, and a part of a millisecond is a whole one.
		assertThat(Refusal.of(refused.refusal).pushBackMillis()).isEqualTo(61);
		assertThat(bulkhead.statistics().refused()).isEqualTo(Map.of(Reason.LIMIT, 2L));
	}

	@Test
	void whenThereIsNoQueueThenACallOverTheLimitIsRefusedByItsHeaders() {
		Bulkhead bulkhead = bulkhead(1, 0, false);
		LimitedMethod method = method(bulkhead, false);
		assertThat(method.look(new Metadata())).isNull();
		enter(bulkhead, "runs");
		assertThat(method.look(new Metadata()).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
	}

	@Test
	void whenTheOldestIsLateThenTheNewestGoesFirst() {
		Bulkhead bulkhead = bulkhead(1, 3, false);
		FakeCall running = enter(bulkhead, "running");
		FakeCall oldest = enter(bulkhead, "oldest");
		this.now += MAX_QUEUE / 2;
		FakeCall middle = enter(bulkhead, "middle");
		this.now += MILLI;
		FakeCall newest = enter(bulkhead, "newest");
		running.end();
		assertThat(newest.runs()).isTrue();
		newest.end();
		assertThat(middle.runs()).isTrue();
		middle.end();
		assertThat(oldest.runs()).isTrue();
	}

	@Test
	void whenTheQueueIsFullAndTheOldestIsLateThenTheOldestGivesWay() {
		Bulkhead bulkhead = bulkhead(1, 2, false);
		enter(bulkhead, "running");
		FakeCall oldest = enter(bulkhead, "oldest");
		FakeCall second = enter(bulkhead, "second");
		this.now += MAX_QUEUE / 2 + 1;
		assertThat(method(bulkhead, false).look(new Metadata())).isNull();
		FakeCall newest = enter(bulkhead, "newest");
		assertThat(oldest.refusal.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(List.of(second, newest)).allMatch((call) -> call.refusal == null);
	}

	@Test
	void whenACallHasWaitedForTooLongThenItIsRefusedByTheSweep() {
		Bulkhead bulkhead = bulkhead(1, 2, false);
		FakeCall running = enter(bulkhead, "running");
		FakeCall waits = enter(bulkhead, "waits");
		this.now += MAX_QUEUE - 1;
		sweep();
		assertThat(waits.refusal).isNull();
		this.now++;
		sweep();
		assertThat(waits.refusal.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(waits.refusal.getDescription()).isEqualTo(
				"The call waited for 100 ms for one of 1 permits of demo.Greeter (rpc.server.admission, max-queue-time)");
		assertThat(Refusal.of(waits.refusal)).isNotNull();
		assertThat(this.timer).as("sweeps of an empty queue").isEmpty();
		running.end();
		assertThat(bulkhead.statistics())
			.isEqualTo(new AdmissionStatistics.Limit(1, 0, 0, 0, Map.of(Reason.QUEUE_TIME, 1L)));
	}

	@Test
	void whenTheDeadlineOfAWaitingCallPassesThenItIsDroppedWithoutAPushBack() {
		Bulkhead bulkhead = bulkhead(1, 2, false);
		FakeCall running = enter(bulkhead, "running");
		FakeCall hurried = new FakeCall("hurried").remaining(20 * MILLI);
		bulkhead.enter(hurried, method(bulkhead, false));
		FakeCall patient = enter(bulkhead, "patient");
		this.now += 20 * MILLI;
		running.end();
		assertThat(hurried.refusal.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		assertThat(Refusal.of(hurried.refusal).pushBackMillis()).isNegative();
		assertThat(patient.runs()).isTrue();
		assertThat(bulkhead.statistics().refused()).isEqualTo(Map.of(Reason.EXPIRED, 1L));
	}

	@Test
	void whenACallHasNotHalfTheTimeThatCallsTakeThenItDoesNotWait() {
		Bulkhead bulkhead = bulkhead(1, 2, false);
		FakeCall timed = enter(bulkhead, "timed");
		this.now += 30 * MILLI;
		timed.end();
		FakeCall alone = new FakeCall("alone").remaining(MILLI);
		bulkhead.enter(alone, method(bulkhead, false));
		assertThat(alone.runs()).as("while there is room nobody guesses").isTrue();
		FakeCall hopeless = new FakeCall("hopeless").remaining(15 * MILLI);
		bulkhead.enter(hopeless, method(bulkhead, false));
		assertThat(hopeless.refusal.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		FakeCall possible = new FakeCall("possible").remaining(16 * MILLI);
		bulkhead.enter(possible, method(bulkhead, false));
		assertThat(possible.refusal).isNull();
	}

	@Test
	void whenACallerHasGoneThenItsPlaceInTheQueueIsFree() {
		Bulkhead bulkhead = bulkhead(1, 1, false);
		enter(bulkhead, "running");
		FakeCall gone = enter(bulkhead, "gone");
		gone.cancelled = true;
		assertThat(method(bulkhead, false).look(new Metadata())).isNull();
		FakeCall next = enter(bulkhead, "next");
		assertThat(gone.refusal).isNotNull();
		assertThat(next.refusal).isNull();
	}

	@Test
	void whenACallIsOfHighPriorityThenItLeavesTheQueueFirstAndTakesThePlaceOfANormalOne() {
		Bulkhead bulkhead = bulkhead(1, 2, false);
		FakeCall running = enter(bulkhead, "running");
		FakeCall first = enter(bulkhead, "first");
		FakeCall second = enter(bulkhead, "second");
		FakeCall high = new FakeCall("high");
		assertThat(method(bulkhead, true).look(new Metadata())).isNull();
		bulkhead.enter(high, method(bulkhead, true));
		assertThat(second.refusal.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		running.end();
		assertThat(high.runs()).isTrue();
		high.end();
		assertThat(first.runs()).isTrue();
	}

	@Test
	void whenACallOfHighPriorityNeedNotWaitThenItTakesNobodysPlace() {
		AdaptiveLimit adaptive = new AdaptiveLimit(new GradientLimit(1, 1), new OverloadSignal(0.4, MILLI, () -> 1),
				this.now);
		Bulkhead bulkhead = new Bulkhead("demo.Greeter", 10, 1, adaptive, false, () -> this.now,
				(task, delay) -> this.timer.add(task));
		for (int i = 0; i < 20; i++) {
			FakeCall call = enter(bulkhead, "call" + i);
			this.now += 100 * MILLI;
			call.end();
		}
		enter(bulkhead, "running");
		FakeCall waits = enter(bulkhead, "waits");
		assertThat(waits.runs()).as("above the adaptive limit").isFalse();
		FakeCall high = new FakeCall("high");
		bulkhead.enter(high, method(bulkhead, true));
		assertThat(high.runs()).isTrue();
		assertThat(waits.refusal).isNull();
	}

	@Test
	void whenMethodsWaitForDifferentTimesThenTheFirstSweepComesInTimeForTheShortest() {
		Bulkhead bulkhead = bulkhead(1, 2, false);
		bulkhead.expect(1000 * MILLI);
		bulkhead.expect(40 * MILLI);
		enter(bulkhead, "running");
		bulkhead.enter(new FakeCall("patient"), new LimitedMethod(bulkhead, 1000 * MILLI, false, true));
		bulkhead.enter(new FakeCall("hurried"), new LimitedMethod(bulkhead, 40 * MILLI, false, true));
		assertThat(this.delays).containsExactly(10 * MILLI);
	}

	@Test
	void whenAllThatWaitAreOfHighPriorityThenAFurtherOneIsRefused() {
		Bulkhead bulkhead = bulkhead(1, 1, false);
		enter(bulkhead, "running");
		bulkhead.enter(new FakeCall("high"), method(bulkhead, true));
		FakeCall further = new FakeCall("further");
		bulkhead.enter(further, method(bulkhead, true));
		assertThat(further.refusal).isNotNull();
	}

	@Test
	void whenItIsADryRunThenCallsAreCountedAndRun() {
		Bulkhead bulkhead = bulkhead(1, 1, true);
		List<FakeCall> calls = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			assertThat(method(bulkhead, false).look(new Metadata())).isNull();
			calls.add(enter(bulkhead, "call" + i));
		}
		assertThat(calls).allMatch(FakeCall::runs);
		assertThat(bulkhead.statistics())
			.isEqualTo(new AdmissionStatistics.Limit(1, 0, 4, 0, Map.of(Reason.LIMIT, 2L)));
		calls.forEach(FakeCall::end);
		assertThat(bulkhead.statistics().running()).isZero();
	}

	@Test
	void whenAPermitHasTwoHoldersThenItComesBackWithTheLast() {
		Bulkhead bulkhead = bulkhead(1, 0, false);
		FakeCall call = enter(bulkhead, "call");
		call.permit.hold();
		call.end();
		assertThat(bulkhead.statistics().running()).isOne();
		call.end();
		assertThat(bulkhead.statistics().running()).isZero();
	}

	@Test
	void whenALongQueueIsRunByTheThreadThatGivesThePermitThenTheStackStaysFlat() {
		int calls = 100_000;
		Bulkhead bulkhead = bulkhead(1, calls, false);
		FakeCall running = enter(bulkhead, "running");
		AtomicInteger told = new AtomicInteger();
		for (int i = 0; i < calls; i++) {
			bulkhead.enter(new ConcurrentCall(INLINE, new AtomicInteger(), new AtomicInteger(), told),
					method(bulkhead, false));
		}
		running.end();
		assertThat(told.get()).isEqualTo(calls);
		assertThat(bulkhead.statistics()).isEqualTo(new AdmissionStatistics.Limit(1, 0, 0, 0, Map.of()));
	}

	@Test
	void whenManyThreadsComeAndGoThenTheLimitHoldsAndEachCallIsToldOnce() throws InterruptedException {
		int limit = 3;
		Bulkhead bulkhead = new Bulkhead("demo.Greeter", limit, 5, null, false, System::nanoTime, (task, delay) -> {
		});
		LimitedMethod method = new LimitedMethod(bulkhead, TimeUnit.SECONDS.toNanos(30), false, true);
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger told = new AtomicInteger();
		int threads = 8;
		int each = 5_000;
		ExecutorService callers = Executors.newFixedThreadPool(threads);
		ExecutorService handlers = Executors.newFixedThreadPool(threads);
		for (int thread = 0; thread < threads; thread++) {
			Random random = new Random(thread);
			callers.execute(() -> {
				for (int i = 0; i < each; i++) {
					boolean inline = random.nextInt(4) == 0;
					bulkhead.enter(new ConcurrentCall(inline ? INLINE : handlers, running, most, told), method);
				}
			});
		}
		callers.shutdown();
		// Those that wait at the end are run by the handlers, which must still be there.
		Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> told.get() == threads * each);
		handlers.shutdown();
		assertThat(handlers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
		assertThat(most.get()).isBetween(2, limit);
		AdmissionStatistics.Limit end = bulkhead.statistics();
		assertThat(end.running()).isZero();
		assertThat(end.waiting()).isZero();
	}

	private Bulkhead bulkhead(int max, int capacity, boolean dryRun) {
		return new Bulkhead("demo.Greeter", max, capacity, null, dryRun, () -> this.now, (task, delay) -> {
			this.timer.add(task);
			this.delays.add(delay);
		});
	}

	private LimitedMethod method(Bulkhead bulkhead, boolean high) {
		return new LimitedMethod(bulkhead, MAX_QUEUE, high, true);
	}

	private FakeCall enter(Bulkhead bulkhead, String name) {
		FakeCall call = new FakeCall(name);
		bulkhead.enter(call, method(bulkhead, false));
		return call;
	}

	private void sweep() {
		this.timer.remove().run();
	}

	private record ConcurrentCall(Executor executor, AtomicInteger running, AtomicInteger most,
			AtomicInteger told) implements GatedCall {

		@Override
		public boolean isCancelled() {
			return false;
		}

		@Override
		public long remainingNanos() {
			return Long.MAX_VALUE;
		}

		@Override
		public void proceed(CallPermit permit) {
			this.executor.execute(() -> {
				this.most.accumulateAndGet(this.running.incrementAndGet(), Math::max);
				this.told.incrementAndGet();
				if (this.executor != INLINE) {
					// Lets others run at the same time.
					LockSupport.parkNanos(1);
				}
				this.running.decrementAndGet();
				permit.release(true);
			});
		}

		@Override
		public void refuse(Status status) {
			this.told.incrementAndGet();
		}

	}

}
