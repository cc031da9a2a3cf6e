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

package io.rpcboot.server.dedup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicIntegerArray;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.server.dedup.Ledger.Claim;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Ledger}: who may run a call.
 */
class LedgerTests {

	private static final RequestKey KEY = new RequestKey("shop", "c-1", "r-1");

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final FakeTime time = new FakeTime();

	private final CaffeineDeduplicationStore store = new CaffeineDeduplicationStore(10_000, Duration.ofSeconds(60),
			this.time);

	private final Ledger ledger = new Ledger(this.store, "here", this.time);

	@Test
	void whenACallIsUnknownThenTheFirstAttemptRunsItAndOthersFindIt() {
		RunningCall<?> own = own();
		assertThat(this.ledger.isKnown(KEY)).isFalse();
		assertThat(claim(own, null)).isEqualTo(new Claim(own, null));
		assertThat(this.ledger.isKnown(KEY)).isTrue();
		assertThat(claim(own(), null)).isEqualTo(new Claim(own, null));
		RecordedCall end = answer(1);
		this.ledger.ended(KEY, own, () -> end);
		assertThat(this.ledger.running()).isZero();
		assertThat(claim(own(), null)).isEqualTo(new Claim(null, end));
	}

	@Test
	void whenACallDidNotRunThenTheNextAttemptMay() {
		this.time.pass(SECOND);
		RunningCall<?> own = own();
		claim(own, null);
		this.ledger.ended(KEY, own, null);
		assertThat(this.ledger.isKnown(KEY)).isFalse();
		RunningCall<?> next = own();
		assertThat(claim(next, later(10, "here"))).isEqualTo(new Claim(next, null));
	}

	@Test
	void whenALaterAttemptIsUnknownHereThoughItsFirstWasSentHereThenItRuns() {
		this.time.pass(SECOND);
		RunningCall<?> own = own();
		assertThat(claim(own, later(500, "here"))).isEqualTo(new Claim(own, null));
	}

	@Test
	void whenTheFirstAttemptWasSentBeforeThisStartThenALaterOneDoesNotRun() {
		this.time.pass(SECOND);
		assertThat(claim(own(), later(1001, "here"))).isEqualTo(new Claim(null, null));
		assertThat(this.ledger.running()).isZero();
	}

	@Test
	void whenTheFirstAttemptWasSentToAnotherInstanceThenALaterOneRunsOnlyWhereThatIsAllowed() {
		this.time.pass(SECOND);
		assertThat(claim(own(), later(10, "there"))).isEqualTo(new Claim(null, null));
		RunningCall<?> own = own();
		assertThat(this.ledger.claim(KEY, own, later(10, "there"), true)).isEqualTo(new Claim(own, null));
	}

	@Test
	void whenNoEarlierAttemptMayHaveRunThenALaterOneDoes() {
		RunningCall<?> own = own();
		assertThat(claim(own, later(5000, ""))).isEqualTo(new Claim(own, null));
	}

	@Test
	void whenTheCallMayHaveBeenEvictedThenALaterAttemptDoesNotRun() {
		this.time.pass(Duration.ofSeconds(30));
		RunningCall<?> own = own();
		claim(own, null);
		this.ledger.ended(KEY, own, () -> answer(10_000));
		assertThat(this.ledger.isKnown(KEY)).isFalse();
		assertThat(claim(own(), later(0, "here"))).isEqualTo(new Claim(null, null));
		this.time.pass(Duration.ofSeconds(11));
		assertThat(claim(own(), later(1000, "here"))).isEqualTo(new Claim(null, null));
		RunningCall<?> young = own();
		assertThat(claim(young, later(999, "here"))).isEqualTo(new Claim(young, null));
	}

	@Test
	void whenTheTimeOfTheCallIsOverThenALaterAttemptDoesNotRun() {
		this.time.pass(SECOND);
		RunningCall<?> own = own();
		claim(own, null);
		this.ledger.ended(KEY, own, () -> answer(1));
		this.time.pass(Duration.ofSeconds(60));
		assertThat(claim(own(), later(60_000, "here"))).isEqualTo(new Claim(null, null));
	}

