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

package io.rpcboot.benchmarks.scale;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Memory that a consumer and the driver share: when the consumer saw each step, by the
 * clock that both have in common. It costs the consumer one write, and the driver no
 * question that the consumer would have to answer.
 */
final class SeenTimes {

	static final int MAX_STEPS = 4096;

	private static final VarHandle TIMES = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

	private static final long POLL_NANOS = 200_000;

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

	private final MappedByteBuffer memory;

	private SeenTimes(MappedByteBuffer memory) {
		this.memory = memory;
	}

	static SeenTimes map(Path file) throws IOException {
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			return new SeenTimes(access.getChannel().map(MapMode.READ_WRITE, 0, (long) MAX_STEPS * Long.BYTES));
		}
	}

	void clear() {
		for (int step = 0; step < MAX_STEPS; step++) {
			put(step, 0);
		}
	}

	void put(int step, long nanos) {
		TIMES.setVolatile(this.memory, step * Long.BYTES, nanos);
	}

	void putFirst(int step, long nanos) {
		TIMES.compareAndSet(this.memory, step * Long.BYTES, 0L, nanos);
	}

	long await(int step) {
		long end = System.nanoTime() + PATIENCE_NANOS;
		while (System.nanoTime() < end) {
			long seen = (long) TIMES.getVolatile(this.memory, step * Long.BYTES);
			if (seen != 0) {
				return seen;
			}
			LockSupport.parkNanos(POLL_NANOS);
		}
		throw new IllegalStateException("step " + step + " was not published within 60 s");
	}

}
