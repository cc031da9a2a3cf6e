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

import java.util.Objects;

import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.Message;
import org.jspecify.annotations.Nullable;

/**
 * Streams both ways, each with a window of messages in flight: every reply is answered
 * with the next message.
 */
final class EchoLoad extends Load {

	private static final int WINDOW = 64;

	private final BenchClient client;

	private final Message request;

	EchoLoad(Scenario scenario, BenchClient client) {
		super(scenario);
		this.client = client;
		this.request = scenario.quickRequest();
	}

	@Override
	void start(Tally tally) {
		Slot slot = new Slot(tally);
		slot.begin(this.client.echo(slot));
	}

	private final class Slot extends StreamSlot {

		private @Nullable StreamObserver<Message> requests;

		private boolean completed;

		private Slot(Tally tally) {
			super(EchoLoad.this, tally);
		}

		// The first replies come while this still sends, and observers take one at a
		// time.
		private synchronized void begin(StreamObserver<Message> requests) {
			this.requests = requests;
			for (int i = 0; i < WINDOW; i++) {
				requests.onNext(EchoLoad.this.request);
			}
		}

		@Override
		public void onNext(Message reply) {
			super.onNext(reply);
			next();
		}

		private synchronized void next() {
			StreamObserver<Message> requests = Objects.requireNonNull(this.requests);
			if (!isStopped()) {
				requests.onNext(EchoLoad.this.request);
			}
			else if (!this.completed) {
				this.completed = true;
				requests.onCompleted();
			}
		}

	}

}
