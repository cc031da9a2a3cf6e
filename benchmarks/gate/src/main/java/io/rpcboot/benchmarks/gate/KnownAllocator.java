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

package io.rpcboot.benchmarks.gate;

import java.util.concurrent.CountDownLatch;

import io.rpcboot.benchmarks.driver.ProcessStats;
import org.jspecify.annotations.Nullable;

/**
 * Allocates a known number of bytes, in a thread that lives on and in one that has ended
 * when its bytes are counted, to see whether the count is right.
 */
final class KnownAllocator {

	private static final int ARRAYS = 200_000;

	/** Elements and header, with a JVM that uses 8 or 12 bytes for the latter. */
	private static final int ARRAY_BYTES = 1_000 + 16;

	private static final double TOLERANCE = 0.02;

	private volatile byte @Nullable [] kept;

	private final CountDownLatch allocated = new CountDownLatch(2);

	private final CountDownLatch seen = new CountDownLatch(1);

	private KnownAllocator() {
	}

	/**
	 * Counts what is known.
	 * @throws InterruptedException if interrupted
	 * @throws IllegalStateException if the count is wrong
	 */
	static void check() throws InterruptedException {
		new KnownAllocator().count();
	}

	private void count() throws InterruptedException {
		ProcessStats begin = ProcessStats.take();
		Thread ending = start();
		Thread living = start();
		this.allocated.await();
		// As between two rounds: the thread that ends now was idle since.
		ProcessStats.take();
		this.seen.countDown();
		ending.join();
		living.join();
		long counted = ProcessStats.take().since(begin).allocatedBytes();
		long expected = 2L * ARRAYS * ARRAY_BYTES;
		// The array that is kept keeps the compiler from leaving them all out.
		if (this.kept == null || Math.abs(counted - expected) > expected * TOLERANCE) {
			throw new IllegalStateException(
					"counted: %,d allocated bytes (expected: about %,d)".formatted(counted, expected));
		}
	}

	private Thread start() {
		Thread thread = new Thread(this::allocate, "known-allocator");
		thread.start();
		return thread;
	}

	private void allocate() {
		for (int i = 0; i < ARRAYS; i++) {
			this.kept = new byte[1_000];
		}
		this.allocated.countDown();
		try {
			this.seen.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
