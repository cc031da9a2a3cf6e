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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DemandQueue}.
 */
class DemandQueueTests {

	private final List<Object> received = new ArrayList<>();

	private final ArrayDeque<Runnable> events = new ArrayDeque<>();

	private final DemandQueue<Integer> queue = new DemandQueue<>(this.received::add, this.events::add);

	@Test
	void whenNothingIsRequestedThenNothingIsReceived() {
		this.queue.offer(1);
		this.queue.end(() -> this.received.add("end"));
		assertThat(this.received).isEmpty();
	}

	@Test
	void whenMessagesAreRequestedFirstThenTheyAreReceivedAsTheyComeAndNoneBeyond() {
		this.queue.request(2);
		this.queue.offer(1);
		assertThat(this.received).containsExactly(1);
		this.queue.offer(2);
		this.queue.offer(3);
		assertThat(this.received).containsExactly(1, 2);
	}

	@Test
	void whenAMessageIsRequestedLaterThenItIsReceivedAmongTheEventsOfTheCall() {
		this.queue.offer(1);
		this.queue.offer(2);
		this.queue.request(1);
		assertThat(this.received).isEmpty();
		runEvents();
		assertThat(this.received).containsExactly(1);
	}

	@Test
	void whenTheListenerRequestsFromItsCallbackThenTheNextIsReceivedAfterThatCallback() {
		List<String> order = new ArrayList<>();
		AtomicInteger depth = new AtomicInteger();
		DemandQueue<?>[] own = new DemandQueue<?>[1];
		DemandQueue<Integer> requesting = new DemandQueue<>((message) -> {
			assertThat(depth.incrementAndGet()).isOne();
			own[0].request(1);
			order.add("" + message);
			depth.decrementAndGet();
		}, this.events::add);
		own[0] = requesting;
		requesting.offer(1);
		requesting.offer(2);
		requesting.offer(3);
		requesting.end(() -> order.add("end"));
		requesting.request(1);
		runEvents();
		assertThat(order).containsExactly("1", "2", "3", "end");
	}

	@Test
	void whenMessagesAreLeftThenTheEndComesAfterTheLastAndOnce() {
		this.queue.offer(1);
		this.queue.end(() -> this.received.add("end"));
		this.queue.request(1);
		runEvents();
		assertThat(this.received).containsExactly(1, "end");
		this.queue.request(1);
		runEvents();
		assertThat(this.received).containsExactly(1, "end");
	}

	@Test
	void whenNoMessageIsLeftThenTheEndNeedsNoRequest() {
		this.queue.end(() -> this.received.add("end"));
		assertThat(this.received).containsExactly("end");
	}

	@Test
	void whenClearedThenNeitherMessagesNorTheEndAreReceived() {
		this.queue.offer(1);
		this.queue.end(() -> this.received.add("end"));
		this.queue.clear();
		this.queue.request(10);
		runEvents();
		assertThat(this.received).isEmpty();
	}

	@Test
	void whenAbandonedThenTheMessagesAreForgottenAndTheEndComesOnce() {
		this.queue.offer(1);
		this.queue.offer(2);
		assertThat(this.queue.end(() -> this.received.add("end"))).isFalse();
		this.queue.abandon();
		this.queue.abandon();
		this.queue.request(10);
		runEvents();
		assertThat(this.received).containsExactly("end");
	}

	@Test
	void whenAbandonedBeforeTheEndIsKnownThenNothingIsForgotten() {
		this.queue.offer(1);
		this.queue.abandon();
		this.queue.request(1);
		runEvents();
		assertThat(this.received).containsExactly(1);
	}

	@Test
	void whenMoreIsRequestedThanAnIntHoldsThenItDoesNotOverflow() {
		this.queue.request(Integer.MAX_VALUE);
		this.queue.request(Integer.MAX_VALUE);
		this.queue.offer(1);
		assertThat(this.received).containsExactly(1);
	}

	@ParameterizedTest
	@ValueSource(longs = { 5, 1234, 424242 })
	void whenMessagesComeAndAreRequestedInAnyOrderThenTheModelAgrees(long seed) {
		Random random = new Random(seed);
		int offered = 0;
		long requested = 0;
		for (int step = 0; step < 100_000; step++) {
			switch (random.nextInt(3)) {
				case 0 -> this.queue.offer(offered++);
				case 1 -> {
					int count = random.nextInt(3);
					requested += count;
					this.queue.request(count);
				}
				default -> runEvents();
			}
			assertThat(this.received.size()).isLessThanOrEqualTo((int) Math.min(offered, requested));
			if (this.events.isEmpty()) {
				assertThat(this.received).hasSize((int) Math.min(offered, requested));
			}
		}
		for (int i = 0; i < this.received.size(); i++) {
			assertThat(this.received.get(i)).isEqualTo(i);
		}
	}

	@Test
	void whenAnotherThreadRequestsWhileMessagesComeThenAllAreReceivedInOrderAndNoneUnrequested() throws Exception {
		int messages = 300_000;
		AtomicLong requests = new AtomicLong();
		AtomicInteger unrequested = new AtomicInteger();
		AtomicInteger count = new AtomicInteger();
		AtomicInteger disorder = new AtomicInteger();
		CountDownLatch ended = new CountDownLatch(1);
		ExecutorService serial = Executors.newSingleThreadExecutor();
		try {
			DemandQueue<Integer> shared = new DemandQueue<>((message) -> {
				if (message != count.getAndIncrement()) {
					disorder.incrementAndGet();
				}
				if (count.get() > requests.get()) {
					unrequested.incrementAndGet();
				}
			}, serial::execute);
			Thread feeder = new Thread(() -> {
				for (int i = 0; i < messages; i++) {
					int message = i;
					serial.execute(() -> shared.offer(message));
				}
				serial.execute(() -> shared.end(ended::countDown));
			}, "feeder");
			feeder.start();
			for (int i = 0; i < messages; i++) {
				requests.incrementAndGet();
				shared.request(1);
			}
			assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
			feeder.join();
		}
		finally {
			serial.shutdownNow();
		}
		assertThat(count).hasValue(messages);
		assertThat(disorder).hasValue(0);
		assertThat(unrequested).hasValue(0);
	}

	private void runEvents() {
		while (!this.events.isEmpty()) {
			this.events.remove().run();
		}
	}

}
