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

package io.rpcboot.benchmarks.driver;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.Message;

/**
 * Asynchronous unary calls in a closed loop: the callback of each makes the next.
 */
final class UnaryLoad extends Load {

	private final BenchClient client;

	private final Message quick;

	private final Message sleepy;

	private final AtomicInteger calls = new AtomicInteger();

	UnaryLoad(Scenario scenario, BenchClient client) {
		super(scenario);
		this.client = client;
		this.quick = scenario.quickRequest();
		this.sleepy = scenario.sleepyRequest();
	}

	@Override
	void start(Tally tally) {
		new Slot(tally).next();
	}

	private final class Slot implements StreamObserver<Message> {

		private final Tally tally;

		private long begun;

		private boolean exceptional;

		private int replyBytes;

		private Slot(Tally tally) {
			this.tally = tally;
		}

		private void next() {
			if (isStopped()) {
				ended();
				return;
			}
			this.replyBytes = -1;
			this.exceptional = scenario().isExceptional(UnaryLoad.this.calls.getAndIncrement());
			Message request = scenario().isSleepy(this.exceptional) ? UnaryLoad.this.sleepy : UnaryLoad.this.quick;
			this.begun = System.nanoTime();
			UnaryLoad.this.client.call(request, this);
		}

		@Override
		public void onNext(Message reply) {
			this.replyBytes = reply.getPayload().size();
		}

		@Override
		public void onCompleted() {
			if (this.replyBytes != UnaryLoad.this.quick.getPayload().size()) {
				onError(new IllegalStateException("a reply of " + this.replyBytes + " bytes"));
				return;
			}
			if (isMeasuring()) {
				count(System.nanoTime() - this.begun);
			}
			next();
		}

		private void count(long nanos) {
			if (this.exceptional) {
				this.tally.count();
			}
			else {
				this.tally.countWithLatency(nanos);
			}
		}

		@Override
		public void onError(Throwable cause) {
			this.tally.fail(cause);
			ended();
		}

	}

}
