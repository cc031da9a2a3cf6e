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
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InboundWindow}.
 */
class InboundWindowTests {

	private static final long LIMIT_SECONDS = 20;

	private final InboundWindow window = new InboundWindow();

	private final AtomicInteger requested = new AtomicInteger();

	@Test
	void whenOpenedThenOneMessageIsAskedFor() {
		open();
		assertThat(this.requested).hasValue(1);
	}

	@Test
	void whenNothingIsTakenThenReadingEndsAtTheLimitOfMessages() {
		open();
		readAll(1);
		assertThat(this.requested).hasValue(InboundWindow.MESSAGES);
	}

	@Test
	void whenNothingIsTakenThenReadingEndsWithTheMessageThatReachesTheLimitOfBytes() {
		open();
		readAll(InboundWindow.BYTES / 4 - 1);
		assertThat(this.requested).hasValue(5);
	}

	@Test
	void whenOneMessageIsLargerThanTheWindowThenItIsReadAndNoFurtherOneUntilItIsTaken() {
		open();
		this.window.onRead(10L * InboundWindow.BYTES);
		assertThat(this.requested).hasValue(1);
		this.window.onTaken();
		assertThat(this.requested).hasValue(2);
	}

	@Test
	void whenMessagesAreCompressedThenEachFillsAQuarterOfTheWindow() {
		open();
		for (int i = 0; i < 4; i++) {
			assertThat(this.requested).hasValue(i + 1);
			this.window.onRead(20, -1);
		}
		assertThat(this.requested).hasValue(4);
	}

	@Test
	void whenMessagesAreNotCompressedThenTheirSizeCounts() {
		open();
		this.window.onRead(25, InboundWindow.BYTES);
		assertThat(this.requested).hasValue(1);
	}

	@Test
	void whenAFullWindowIsTakenFromThenReadingResumesAtHalfOfTheMessages() {
		open();
		readAll(1);
		for (int left = InboundWindow.MESSAGES - 1; left > InboundWindow.MESSAGES / 2; left--) {
			this.window.onTaken();
			assertThat(this.requested).hasValue(InboundWindow.MESSAGES);
		}
		this.window.onTaken();
		assertThat(this.requested).as("asked for when half was taken").hasValue(InboundWindow.MESSAGES + 1);
		this.window.onTaken();
		assertThat(this.requested).as("asked for before it came").hasValue(InboundWindow.MESSAGES + 1);
	}

	@Test
	void whenAFullWindowIsTakenFromThenReadingResumesAtHalfOfTheBytes() {
		open();
		readAll(InboundWindow.BYTES / 8);
		assertThat(this.requested).hasValue(8);
		for (int i = 0; i < 3; i++) {
			this.window.onTaken();
		}
		assertThat(this.requested).hasValue(8);
		this.window.onTaken();
		assertThat(this.requested).hasValue(9);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 20260, 77, 123456789 })
	void whenMessagesAreReadAndTakenInAnyOrderThenTheModelAgrees(long seed) {
		Random random = new Random(seed);
		ArrayDeque<Long> model = new ArrayDeque<>();
		long bytes = 0;
		int expected = 1;
		boolean stalled = false;
		open();
		for (int step = 0; step < 200_000; step++) {
			if (!stalled && random.nextInt(100) < 55) {
				long size = size(random);
				model.add(size);
				bytes += size;
				stalled = model.size() >= InboundWindow.MESSAGES || bytes >= InboundWindow.BYTES;
				expected += stalled ? 0 : 1;
				this.window.onRead(size);
			}
			else if (!model.isEmpty()) {
				bytes -= model.remove();
				if (stalled && model.size() <= InboundWindow.MESSAGES / 2 && bytes <= InboundWindow.BYTES / 2) {
					stalled = false;
					expected++;
				}
				this.window.onTaken();
			}
			assertThat(this.requested).hasValue(expected);
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 3, 4711, 987654321 })
	void whenOneThreadReadsAndAnotherTakesThenTheLimitsHoldAndItNeverStalls(long seed) throws InterruptedException {
		int messages = 200_000;
		Semaphore asked = new Semaphore(0);
		Semaphore readable = new Semaphore(0);
		ConcurrentLinkedQueue<Long> sizes = new ConcurrentLinkedQueue<>();
		AtomicLong heldBytes = new AtomicLong();
		AtomicInteger held = new AtomicInteger();
		AtomicInteger tooMany = new AtomicInteger();
		this.window.open((count) -> asked.release(count));
		Thread reader = new Thread(() -> {
			Random random = new Random(seed);
			for (int i = 0; i < messages && acquire(asked); i++) {
				long size = size(random);
				long before = heldBytes.getAndAdd(size);
				// Its limits hold when a message is asked for; what was taken since can
				// only have made room.
				if (held.incrementAndGet() > InboundWindow.MESSAGES || before >= InboundWindow.BYTES
						|| asked.availablePermits() > 0) {
					tooMany.incrementAndGet();
				}
				sizes.add(size);
				this.window.onRead(size);
				readable.release();
			}
		}, "reader");
		reader.setDaemon(true);
		reader.start();
		Random random = new Random(~seed);
		for (int i = 0; i < messages; i++) {
			assertThat(acquire(readable)).as("message " + i + " was read").isTrue();
			heldBytes.getAndAdd(-sizes.remove());
			held.decrementAndGet();
			this.window.onTaken();
			if (random.nextInt(500) == 0) {
				Thread.yield();
			}
		}
		reader.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
		assertThat(reader.isAlive()).isFalse();
		assertThat(tooMany).as("messages beyond the limits").hasValue(0);
	}

	private void open() {
		this.window.open(this.requested::addAndGet);
	}

	/**
	 * Reads what is asked for until nothing more is.
	 */
	private void readAll(long size) {
		for (int read = 0; read < this.requested.get(); read++) {
			this.window.onRead(size);
		}
	}

	private static long size(Random random) {
		return switch (random.nextInt(10)) {
			case 0 -> random.nextInt(3 * InboundWindow.BYTES);
			case 1, 2 -> random.nextInt(InboundWindow.BYTES / 4);
			default -> random.nextInt(200);
		};
	}

	private static boolean acquire(Semaphore semaphore) {
		try {
			return semaphore.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
