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

package io.rpcboot.benchmarks.overload;

import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.Message;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What came of the calls of some seconds. The time of a call counts from when it was to
 * begin, not from when the client came to it.
 */
final class Phase {

	private static final long HIGHEST_MICROS = TimeUnit.SECONDS.toMicros(10);

	private final Histogram answered = new ConcurrentHistogram(HIGHEST_MICROS, 3);

	private final LongAdder refused = new LongAdder();

	private final LongAdder failed = new LongAdder();

	/** This and the calls in flight. */
	private final Phaser open = new Phaser(1);

	private final long began = System.nanoTime();

	private volatile double seconds;

	/**
	 * Returns what receives the answer of a call.
	 * @param due when it was to begin, in nanoseconds
	 * @param next runs when it has ended
	 */
	StreamObserver<Message> observer(long due, Runnable next) {
		this.open.register();
		return new StreamObserver<>() {
			@Override
			public void onNext(Message message) {
				long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due);
				Phase.this.answered.recordValue(Math.min(micros, HIGHEST_MICROS));
			}

			@Override
			public void onError(Throwable ex) {
				boolean isRefusal = Status.fromThrowable(ex).getCode() == Status.Code.RESOURCE_EXHAUSTED;
				(isRefusal ? Phase.this.refused : Phase.this.failed).increment();
				onCompleted();
			}

			@Override
			public void onCompleted() {
				Phase.this.open.arriveAndDeregister();
				next.run();
			}
		};
	}

	/**
	 * Waits for the last answers.
	 */
	Phase end() throws InterruptedException, TimeoutException {
		this.seconds = (System.nanoTime() - this.began) / 1e9;
		this.open.awaitAdvanceInterruptibly(this.open.arrive(), 1, TimeUnit.MINUTES);
		return this;
	}

	double goodput() {
		return this.answered.getTotalCount() / this.seconds;
	}

	double millis(double percentile) {
		return this.answered.getValueAtPercentile(percentile) / 1000.0;
	}

	long refused() {
		return this.refused.sum();
	}

	long failed() {
		return this.failed.sum();
	}

	Histogram answered() {
		return this.answered;
	}

}
