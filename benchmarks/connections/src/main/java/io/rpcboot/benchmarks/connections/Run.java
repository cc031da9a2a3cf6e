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

package io.rpcboot.benchmarks.connections;

import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchStub;
import io.rpcboot.benchmarks.v1.Message;

/**
 * One load for some seconds, in a closed loop: the callback of each call makes the next.
 */
final class Run {

	private final BenchStub stub;

	private final Load load;

	private final Message request;

	private final Figures figures;

	/** This and what is in flight. */
	private final Phaser open = new Phaser(1);

	private final Context.CancellableContext context = Context.ROOT.withCancellation();

	private volatile boolean measuring;

	private volatile boolean stopped;

	Run(BenchStub stub, Load load, Figures figures) {
		this.stub = stub;
		this.load = load;
		this.request = load.request();
		this.figures = figures;
	}

	void measure(double warmUpSeconds, double seconds) throws InterruptedException, TimeoutException {
		for (int i = 0; i < this.load.inFlight(); i++) {
			this.open.register();
			this.context.run(this.load.streams() ? this::stream : this::call);
		}
		sleep(warmUpSeconds);
		this.figures.begin();
		this.measuring = true;
		sleep(seconds);
		this.measuring = false;
		this.figures.end();
		this.stopped = true;
		if (this.load.streams()) {
			this.context.cancel(null);
		}
		this.open.awaitAdvanceInterruptibly(this.open.arrive(), 1, TimeUnit.MINUTES);
		this.context.cancel(null);
	}

	private static void sleep(double seconds) throws InterruptedException {
		Thread.sleep((long) (seconds * 1000));
	}

	private void call() {
		long began = System.nanoTime();
		this.stub.call(this.request, new Replies() {
			@Override
			public void onNext(Message reply) {
				count(began);
			}

			@Override
			public void onCompleted() {
				if (Run.this.stopped) {
					super.onCompleted();
				}
				else {
					call();
				}
			}
		});
	}

	private void stream() {
		this.stub.down(this.request, new Replies() {
			private long last = System.nanoTime();

			@Override
			public void onNext(Message reply) {
				count(this.last);
				this.last = System.nanoTime();
			}
		});
	}

	private abstract class Replies implements StreamObserver<Message> {

		void count(long began) {
			if (Run.this.measuring) {
				Run.this.figures.count(System.nanoTime() - began);
			}
		}

		@Override
		public void onError(Throwable ex) {
			if (!Run.this.stopped) {
				Run.this.figures.fail(ex);
			}
			Run.this.open.arriveAndDeregister();
		}

		@Override
		public void onCompleted() {
			Run.this.open.arriveAndDeregister();
		}

	}

}