	@Test
	void whenTheEndOfACallCannotBeMadeThenLaterAttemptsDoNotRun() {
		this.time.pass(SECOND);
		RunningCall<?> own = own();
		claim(own, null);
		this.ledger.ended(KEY, own, () -> {
			throw new StackOverflowError("thrown by the test");
		});
		assertThat(this.ledger.running()).isZero();
		assertThat(claim(own(), later(0, "here"))).isEqualTo(new Claim(null, null));
	}

	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, StackOverflowError.class })
	void whenTheStoreFailsToRecordThenLaterAttemptsDoNotRun(Class<? extends Throwable> failure) {
		Ledger failing = new Ledger(new FailingStore(failure), "here", this.time);
		this.time.pass(Duration.ofSeconds(30));
		RunningCall<?> own = new RunningCall<>("f", failing.now(), null, (change) -> {
		});
		failing.claim(KEY, own, null, false);
		this.time.pass(SECOND);
		failing.ended(KEY, own, () -> answer(1));
		assertThat(failing.running()).isZero();
		assertThat(failing.claim(KEY, own(), later(1000, "here"), false)).isEqualTo(new Claim(null, null));
	}

	@Test
	void whenManyAttemptsOfManyCallsComeAtOnceThenEachCallRunsOnce() throws Exception {
		int calls = 2000;
		AtomicIntegerArray runs = new AtomicIntegerArray(calls);
		CyclicBarrier start = new CyclicBarrier(16);
		Ledger shared = new Ledger(new CaffeineDeduplicationStore(64 << 20, Duration.ofSeconds(60), this.time), "here",
				this.time);
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			List<CompletableFuture<Void>> attempts = new ArrayList<>();
			for (int thread = 0; thread < 16; thread++) {
				attempts.add(CompletableFuture.runAsync(() -> {
					await(start);
					for (int call = 0; call < calls; call++) {
						RequestKey key = new RequestKey("", "c", "r-" + call);
						RunningCall<?> own = own();
						if (shared.claim(key, own, null, false).running() == own) {
							runs.incrementAndGet(call);
							shared.ended(key, own, () -> answer(1));
						}
					}
				}, threads));
			}
			attempts.forEach(CompletableFuture::join);
		}
		finally {
			threads.shutdownNow();
		}
		for (int call = 0; call < calls; call++) {
			assertThat(runs.get(call)).as("runs of call %d", call).isOne();
		}
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Claim claim(RunningCall<?> own, LaterAttempt later) {
		return this.ledger.claim(KEY, own, later, false);
	}

	private RunningCall<?> own() {
		return new RunningCall<>("f", this.ledger.now(), new Attempt<>(null, Context.ROOT), (change) -> {
		});
	}

	private static LaterAttempt later(long ageMillis, String firstInstance) {
		return new LaterAttempt(2, Duration.ofMillis(ageMillis), firstInstance);
	}

	private static RecordedCall answer(int bytes) {
		return new RecordedCall("f", null, ByteString.copyFrom(new byte[bytes]), Status.OK, new Metadata());
	}

	private record FailingStore(Class<? extends Throwable> failure) implements DeduplicationStore {

		@Override
		public boolean isKnown(RequestKey key) {
			return false;
		}

		@Override
		public RecordedCall find(RequestKey key) {
			return null;
		}

		@Override
		public void record(RequestKey key, RecordedCall call, Duration age) {
			if (this.failure == StackOverflowError.class) {
				throw new StackOverflowError("thrown by the test");
			}
			throw new IllegalStateException("no room");
		}

		@Override
		public void acknowledge(RequestKey key) {
			throw new IllegalStateException("no room");
		}

		@Override
		public boolean remembers(Duration age) {
			return true;
		}

	}

}
