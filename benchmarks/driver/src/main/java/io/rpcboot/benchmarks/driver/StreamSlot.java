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

import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.Message;

/**
 * Counts the replies of one stream, and its end.
 */
class StreamSlot implements StreamObserver<Message> {

	private final Load load;

	private final Tally tally;

	StreamSlot(Load load, Tally tally) {
		this.load = load;
		this.tally = tally;
	}

	@Override
	public void onNext(Message reply) {
		if (this.load.isMeasuring()) {
			this.tally.count();
		}
	}

	@Override
	public void onError(Throwable cause) {
		this.tally.fail(cause);
		this.load.ended();
	}

	@Override
	public void onCompleted() {
		if (!this.load.isStopped()) {
			this.tally.fail("a stream has ended by itself");
		}
		this.load.ended();
	}

}
