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

package io.rpcboot.benchmarks.dubbo;

import io.grpc.stub.StreamObserver;
import io.rpcboot.benchmarks.v1.Bench;
import io.rpcboot.benchmarks.v1.Message;

/**
 * Streams from the server, one after the other until they are cancelled.
 */
final class DownStreams extends ReplyObserver {

	private final Bench stub;

	private final Message request;

	private volatile boolean cancelled;

	DownStreams(Bench stub, Message request, StreamObserver<Message> replies) {
		super(replies);
		this.stub = stub;
		this.request = request;
	}

	void begin() {
		this.stub.down(this.request, this);
	}

	void cancel() {
		this.cancelled = true;
	}

	@Override
	public void onCompleted() {
		if (this.cancelled) {
			super.onCompleted();
		}
		else {
			begin();
		}
	}

}
